"""Places: taken, kept for a while, given back, offered. Every race for one is decided by one statement on its slot.

Whoever takes a place adds one to the slot; a place that is given back stays taken until it is somebody else's or its random
minute has come. So no place is ever counted twice, and no friend of the canceller knows when it is free.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import case, delete, select, update

from healthcode.care.appointments.models import Appointment, AppointmentChange, ReturnedPlace, Slot
from healthcode.care.appointments.problems import DrawAhead, SlotNotOpen, SlotTaken
from healthcode.core import clock, ids
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import changed, insert_many, locked, session, unclaimed
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.trust.grounds import service as grounds

OFFERED_FOR = timedelta(minutes=30)
BACK_WITHIN = 30  # minutes, at random, until a place that was given back can be booked by anybody
SCOPE = "appointment"  # what a booking opens to its institution: that one is coming, under a masked name
SHOWN = 5  # free slots that a refusal names
_ANEW = {"populate_existing": True}
lottery = secrets.SystemRandom()


def find_slot(slot_id: str) -> Slot:
    """Raises NotFound."""
    slot = session().get(Slot, slot_id, populate_existing=True)
    if slot is None:
        raise NotFound()
    return slot


def take(slot_id: str) -> Slot:
    """Take one place. Raises NotFound, SlotNotOpen, DrawAhead, SlotTaken with what is still free."""
    if not _take(slot_id):
        end_overdue(clock.now(), slot_id)  # by the clock alone, whether or not the worker has been here
        let_kept_go(clock.now(), slot_id)
        return_places(clock.now(), slot_id)
        if not _take(slot_id):
            raise _why_not(find_slot(slot_id))
    return find_slot(slot_id)


def take_for_referral(slot_id: str) -> Slot:
    """A place that is kept for referrals, or any other that is free. Raises NotFound, SlotNotOpen, SlotTaken."""
    moment = clock.now()
    place = update(Slot).where(Slot.id == slot_id, Slot.has_place_for_referral(moment))
    if changed(place.values(taken=Slot.taken + 1, kept=case((Slot.kept > 0, Slot.kept - 1), else_=0))):
        return find_slot(slot_id)
    return take(slot_id)


def take_beyond(slot_id: str) -> Slot:
    """A place beyond what there are, counted apart. Raises NotFound, SlotNotOpen."""
    moment = clock.now()
    slot = find_slot(slot_id)
    more = update(Slot).where(Slot.id == slot_id, Slot.status == "free", Slot.ends_at > moment)
    if not changed(more.values(taken=Slot.taken + 1, overbooked=Slot.overbooked + 1)):
        raise SlotNotOpen()
    session().refresh(slot)
    return slot


def give_back(slot: Slot, *, is_overbooked: bool = False) -> None:
    """Somebody needs a place no more: it is offered to whoever waits longest, or comes back at a random minute. One that
    staff had added is no more."""
    if is_overbooked:
        less = update(Slot).where(Slot.id == slot.id)
        changed(less.values(taken=Slot.taken - 1, overbooked=Slot.overbooked - 1))
    elif not _offer(slot):
        row = {"id": ids.new(), "slot_id": slot.id, "free_at": some_minute_after(clock.now(), slot)}
        insert_many(ReturnedPlace, [row])


def some_minute_after(moment: datetime, slot: Slot) -> datetime:
    """A moment at random, within BACK_WITHIN and if there is time before the slot begins."""
    left = int((slot.starts_at - moment).total_seconds() // 60)
    minutes = secrets.randbelow(max(min(BACK_WITHIN, left), 1)) + 1
    return moment + timedelta(minutes=minutes, seconds=secrets.randbelow(60))


def free_beside(slot: Slot) -> list[Slot]:
    """Slots of the same clinic and day that still have a place."""
    beside = select(Slot).where(
        Slot.schedule_id == slot.schedule_id,
        Slot.day == slot.day,
        Slot.is_bookable(clock.now()),
        Slot.has_place(),
    )
    return list(session().scalars(beside.order_by(Slot.id).limit(SHOWN)))


def change(appointment: Appointment, state: str, caller: Caller, *, reason: str | None = None) -> None:
    """Write a state, and beside it who brought it about, when and why."""
    appointment.state, appointment.changed_at = state, clock.now()
    session().flush()  # the change names the row
    insert_many(
        AppointmentChange,
        [
            {
                "id": ids.new(),
                "appointment_id": appointment.id,
                "resident_id": appointment.resident_id,
                "state": state,
                "slot_id": appointment.slot_id,
                "at": clock.now(),
                "by_kind": caller.kind,
                "by_id": caller.id,
                "reason": reason,
            }
        ],
    )


def open_to_clinic(appointment: Appointment, slot: Slot) -> None:
    """From now on the institution sees that somebody is coming; to the end of that day."""
    grounds.open_ground(
        resident_id=appointment.resident_id,
        grantee_kind="institution",
        grantee_id=slot.institution_id,
        scopes=[SCOPE],
        source="appointment",
        source_id=appointment.id,
        until_at=clock.start_of(slot.day + timedelta(days=1)),
    )


def at_clinic(caller: Caller) -> Caller:
    """The caller with what a booking opens to its institution in sight, beside what a visit does."""
    return replace(caller, sight=grounds.sight_of_institution(str(caller.institution_id), [SCOPE, grounds.VISIT]))


def close(appointment: Appointment, state: str, caller: Caller, *, reason: str | None) -> None:
    """End an appointment, and let its place go."""
    slot = _end(appointment, state, caller, reason=reason)
    if slot is not None:
        give_back(slot, is_overbooked=appointment.is_overbooked)


def _end(appointment: Appointment, state: str, caller: Caller, *, reason: str | None) -> Slot | None:
    slot = appointment.slot
    change(appointment, state, caller, reason=reason)
    appointment.held_until = appointment.frees_at = None
    grounds.end_grounds(appointment.id)
    return slot


def end_overdue(moment: datetime, slot_id: str | None = None, most: int = 100) -> int:
    """Holds and offers whose time is over end, and their place is the next one's; returns how many."""
    found = session().scalars(unclaimed(Appointment.overdue(moment, slot_id).limit(most))).all()
    for appointment in sorted(found, key=lambda one: one.slot_id or ""):  # slots are always held in this order
        was = "offer" if appointment.state == "waitlist" else "hold"
        slot = _end(appointment, "cancelled", by_itself("places"), reason=f"{was} ended")
        announce("appointment.cancelled", appointment_id=appointment.id, resident_id=appointment.resident_id)
        if slot is not None and appointment.is_overbooked:
            give_back(slot, is_overbooked=True)
        elif slot is not None and not _offer(slot):
            _free(slot.id)
    return len(found)


def return_places(moment: datetime, slot_id: str | None = None, most: int = 500) -> int:
    """Places whose minute has come are free again, unless somebody waits by now; returns how many."""
    due = select(ReturnedPlace.id).where(ReturnedPlace.free_at <= moment).order_by(ReturnedPlace.free_at).limit(most)
    if slot_id is not None:
        due = due.where(ReturnedPlace.slot_id == slot_id)
    taken = delete(ReturnedPlace).where(ReturnedPlace.id.in_(due)).returning(ReturnedPlace.slot_id)
    slot_ids: Sequence[str] = session().scalars(taken.execution_options(synchronize_session=False)).all()
    for one in sorted(slot_ids):
        if not _offer(find_slot(one)):
            _free(one)
    return len(slot_ids)


def hold_draws(moment: datetime, slot_id: str | None = None, most: int = 20) -> int:
    """Draw lots for the clinics whose draw is due: whoever asked in time is offered a place in the order of the lots,
    and whoever got none waits in that order. Returns how many clinics were drawn."""
    due = select(Slot.schedule_id, Slot.day, Slot.draws_at).where(Slot.draws_at <= moment).distinct().limit(most)
    if slot_id is not None:
        due = due.where(Slot.id == slot_id)
    clinics = session().execute(due).all()
    return sum(_draw(schedule_id, day, draws_at) for schedule_id, day, draws_at in clinics)


def _draw(schedule_id: str, day: date, draws_at: datetime) -> bool:
    asked = session().scalars(locked(Appointment.in_draw(schedule_id, day, draws_at))).all()
    its_slots = (Slot.schedule_id == schedule_id) & (Slot.day == day)
    if not changed(update(Slot).where(its_slots, Slot.draws_at == draws_at).values(draws_at=None)):
        return False  # somebody else drew
    lots = list(range(1, len(asked) + 1))
    lottery.shuffle(lots)
    for appointment, lot in zip(asked, lots, strict=True):
        appointment.lot = lot
    session().flush()
    slots = session().scalars(select(Slot).where(its_slots).order_by(Slot.id), execution_options=_ANEW).all()
    for slot in slots:
        while _take(slot.id):
            if not _offer(slot):
                _free(slot.id)
                return True
    return True


def let_kept_go(moment: datetime, slot_id: str | None = None, most: int = 200) -> int:
    """What was kept for referrals, and no referral took in time, comes back as a place that was given back; returns of how
    many slots."""
    due = select(Slot.id, Slot.kept).where(Slot.kept_until <= moment, Slot.kept > 0).order_by(Slot.id).limit(most)
    if slot_id is not None:
        due = due.where(Slot.id == slot_id)
    found = session().execute(due).all()
    for one, kept in found:
        theirs = update(Slot).where(Slot.id == one, Slot.kept == kept)
        if changed(theirs.values(taken=Slot.taken + kept, kept=0)):
            slot = find_slot(one)
            for _ in range(kept):
                give_back(slot)
    return len(found)


def _take(slot_id: str) -> bool:
    place = update(Slot).where(Slot.id == slot_id, Slot.is_bookable(clock.now()), Slot.has_place())
    return changed(place.values(taken=Slot.taken + 1)) == 1


def _free(slot_id: str) -> None:
    changed(update(Slot).where(Slot.id == slot_id).values(taken=Slot.taken - 1))


def _why_not(slot: Slot) -> SlotNotOpen | DrawAhead | SlotTaken:
    moment = clock.now()
    if slot.status != "free" or slot.starts_at <= moment:
        return SlotNotOpen()
    if slot.opens_at > moment:
        return SlotNotOpen(opens_at=clock.local(slot.opens_at).isoformat())
    if slot.draws_at is not None:
        return DrawAhead(draws_at=clock.local(slot.draws_at).isoformat())
    return SlotTaken(free=[one.id for one in free_beside(slot)])


def _offer(slot: Slot) -> bool:
    """Keep a place that is free again for whoever has waited longest for this clinic and day. False if nobody does, or
    if it is not yet drawn who has."""
    if slot.status != "free" or slot.starts_at <= clock.now() or slot.draws_at is not None:
        return False
    waiting = session().scalars(unclaimed(Appointment.next_waiting(slot.schedule_id, slot.day))).first()
    if waiting is None:
        return False
    waiting.slot_id, waiting.slot = slot.id, slot
    waiting.held_until = waiting.frees_at = min(clock.now() + OFFERED_FOR, slot.starts_at)
    change(waiting, "waitlist", by_itself("places"), reason="offered")
    announce("appointment.offered", appointment_id=waiting.id, resident_id=waiting.resident_id)
    return True
