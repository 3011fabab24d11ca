"""Booking: a place is held or had, moved, cancelled, waited for. All of one resident's rules are asked while their row is held."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select

from healthcode.care.appointments import problems
from healthcode.care.appointments.models import HAS_A_PLACE, OPEN, Appointment, Slot
from healthcode.care.appointments.service import clinics, places
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, Refused, WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions import service as sessions

HELD_FOR = timedelta(minutes=5)
MOST_OPEN = 5  # open appointments of one resident
MOST_GIVEN_UP = 2  # places of one clinic's day, before it gives no more to this person
MOST_ON_ONE_DEVICE = 4  # different people within a day, before whoever comes next is refused an expert
MISSED, WITHIN, CLOSED_FOR = 3, timedelta(days=90), timedelta(days=30)


def book(
    caller: Caller,
    *,
    resident_id: str,
    slot_id: str,
    is_hold: bool = False,
    is_overbooking: bool = False,
    is_referral: bool = False,
    is_urgent: bool = False,
    reason: str | None = None,
) -> Appointment | Refused:
    """A place for this resident, at once or held for HELD_FOR; staff of the clinic may add one, with a reason. A referral
    may take what is kept for referrals. Whoever comes first after the hour of a draw that no worker held holds it, and is
    told to ask again: Refused, so that it stays drawn.

    Raises NotFound, SlotTaken, SlotNotOpen, DrawAhead, SlotsOverlap, AlreadyBooked, TooManyAppointments, BookingClosed,
    IdentityNotProved, TooManyOnOneDevice, GivenUpTooOften, OverbookingNeedsReason.
    """
    person = _hold_person(caller, resident_id)
    slot = places.find_slot(slot_id)
    draws_at = None if is_referral else slot.draws_at  # a referral takes its place beside the draw
    if draws_at is not None and draws_at <= clock.now() and places.hold_draws(clock.now(), slot_id):
        return Refused(problems.DrawAhead(draws_at=clock.local(draws_at).isoformat(), retry_after=1))
    _make_sure_may_book(caller, person, slot)
    takes_last = not is_overbooking and not is_referral and slot.looks_free
    if is_overbooking:
        slot = _take_beyond(caller, slot, reason)
    elif is_referral:
        slot = places.take_for_referral(slot_id)
    elif not takes_last:
        slot = places.take(slot_id)  # refused before anything was written, unless something ends just now
    appointment = _new(caller, resident_id, slot.schedule_id, slot)
    appointment.is_overbooked, appointment.is_urgent = is_overbooking, is_urgent
    _write(caller, appointment, slot, is_hold=is_hold, reason=reason)
    if takes_last:  # whoever has the slot's row keeps all others waiting for it, so not for long
        places.take(slot_id)
    return appointment


def _write(caller: Caller, appointment: Appointment, slot: Slot, *, is_hold: bool, reason: str | None) -> None:
    if is_hold:
        appointment.held_until = min(clock.now() + HELD_FOR, slot.starts_at)
        appointment.frees_at = places.some_minute_after(appointment.held_until, slot)
    session().add(appointment)
    places.change(appointment, "proposed" if is_hold else "booked", caller, reason=reason)
    places.open_to_clinic(appointment, slot)
    facts = {"appointment_id": appointment.id, "resident_id": appointment.resident_id}
    if is_hold:
        announce("appointment.held", **facts)
    else:
        announce("appointment.booked", **facts)


def confirm(caller: Caller, *, appointment_id: str) -> Appointment:
    """What was held is booked; what was offered to who waits is taken. Booked twice is booked once.

    Raises NotFound, HoldEnded, WrongState, SlotsOverlap, TooManyAppointments.
    """
    appointment = _find(caller, appointment_id)
    if appointment.state == "booked":
        return appointment
    slot = appointment.slot
    if slot is None or appointment.state not in ("proposed", "waitlist"):
        raise WrongState(state=appointment.state)
    if appointment.held_until is None or appointment.held_until <= clock.now():
        raise problems.HoldEnded()
    if appointment.is_offered:
        _make_sure_may_book(caller, _person_of(appointment), slot, but=appointment.id)
        places.open_to_clinic(appointment, slot)
    appointment.held_until = appointment.frees_at = None
    places.change(appointment, "booked", caller)
    announce("appointment.booked", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def cancel(caller: Caller, *, appointment_id: str, reason: str | None = None, is_referral: bool = False) -> Appointment:
    """Give the place up, or wait no more. Twice is the same as once. With its referral goes a place wherever it is.

    Raises NotFound, WrongState, TooLateToChange.
    """
    appointment = _find(caller, appointment_id, is_anywhere=is_referral)
    if appointment.state == "cancelled":
        return appointment
    if appointment.state not in OPEN:
        raise WrongState(state=appointment.state)
    _make_sure_is_ahead(appointment)
    places.close(appointment, "cancelled", caller, reason=reason)
    announce("appointment.cancelled", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def move(caller: Caller, *, appointment_id: str, slot_id: str) -> Appointment:
    """Another time instead: the old place goes only if the new one is had.

    Raises NotFound, WrongState, TooLateToChange, and whatever `book` may.
    """
    appointment = _find(caller, appointment_id)
    old = appointment.slot
    if appointment.state != "booked" or old is None:
        raise WrongState(state=appointment.state)
    if slot_id == old.id:
        return appointment
    _make_sure_is_ahead(appointment)
    wanted = places.find_slot(slot_id)
    _make_sure_may_book(caller, _person_of(appointment), wanted, but=appointment.id)
    new, was_overbooked = places.take(slot_id), appointment.is_overbooked
    appointment.slot_id, appointment.slot, appointment.is_overbooked = new.id, new, False
    _note_device(caller, appointment)
    if new.schedule_id != old.schedule_id:
        appointment.is_urgent = False  # one was before others at the clinic that was asked to see them soon
    appointment.schedule_id, appointment.institution_id, appointment.day = new.schedule_id, new.institution_id, new.day
    places.change(appointment, "booked", caller, reason="moved")
    places.grounds.end_grounds(appointment.id)
    places.open_to_clinic(appointment, new)
    places.give_back(old, is_overbooked=was_overbooked)
    announce("appointment.moved", appointment_id=appointment.id, resident_id=appointment.resident_id)
    return appointment


def wait(caller: Caller, *, resident_id: str, slot_id: str) -> Appointment:
    """Wait for any place of that slot's clinic on that day. Raises PlacesAreFree, and whatever `book` may."""
    person = _hold_person(caller, resident_id)
    slot = places.find_slot(slot_id)
    if not slot.status == "free" or slot.starts_at <= clock.now() or slot.opens_at > clock.now():
        raise problems.SlotNotOpen()
    _make_sure_may_book(caller, person, slot, is_waiting=True)
    if free := places.free_beside(slot):
        raise problems.PlacesAreFree(free=[one.id for one in free])
    appointment = _new(caller, resident_id, slot.schedule_id, slot)
    appointment.slot_id, appointment.slot = None, None
    session().add(appointment)
    places.change(appointment, "waitlist", caller)
    return appointment


def appointments_of(caller: Caller, *, resident_id: str) -> Sequence[Appointment]:
    """Everything open, and what was lately, newest clinic first."""
    trail.note(resident_id=resident_id)
    mine = _seen_by(caller).where(Appointment.resident_id.in_(residents.ids_of_person(resident_id)))
    return session().scalars(mine.order_by(Appointment.day.desc(), Appointment.id.desc()).limit(50)).all()


def _hold_person(caller: Caller, resident_id: str) -> list[str]:
    """The person's records, held: what is asked about their appointments holds also when many ask at once."""
    trail.note(resident_id=resident_id)
    person = residents.lock_person(resident_id)
    resident = residents.hold(caller, resident_id)
    if resident.died_on is not None or resident.merged_into_id is not None:
        raise NotFound()
    return person


def _person_of(appointment: Appointment) -> list[str]:
    return residents.lock_person(appointment.resident_id)


def _find(caller: Caller, appointment_id: str, *, is_anywhere: bool = False) -> Appointment:
    """The appointment, held after its person, always in this order. Raises NotFound."""
    in_sight = Appointment.visible_to(caller) if is_anywhere else _seen_by(caller)
    seen = in_sight.where(Appointment.id == appointment_id)
    found = session().scalars(seen).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.id)
    residents.lock_person(found.resident_id)
    held = session().scalars(locked(seen)).first()
    if held is None:  # the right to see it ended while we waited
        raise NotFound()
    return held


def _seen_by(caller: Caller) -> Select[tuple[Appointment]]:
    """Staff of an institution see what is there, and what they booked elsewhere: a visit to a station does not open which
    other clinics somebody goes to."""
    seen = Appointment.visible_to(caller)
    if caller.kind == "staff" and caller.institution_id is not None:
        here = caller.institution_id
        seen = seen.where((Appointment.institution_id == here) | (Appointment.booked_from_id == here))
    return seen


def _new(caller: Caller, resident_id: str, schedule_id: str, slot: Slot) -> Appointment:
    if caller.kind == "resident":
        made_by = "resident" if caller.id == resident_id else "proxy"
    else:
        made_by = "staff"
    appointment = Appointment(
        id=ids.new(),
        resident_id=resident_id,
        schedule_id=schedule_id,
        institution_id=slot.institution_id,
        day=slot.day,
        slot_id=slot.id,
        slot=slot,
        made_by=made_by,
        booked_from_id=caller.institution_id if caller.kind == "staff" else None,
        created_at=clock.now(),
    )
    _note_device(caller, appointment)
    return appointment


def _note_device(caller: Caller, appointment: Appointment) -> None:
    if caller.kind == "resident":
        appointment.device, appointment.device_at = sessions.device_of(caller), clock.now()


def _take_beyond(caller: Caller, slot: Slot, reason: str | None) -> Slot:
    is_of_clinic = caller.kind == "staff" and caller.institution_id == slot.institution_id
    if not is_of_clinic or not reason:
        raise problems.OverbookingNeedsReason()
    return places.take_beyond(slot.id)


def _make_sure_is_ahead(appointment: Appointment) -> None:
    if appointment.slot is not None and appointment.slot.starts_at <= clock.now():
        raise problems.TooLateToChange()


# The rules over all of a person's appointments


def _make_sure_may_book(
    caller: Caller, person: list[str], slot: Slot, *, but: str | None = None, is_waiting: bool = False
) -> None:
    found = [one for one in session().scalars(locked(Appointment.open_of(person))) if one.id != but]
    over = [one for one in found if one.state == "proposed" and one.held_until and one.held_until <= clock.now()]
    others = [one for one in found if one not in over]
    same = [one for one in others if one.schedule_id == slot.schedule_id and one.day == slot.day]
    waiting = [one for one in same if one.state == "waitlist" and not is_waiting]
    if len(same) > len(waiting):
        raise problems.AlreadyBooked()
    for one in over:
        places.close(one, "cancelled", caller, reason="hold ended")
    for one in waiting:  # who books waits no more
        places.close(one, "cancelled", caller, reason="booked")
    if not is_waiting and any(_overlaps(one, slot) for one in others):
        raise problems.SlotsOverlap()
    if caller.kind == "resident":
        if len(others) - len(waiting) >= MOST_OPEN:
            raise problems.TooManyAppointments()
        if (session().scalar(Appointment.given_up(person, slot.schedule_id, slot.day)) or 0) >= MOST_GIVEN_UP:
            raise problems.GivenUpTooOften()
        _make_sure_is_trusted(caller, person, slot)


def _overlaps(one: Appointment, slot: Slot) -> bool:
    if one.slot is None or one.state not in HAS_A_PLACE:
        return False
    return one.slot.starts_at < slot.ends_at and slot.starts_at < one.slot.ends_at


def _make_sure_is_trusted(caller: Caller, person: list[str], slot: Slot) -> None:
    if slot.schedule.kind == "expert":
        if not residents.is_proved(person):
            raise problems.IdentityNotProved()
        device, since = sessions.device_of(caller), clock.now() - timedelta(hours=24)
        if (session().scalar(Appointment.people_on(device, since, person)) or 0) >= MOST_ON_ONE_DEVICE:
            raise problems.TooManyOnOneDevice()
    if (until := closed_until(person)) is not None:
        raise problems.BookingClosed(until=until.isoformat())


def closed_until(person: list[str]) -> datetime | None:
    """The moment at which online booking opens again, if MISSED clinics WITHIN so long closed it."""
    today = clock.today()
    days = session().scalars(Appointment.days_missed(person, today - WITHIN - CLOSED_FOR)).all()
    recent = [day for day in days if days[0] - day < WITHIN]
    if len(recent) < MISSED or today >= days[0] + CLOSED_FOR:
        return None
    return clock.local(clock.start_of(days[0] + CLOSED_FOR))


def end_all_of(resident_id: str) -> None:
    """Cancel whatever is ahead of somebody who died. For listeners."""
    for appointment in session().scalars(locked(Appointment.open_of(residents.lock_person(resident_id)))).all():
        if appointment.state in OPEN:
            places.close(appointment, "cancelled", clinics.ITSELF, reason="died")
            announce("appointment.cancelled", appointment_id=appointment.id, resident_id=appointment.resident_id)
