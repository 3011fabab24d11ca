"""What must be true of rights, histories and scanners' numbers, whatever happened: a sentence for everything that is not.

What the tables say is compared with rules written here by hand, not with the service's own questions.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from healthcode.core import clock, signing
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.door import Credentials
from healthcode.core.outbox import Event
from healthcode.core.problems import NotSignedIn
from healthcode.registry.devices.models import Device
from healthcode.registry.institutions.models import Post
from healthcode.registry.residents.models import Resident
from healthcode.trust.codes.models import Batch, CodeBlock, IssuedCode, Verification
from healthcode.trust.codes.service.verifying import VISIT
from healthcode.trust.family.models import Grant
from healthcode.trust.grounds.models import Ground
from healthcode.trust.sessions.models import Session
from healthcode.trust.sessions.service import resolve
from healthcode.trust.sessions.service.opening import ACCESS_TYPE


def all_of(table: Any) -> dict[str, Any]:
    return {row.id: row for row in session().scalars(select(table))}


def is_now(row: Any, now: datetime) -> bool:
    return (row.until_at is None or row.until_at > now) and getattr(row, "ended_at", None) is None


def rights_without_a_reason() -> Iterator[str]:
    """I10: a ground stands on a grant in force or a fresh visit, a code on a grant, a session on an account that is one."""
    now = clock.now()
    grants, residents, visits = all_of(Grant), all_of(Resident), all_of(Verification)
    for ground in all_of(Ground).values():
        if not is_now(ground, now):
            continue
        if ground.source in ("grant", "guardianship"):
            grant = grants[ground.source_id]
            if grant.state != "active" or not is_now(grant, now) or ground.until_at != grant.until_at:
                yield f"ground {ground.id} ({ground.scope}) outlives its grant, which is {grant.state}"
            if ground.scope not in grant.scopes or ground.grantee_id != grant.proxy_id:
                yield f"ground {ground.id} is more than its grant gives"
            if residents[ground.resident_id].died_on or residents[ground.grantee_id].died_on:
                yield f"ground {ground.id} outlives a person"
        elif ground.source == "verification" and ground.source_id in visits:
            visit = visits[ground.source_id]
            if ground.until_at != visit.read_at + VISIT or ground.resident_id != visit.resident_id:
                yield f"ground {ground.id} outlives its visit"
    for code in all_of(IssuedCode).values():
        is_alive = code.revoked_at is None and (code.expires_at is None or code.expires_at > now)
        if is_alive and code.grant_id is not None and grants[code.grant_id].state != "active":
            yield f"code {code.id} outlives the grant it was issued under"
        if is_alive and residents[code.resident_id].died_on:
            yield f"code {code.id} outlives its owner"
    yield from _sessions_without_an_account(now, residents)


def _sessions_without_an_account(now: datetime, residents: dict[str, Any]) -> Iterator[str]:
    devices = all_of(Device)
    held = defaultdict(set)
    for post in all_of(Post).values():
        if post.from_at <= now and is_now(post, now):
            held[post.staff_id].add((post.institution_id, post.role))
    for row in all_of(Session).values():
        caller = _opened_by(row)
        if caller is None:
            continue
        if row.ended_at is not None or row.expires_at <= now:
            yield f"session {row.id} opens although it is over"
        if row.kind == "device" and devices[row.account_id].state != "enrolled":
            yield f"session {row.id} opens for a device that is {devices[row.account_id].state}"
        if row.kind == "resident" and row.account_id and residents[row.account_id].died_on:
            yield f"session {row.id} opens for somebody who died"
        if row.kind == "staff":
            here = {role for place, role in held[row.account_id] if place in (None, row.institution_id)}
            if caller.roles != here:
                yield f"session {row.id} opens with {sorted(caller.roles)}, and holds {sorted(here)}"


def _opened_by(row: Any) -> Caller | None:
    """Who a token that names this session is taken for."""
    token = signing.sign("token", {"sid": row.id, "kind": row.kind}, typ=ACCESS_TYPE, lifetime_seconds=60)
    try:
        return resolve(Credentials(token, None, ""))
    except NotSignedIn:
        return None


def numbers_with_gaps() -> Iterator[str]:
    """I13: a scanner's uploads are numbered without a gap and once each."""
    numbers = defaultdict(list)
    for batch in all_of(Batch).values():
        numbers[batch.device_id].append(batch.sequence)
    for device in all_of(Device).values():
        if sorted(numbers[device.id]) != list(range(1, device.last_sequence + 1)):
            yield f"device {device.id} counts {device.last_sequence} and sent {sorted(numbers[device.id])}"


# What may follow what, by the events that tell it; "" is the beginning. (docs/states.md draws the same.)
STEPS: dict[str, dict[str, set[str]]] = {
    "grant_id": {
        "": {"grant.proposed", "grant.accepted"},
        "grant.proposed": {"grant.accepted", "grant.ended"},
        "grant.accepted": {"grant.ended"},
        "grant.ended": set(),
    },
    "device_id": {
        "": {"device.invited", "device.revoked"},  # some of the town's were enrolled before anything was told
        "device.invited": {"device.enrolled", "device.revoked"},
        "device.enrolled": {"device.revoked"},
        "device.revoked": set(),
    },
    "post_id": {"": {"post.started", "post.ended"}, "post.started": {"post.ended"}, "post.ended": set()},
    "block_id": {
        "": {"code.blocked", "code.unblocked", "code.block-appealed"},
        "code.block-appealed": {"code.blocked", "code.unblocked", "code.block-appealed"},
        "code.blocked": {"code.unblocked", "code.block-appealed"},
        "code.unblocked": set(),
    },
    "session_id": {
        "": {"session.opened", "session.confirmed", "session.ended"},
        "session.opened": {"session.confirmed", "session.ended"},
        "session.confirmed": {"session.ended"},
        "session.ended": set(),
    },
}
LIVES = {"resident.died": {"", "resident.death-corrected"}, "resident.death-corrected": {"resident.died"}}


def histories_with_a_step_that_was_not_allowed() -> Iterator[str]:
    """I14: what was announced of each thing, in its order; and rows whose state and moments do not fit."""
    stories: dict[tuple[str, str], list[str]] = defaultdict(list)
    lives: dict[str, list[str]] = defaultdict(list)
    for event in session().scalars(select(Event).order_by(Event.id)):
        for kind in STEPS.keys() & event.facts.keys():
            stories[kind, event.facts[kind]].append(event.name)
        if event.name in LIVES:
            lives[event.facts["resident_id"]].append(event.name)
    for (kind, thing), names in stories.items():
        known = [name for name in names if name in STEPS[kind]]
        for before, after in zip(["", *known], known, strict=False):
            if after not in STEPS[kind][before]:
                yield f"{kind} {thing}: {after} after {before or 'nothing'}"
    for person, names in lives.items():
        for before, after in zip(["", *names], names, strict=False):
            if before not in LIVES[after]:
                yield f"resident {person}: {after} after {before or 'nothing'}"
    yield from _rows_whose_moments_do_not_fit()


def _rows_whose_moments_do_not_fit() -> Iterator[str]:
    for grant in all_of(Grant).values():
        wanted = "ended" if grant.ended_at else "active" if grant.accepted_at else "proposed"
        if grant.state != wanted or not _rise(grant.proposed_at, grant.accepted_at, grant.ended_at):
            yield f"grant {grant.id} is {grant.state}, and its moments say {wanted}"
    for block in all_of(CodeBlock).values():
        wanted = "lifted" if block.lifted_at else "in-force" if block.confirmed_at else "proposed"
        if block.state != wanted or not _rise(block.proposed_at, block.confirmed_at, block.lifted_at):
            yield f"block {block.id} is {block.state}, and its moments say {wanted}"
        if block.confirmed_by is not None and block.confirmed_by == block.proposed_by:
            yield f"block {block.id} was confirmed by who proposed it"
    for device in all_of(Device).values():
        wanted = "revoked" if device.revoked_at else "enrolled" if device.enrolled_at else "invited"
        if device.state != wanted or not _rise(device.invited_at, device.enrolled_at, device.revoked_at):
            yield f"device {device.id} is {device.state}, and its moments say {wanted}"


def _rise(*moments: datetime | None) -> bool:
    known = [moment for moment in moments if moment is not None]
    return known == sorted(known)
