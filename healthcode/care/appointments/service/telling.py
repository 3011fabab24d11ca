"""What the rooms above may know of appointments: why one changed, for whoever is told, and who is due here today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, select

from healthcode.care.appointments.models import Appointment, AppointmentChange, Schedule, Slot
from healthcode.care.appointments.queue.models import Queue, Ticket
from healthcode.core import clock
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import session
from healthcode.registry.residents import service as residents

ITSELF = by_itself("telling")
# The state that each event leaves, by which its change is found.
_LEFT_AS = {
    "appointment.booked": "booked",
    "appointment.moved": "booked",
    "appointment.cancelled": "cancelled",
    "appointment.offered": "waitlist",
    "appointment.missed": "noshow",
}
_UNSAID = ("referral rejected", "referral cancelled")  # what stands where nobody gave a reason of their own


@dataclass(frozen=True)
class Change:
    """One change of an appointment: who did it, and which clinic it is about by now."""

    id: str
    by_kind: str
    by_id: str | None
    reason: str | None
    institution_id: str
    schedule_id: str
    day: date
    starts_at: datetime | None  # none while waiting
    held_until: datetime | None  # of a place that is offered at this moment
    is_day_off: bool  # the clinic does not take place


@dataclass(frozen=True)
class Clinic:
    """What people call a clinic, and where it is in the house."""

    title: str
    room: str | None


@dataclass(frozen=True)
class Call:
    """Whose turn it is, as it is called."""

    queue_id: str
    number: int


def change_behind(event: str, *, appointment_id: str, at: datetime) -> Change | None:
    """The change that an event of this room spoke of; None if there is none. For listeners."""
    made = AppointmentChange.visible_to(ITSELF).where(
        AppointmentChange.appointment_id == appointment_id,
        AppointmentChange.state == _LEFT_AS[event],
        AppointmentChange.at <= at,
    )
    if event == "appointment.offered":
        made = made.where(AppointmentChange.slot_id.is_not(None))  # before it, the same state without a place
    newest = made.order_by(AppointmentChange.at.desc(), AppointmentChange.id.desc()).limit(1)
    change = session().scalars(newest).first()
    one = session().scalars(Appointment.visible_to(ITSELF).where(Appointment.id == appointment_id)).first()
    if change is None or one is None:
        return None
    slot = session().get(Slot, change.slot_id) if change.slot_id else None
    place = slot or one
    return Change(
        id=change.id,
        by_kind=change.by_kind,
        by_id=change.by_id,
        reason=change.reason,
        institution_id=place.institution_id,
        schedule_id=place.schedule_id,
        day=place.day,
        starts_at=slot.starts_at if slot else None,
        held_until=one.held_until if one.is_offered else None,
        is_day_off=_is_off(place.schedule_id, place.day),
    )


def _is_off(schedule_id: str, day: date) -> bool:
    off = exists().where(Slot.schedule_id == schedule_id, Slot.day == day, Slot.status != "free")
    return bool(session().scalar(select(off)))


def reasons_of(caller: Caller, change_ids: Collection[str]) -> dict[str, str]:
    """Why staff cancelled, in their own words, for those of these changes that are in sight."""
    said = AppointmentChange.visible_to(caller).where(
        AppointmentChange.id.in_(change_ids),
        AppointmentChange.state == "cancelled",
        AppointmentChange.by_kind == "staff",
        AppointmentChange.reason.not_in(_UNSAID),
    )
    return {change.id: change.reason for change in session().scalars(said) if change.reason}


def clinics_named(schedule_ids: Collection[str]) -> dict[str, Clinic]:
    """The names of clinics, by the ids of their schedules."""
    found = session().scalars(select(Schedule).where(Schedule.id.in_(schedule_ids)))
    return {schedule.id: Clinic(schedule.title, schedule.room) for schedule in found}


def call_behind(ticket_id: str) -> Call | None:
    """Which number was called, and at which queue. For listeners."""
    ticket = session().scalars(Ticket.visible_to(ITSELF).where(Ticket.id == ticket_id)).first()
    return Call(ticket.queue_id, ticket.number) if ticket is not None else None


def places_of_queues(queue_ids: Collection[str]) -> dict[str, str]:
    """Where people of these queues go when they are called."""
    return {queue.id: queue.place for queue in session().scalars(select(Queue).where(Queue.id.in_(queue_ids)))}


def due_here(caller: Caller, *, resident_id: str) -> Sequence[Appointment]:
    """What this resident has today at the caller's own institution, booked or checked in, in the order of time."""
    due = Appointment.visible_to(caller).where(
        Appointment.resident_id.in_(residents.ids_of_person(resident_id)),
        Appointment.institution_id == caller.institution_id,
        Appointment.day == clock.today(),
        Appointment.state.in_(("booked", "arrived")),
        Appointment.slot_id.is_not(None),
    )
    return session().scalars(due.order_by(Appointment.slot_id).limit(20)).all()  # ids of slots follow their times
