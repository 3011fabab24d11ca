"""The day itself: who is here, who did not come, who was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from healthcode.care.appointments import problems
from healthcode.care.appointments.models import Appointment
from healthcode.care.appointments.queue import service as queue
from healthcode.care.appointments.service import places
from healthcode.care.appointments.service.clinics import ITSELF
from healthcode.core import clock, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session, unclaimed
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
    appointment = session().scalars(locked(Appointment.visible_to(caller).where(Appointment.id == first.id))).first()
    if appointment is None or appointment.state != "booked":  # the clinic let it go while we waited
        raise problems.NothingBookedToday()
    return _arrive(appointment, caller)


def arrive(caller: Caller, *, appointment_id: str) -> Appointment:
    """The same at a desk, for somebody whom it has looked at: today's appointment at its own institution gets its number.

    Raises NotFound, NothingBookedToday, AlreadyCheckedIn, WrongState.
    """
    residents.lock_person(_of_this_house(caller, appointment_id, is_held=False).resident_id)  # as a scanner does, first
    appointment = _of_this_house(caller, appointment_id)
    if appointment.state == "arrived":
        raise problems.AlreadyCheckedIn(ticket=appointment.ticket)
    if appointment.state != "booked":
        raise WrongState(state=appointment.state)
    if not _is_here_today(appointment, caller):
        raise problems.NothingBookedToday()
    return _arrive(appointment, caller)


def _arrive(appointment: Appointment, caller: Caller) -> Appointment:
    appointment.ticket = queue.enter(caller, appointment)
    places.change(appointment, "arrived", caller)
    assert appointment.slot is not None  # whoever arrives has a place
    announce(
        "appointment.arrived",
        appointment_id=appointment.id,
        resident_id=appointment.resident_id,
        institution_id=appointment.institution_id,
        department_id=appointment.slot.schedule.department_id,
        kind=appointment.slot.schedule.kind,
    )
    return appointment


def _is_here_today(one: Appointment, caller: Caller) -> bool:
    return one.institution_id == caller.institution_id and one.day == clock.today() and one.is_on_site


def finish(caller: Caller, *, appointment_id: str) -> Appointment:
    """Seen and done. Twice is the same as once. Raises NotFound, WrongState (also for who was called and not there)."""
    appointment = _of_this_house(caller, appointment_id)
    if appointment.state == "fulfilled":
        return appointment
    is_elsewhere = appointment.state == "booked" and not appointment.is_on_site
    if not is_elsewhere and appointment.state != "arrived":
        raise WrongState(state=appointment.state)
    if not is_elsewhere:  # on the line and at home nobody checks in
        queue.finish(caller, appointment.id)
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
    """Whoever was booked on a day that is over and did not come, missed it; whoever came is let go. Returns how many.

    For the worker.
    """
    today = clock.day_of(moment)
    missed = session().scalars(unclaimed(Appointment.not_come(today).limit(most))).all()
    for appointment in missed:
        _miss(appointment, ITSELF)
    in_vain = session().scalars(unclaimed(Appointment.waited_in_vain(today).limit(most))).all()
    for appointment in in_vain:
        places.change(appointment, "cancelled", ITSELF, reason="day over")
    return len(missed) + len(in_vain) + _let_go(queue.left_over(today, most), "day over")


def leave_queues(resident_id: str) -> None:
    """Whoever died waits no more. For listeners."""
    _let_go(queue.waiting_of(residents.lock_person(resident_id)), "died")


def _let_go(appointment_ids: Sequence[str], reason: str) -> int:
    """End visits that nobody ended: who was called in was seen, whoever was not did come all the same, and missed nothing."""
    waiting = Appointment.visible_to(ITSELF).where(Appointment.id.in_(appointment_ids), Appointment.state == "arrived")
    found = session().scalars(unclaimed(waiting.order_by(Appointment.id))).all()
    was_seen = queue.close(ITSELF, [one.id for one in found], reason=reason)
    for appointment in found:
        facts = {"appointment_id": appointment.id, "resident_id": appointment.resident_id}
        if was_seen.get(appointment.id):
            places.change(appointment, "fulfilled", ITSELF, reason=reason)
            announce("appointment.fulfilled", **facts)
        else:
            places.change(appointment, "cancelled", ITSELF, reason=reason)
            announce("appointment.cancelled", **facts)
    return len(found)


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


def _of_this_house(caller: Caller, appointment_id: str, *, is_held: bool = True) -> Appointment:
    """An appointment here, held for what is done to it. Raises NotFound."""
    seen = Appointment.visible_to(places.at_clinic(caller)).where(
        Appointment.id == appointment_id, Appointment.institution_id == caller.institution_id
    )
    appointment = session().scalars(locked(seen) if is_held else seen).first()
    if appointment is None:
        raise NotFound()
    trail.note(resident_id=appointment.resident_id, subject_id=appointment.id)
    return appointment
