"""The day itself: who is here, who did not come, who was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update

from healthcode.care.appointments import problems
from healthcode.care.appointments.models import Appointment, QueueDay
from healthcode.care.appointments.service import places
from healthcode.care.appointments.service.clinics import ITSELF
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, locked, session, unclaimed
from healthcode.core.outbox import announce
from healthcode.core.problems import NotAllowed, NotFound, WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.codes import service as codes


@dataclass(frozen=True)
class Expected:
    """One line of a clinic's list for the day."""

    appointment: Appointment
    display_name: str


def check_in(caller: Caller, *, verification_id: str) -> Appointment:
    """Whoever's code was read here just now is here: their next appointment of today gets its number.

    Raises NothingBookedToday, AlreadyCheckedIn, NotFound, VerificationEnded, AlreadySpent.
    """
    verification = codes.spend(verification_id, purpose="check-in", institution_id=str(caller.institution_id))
    person = residents.lock_person(verification.resident_id)
    today = [one for one in session().scalars(Appointment.open_of(person)) if _is_here_today(one, caller)]
    booked = [one for one in today if one.state == "booked"]
    if not booked:
        arrived = [one for one in today if one.state == "arrived"]
        raise problems.AlreadyCheckedIn(ticket=arrived[0].ticket) if arrived else problems.NothingBookedToday()
    first = min(booked, key=lambda one: one.slot_id or "")  # ids of slots are in the order of their times
    appointment = session().scalars(locked(Appointment.visible_to(caller).where(Appointment.id == first.id))).one()
    appointment.ticket = _next_number(appointment.schedule_id, appointment.day)
    places.change(appointment, "arrived", caller)
    announce("appointment.arrived", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def _is_here_today(one: Appointment, caller: Caller) -> bool:
    return one.institution_id == caller.institution_id and one.day == clock.today() and one.slot is not None


def _next_number(schedule_id: str, day: date) -> int:
    row = {"id": ids.new(), "schedule_id": schedule_id, "day": day, "last": 0}
    insert_if_absent(QueueDay, row, unique=("schedule_id", "day"))
    more = update(QueueDay).where(QueueDay.schedule_id == schedule_id, QueueDay.day == day)
    return int(session().scalar(more.values(last=QueueDay.last + 1).returning(QueueDay.last)) or 0)


def finish(caller: Caller, *, appointment_id: str) -> Appointment:
    """Seen and done. Twice is the same as once. Raises NotFound, WrongState."""
    appointment = _of_this_house(caller, appointment_id)
    if appointment.state == "fulfilled":
        return appointment
    if appointment.state != "arrived":
        raise WrongState(state=appointment.state)
    places.change(appointment, "fulfilled", caller)
    announce("appointment.fulfilled", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def miss(caller: Caller, *, appointment_id: str) -> Appointment:
    """The slot is over and nobody came. Raises NotFound, WrongState."""
    appointment = _of_this_house(caller, appointment_id)
    slot = appointment.slot
    if appointment.state != "booked" or slot is None or slot.ends_at > clock.now():
        raise WrongState(state=appointment.state)
    return _miss(appointment, caller)


def close_days(moment: datetime, most: int = 500) -> int:
    """Whoever was booked on a day that is over and did not come, missed it; returns how many. For the worker."""
    missed = session().scalars(unclaimed(Appointment.not_come(clock.day_of(moment)).limit(most))).all()
    for appointment in missed:
        _miss(appointment, ITSELF)
    return len(missed)


def _miss(appointment: Appointment, caller: Caller) -> Appointment:
    places.change(appointment, "noshow", caller)
    announce("appointment.missed", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def list_day(
    caller: Caller, *, institution_id: str, day: date | None = None, schedule_id: str | None = None
) -> Sequence[Expected]:
    """Who is expected at one's own institution on a day, masked, in the order of their times. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    looking = places.at_clinic(caller)
    found = Appointment.visible_to(looking).where(
        Appointment.institution_id == institution_id,
        Appointment.day == (day or clock.today()),
        Appointment.state.in_(("booked", "arrived", "fulfilled", "noshow")),
    )
    if schedule_id is not None:
        found = found.where(Appointment.schedule_id == schedule_id)
    rows = session().scalars(found.order_by(Appointment.slot_id, Appointment.id).limit(1000)).all()
    shown = residents.display_names(looking, [row.resident_id for row in rows])
    for row in rows:
        trail.note(resident_id=row.resident_id, purpose="day-list")
    return [Expected(row, shown.get(row.resident_id, "")) for row in rows]


def _of_this_house(caller: Caller, appointment_id: str) -> Appointment:
    seen = Appointment.visible_to(places.at_clinic(caller)).where(
        Appointment.id == appointment_id, Appointment.institution_id == caller.institution_id
    )
    appointment = session().scalars(locked(seen)).first()
    if appointment is None:
        raise NotFound()
    trail.note(resident_id=appointment.resident_id, subject_id=appointment.id)
    return appointment
