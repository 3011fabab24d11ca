"""What is always true, whatever was killed, raced, filled or moved: called after each fault.

Each check gives a sentence for everything that is wrong; `broken` puts them together. Inside an application context.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg
from sqlalchemy import func, select, text

from healthcode.core import outbox, sealing
from healthcode.core.db import Table, db, session, transaction
from healthcode.core.once import KeptAnswer
from healthcode.core.outbox import Delivery, Event
from healthcode.core.trail import TrailRow
from healthcode.registry.devices.models import Device
from healthcode.trust.codes.models import IssuedCode, Showing, Verification
from tests.proof.city import City, Told

AMCHECK = """
    SELECT bt_index_check(index.indexrelid, true) FROM pg_index AS index
    JOIN pg_class AS named ON named.oid = index.indexrelid JOIN pg_am AS kind ON kind.oid = named.relam
    JOIN pg_namespace AS space ON space.oid = named.relnamespace
    WHERE kind.amname = 'btree' AND space.nspname = 'public' AND index.indisvalid
"""


def broken(city: City) -> list[str]:
    """Everything that is not as it must be; the trail is sealed first."""
    sealing.seal()
    with transaction("read"):
        rows = [
            *acknowledged_writes_are_there(city.told),
            *a_showing_counts_once(city.told),
            *a_key_has_one_effect(city.told),
            *every_step_is_on_the_trail(),
            *every_event_is_heard_or_waits(),
            *every_reference_leads_somewhere(),
        ]
    answers = [*answers_are_honest(city.told), *logs_name_nobody(city)]
    return [*rows, *the_trail_holds(), *the_database_is_sound(city), *answers]


def acknowledged_writes_are_there(told: Told) -> Iterator[str]:
    """I1."""
    verifications = {row.id: str(row.code_id) for row in session().scalars(select(Verification))}
    for (pass_id, moment), ids in told.verified.items():
        for verification_id in ids:
            if verifications.get(verification_id) != pass_id:
                yield f"verification {verification_id} of pass {pass_id} at {moment} was acknowledged and is not there"
    codes = set(session().scalars(select(IssuedCode.id)))
    for pass_id in set().union(*told.passes.values()) - codes:
        yield f"pass {pass_id} was acknowledged and is not there"
    devices = {row.public_key["x"]: row.id for row in session().scalars(select(Device)) if row.public_key}
    for key, device_id in told.enrolled.items():
        if devices.get(key) != device_id:
            yield f"device {device_id} was acknowledged and is not there with its key"
    for key in told.unsure - devices.keys():
        yield f"a device with key {key} was told that its code was used, and never enrolled"


def a_showing_counts_once(told: Told) -> Iterator[str]:
    """However often and wherever it was read, a showing has one verification, and none stands without a showing."""
    for (pass_id, moment), ids in told.verified.items():
        if len(ids) != 1:
            yield f"the showing of pass {pass_id} at {moment} was taken {len(ids)} times"
    remembered = Counter(session().scalars(select(Showing.verification_id)))
    verified = set(session().scalars(select(Verification.id)))
    yield from (f"verification {one} has {remembered[one]} showings" for one in verified if remembered[one] != 1)
    yield from (f"showing of {one} is remembered, and nothing was verified" for one in remembered.keys() - verified)


def a_key_has_one_effect(told: Told) -> Iterator[str]:
    """I8: one key, one answer, one pass (every request of these proofs asks for one); and no key without its answer."""
    yield from (f"key {key} got {len(ids)} answers" for key, ids in told.passes.items() if len(ids) != 1)
    kept = Counter(
        dict(
            session().execute(select(KeptAnswer.caller, func.count()).where(_PASSES).group_by(KeptAnswer.caller)).all()
        )
    )
    issued = Counter(
        {
            f"resident:{resident_id}": count
            for resident_id, count in session().execute(
                select(IssuedCode.resident_id, func.count())
                .where(IssuedCode.form == "pass")
                .group_by(IssuedCode.resident_id)
            )
        }
    )
    for caller in {*kept, *issued}:
        if kept[caller] != issued[caller]:
            yield f"{caller} sent {kept[caller]} keys and has {issued[caller]} passes"
    unanswered = session().scalar(select(func.count()).where(KeptAnswer.answer_sealed.is_(None))) or 0
    if unanswered:
        yield f"{unanswered} keys were taken and have no answer"


_PASSES = KeptAnswer.door == "codes.issue_passes"


def every_step_is_on_the_trail() -> Iterator[str]:
    """I9, both ways: what is in the tables has its row, and an opened step has its effect."""
    opened = select(TrailRow).where(TrailRow.outcome == "opened")
    steps = Counter(row.subject_id for row in session().scalars(opened.where(TrailRow.door == "codes.verify")))
    verified = Counter(row.code_id for row in session().scalars(select(Verification)))
    for code_id, count in verified.items():
        if steps[code_id] < count:
            yield f"code {code_id} was verified {count} times, and the trail knows {steps[code_id]}"
    yield from (
        f"the trail knows of a verification of {code_id}, and there is none"
        for code_id in steps.keys() - verified.keys()
    )
    issuing = Counter(row.resident_id for row in session().scalars(opened.where(TrailRow.door == "codes.issue_passes")))
    passes = Counter(row.resident_id for row in session().scalars(select(IssuedCode).where(IssuedCode.form == "pass")))
    for resident_id in passes.keys() | issuing.keys():
        if issuing[resident_id] < passes[resident_id] or not passes[resident_id]:
            yield f"{resident_id} has {passes[resident_id]} passes, and the trail knows {issuing[resident_id]}"
    enrolling = len(session().scalars(opened.where(TrailRow.door == "devices.enrol")).all())
    enrolled = session().scalar(select(func.count()).where(Event.name == "device.enrolled")) or 0
    if enrolling != enrolled:
        yield f"{enrolled} devices were enrolled, and the trail knows {enrolling}"


def every_event_is_heard_or_waits() -> Iterator[str]:
    """An event stands beside its fact, once; every listener has heard it or still will, once."""
    told = Counter(
        event.facts["verification_id"]
        for event in session().scalars(select(Event).where(Event.name == "code.verified"))
    )
    verified = set(session().scalars(select(Verification.id)))
    yield from (
        f"verification {one} was announced {told[one]} times"
        for one in verified | told.keys()
        if told[one] != (one in verified)
    )
    handed: dict[str, set[str]] = {}
    for row in session().scalars(select(Delivery)):
        handed.setdefault(row.event_id, set()).add(row.listener)
        if row.state != ("waiting" if row.heard_at is None else "heard"):
            yield f"delivery {row.id} is {row.state}, heard at {row.heard_at}"
    for event in session().scalars(select(Event)):
        listeners = set(outbox._listeners.get(event.name, ())) if event.is_spread else set()
        if handed.get(event.id, set()) != listeners:
            yield f"event {event.id} ({event.name}) went to {handed.get(event.id)}"


def every_reference_leads_somewhere() -> Iterator[str]:
    """I11: foreign keys, asked of the rows themselves and not of the database's word."""
    for table in Table.metadata.sorted_tables:
        for key in table.foreign_keys:
            child, parent = table.alias(), key.column.table.alias()
            own, other = child.c[key.parent.name], parent.c[key.column.name]
            orphans = (
                select(func.count())
                .select_from(child.outerjoin(parent, own == other))
                .where(own.is_not(None), other.is_(None))
            )
            if count := session().scalar(orphans):
                yield f"{count} rows of {table.name}.{key.parent.name} lead nowhere"


def the_trail_holds() -> Iterator[str]:
    """I9: `healthcode trail verify` and the checkpoints kept beside; nothing is left unsealed."""
    verdict = sealing.verify(sealing.checkpoint_file())
    if verdict.broken is not None:
        yield f"the trail does not hold: {verdict.broken}"
    if verdict.unsealed:
        yield f"{verdict.unsealed} rows of the trail were not sealed"


def the_database_is_sound(city: City) -> Iterator[str]:
    """I11: what the database itself finds when it looks for damage."""
    if city.is_sqlite:
        with transaction("read") as current:
            for question, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
                found: list[Any] = [tuple(row) for row in current.execute(text(f"PRAGMA {question}"))]
                if found != sound:
                    yield f"{question}: {found[:3]}"
        return
    with psycopg.connect(city.database.replace("+psycopg", ""), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'").fetchall()
        if not found:
            return  # a PostgreSQL without its contributed modules: the references above were asked all the same
        connection.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
        try:
            connection.execute(AMCHECK)
        except psycopg.Error as damage:
            yield f"amcheck: {damage}"


def answers_are_honest(told: Told) -> Iterator[str]:
    """I17: nothing of the fives but 503, and that with Retry-After."""
    for status, count in told.statuses.items():
        if status >= 500 and status != 503:
            yield f"{count} answers were {status}"
    if told.rude:
        yield f"{told.rude} answers were 503 without Retry-After"


def logs_name_nobody(city: City) -> Iterator[str]:
    """I15: no name, no phone, no code in what the processes wrote, however they ended."""
    written = city.served.log.read_text(errors="replace")
    people = (city.town.wang, city.town.son, city.town.child, city.town.stranger)
    canaries = (
        [person.name for person in people]
        + [person.phone for person in people if person.phone]
        + ["居民", "HP1:", "eyJ"]
    )
    yield from (f"the log says {canary}" for canary in canaries if canary in written)


def refresh() -> None:
    """Forget connections that a fault may have broken under us."""
    db.session.remove()
    db.engine.dispose()
