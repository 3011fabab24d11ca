"""Appeals: somebody could not come, and says why; the clinic excuses it, or does not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from healthcode.care.appointments.models import Appeal, Appointment
from healthcode.care.appointments.problems import NotMissed
from healthcode.care.appointments.service import places
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotAllowed, NotFound, WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.grounds import service as grounds

MOST_SHOWN = 200
COUNTS_FOR = timedelta(days=120)  # after which no absence closes booking any more, and there is nothing to decide


@dataclass(frozen=True)
class Pleading:
    """One line of a clinic's list of appeals."""

    appeal: Appeal
    day: date
    display_name: str


def appeal(caller: Caller, *, appointment_id: str, text: str) -> Appeal:
    """Say why one did not come; once for each appointment. Raises NotFound, NotMissed."""
    missed = session().scalars(Appointment.visible_to(caller).where(Appointment.id == appointment_id)).first()
    if missed is None:
        raise NotFound()
    trail.note(resident_id=missed.resident_id, subject_id=missed.id)
    row = {
        "id": ids.new(),
        "appointment_id": missed.id,
        "resident_id": missed.resident_id,
        "institution_id": missed.institution_id,
        "text": text,
        "made_at": clock.now(),
    }
    if missed.state != "noshow":
        raise NotMissed()
    if not insert_if_absent(Appeal, row, unique=("appointment_id",)):
        return _said_before(caller, missed.id, text)
    grounds.open_ground(
        resident_id=missed.resident_id,
        grantee_kind="institution",
        grantee_id=missed.institution_id,
        scopes=[places.SCOPE],
        source="appeal",
        source_id=str(row["id"]),
        until_at=clock.now() + COUNTS_FOR,
    )
    announce("appointment.appealed", appointment_id=missed.id, resident_id=missed.resident_id)
    return session().scalars(Appeal.visible_to(caller).where(Appeal.id == row["id"])).one()


def _said_before(caller: Caller, appointment_id: str, text: str) -> Appeal:
    """Twice the same is once. Raises NotMissed."""
    before = session().scalars(Appeal.visible_to(caller).where(Appeal.appointment_id == appointment_id)).one()
    if before.text != text:
        raise NotMissed()
    return before


def appeals_at(caller: Caller, *, institution_id: str) -> Sequence[Pleading]:
    """What waits for one's own institution to decide, oldest first. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    looking = places.at_clinic(caller)
    waiting = Appeal.visible_to(looking).where(Appeal.institution_id == institution_id, Appeal.is_excused.is_(None))
    found = session().scalars(waiting.order_by(Appeal.id).limit(MOST_SHOWN)).all()
    shown = residents.display_names(looking, [one.resident_id for one in found])
    missed = Appointment.visible_to(looking).where(Appointment.id.in_([one.appointment_id for one in found]))
    days = {one.id: one.day for one in session().scalars(missed)}
    for one in found:
        trail.note(resident_id=one.resident_id, purpose="appeals")
    return [Pleading(one, days[one.appointment_id], shown.get(one.resident_id, "")) for one in found]


def decide(caller: Caller, *, appeal_id: str, is_excused: bool, reason: str | None = None) -> Appeal:
    """Excuse an absence, or let it count. Raises NotFound, WrongState if it was decided."""
    here = Appeal.visible_to(places.at_clinic(caller)).where(Appeal.institution_id == caller.institution_id)
    found = session().scalars(locked(here.where(Appeal.id == appeal_id))).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.id)
    if found.is_excused is not None:
        raise WrongState(state="excused" if found.is_excused else "counted")
    found.is_excused, found.decided_at, found.decided_by, found.decided_reason = (
        is_excused,
        clock.now(),
        caller.id,
        reason,
    )
    announce("appeal.decided", appeal_id=found.id, appointment_id=found.appointment_id, resident_id=found.resident_id)
    return found
