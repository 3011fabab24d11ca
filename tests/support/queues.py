"""People who are here: each with an appointment of today at a place, checked in by the desk."""

from datetime import timedelta

from sqlalchemy import select

from healthcode.care.appointments.models import Appointment, Schedule, Slot
from healthcode.care.appointments.service import day as days
from healthcode.care.appointments.service import places
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import session, transaction
from tests.support.town import Person


def clinic(institution_id: str, place: str = "内科", *, capacity: int = 100, starts: str = "00:00") -> str:
    """A clinic of one hour today, from an hour of the city on; the id of its one slot."""
    begins = clock.start_of(clock.today()) + timedelta(hours=int(starts[:2]))
    with transaction():
        schedule = Schedule(
            id=ids.new(), institution_id=institution_id, kind="clinic", title=place, weekday="mon", starts=starts,
            ends=f"{int(starts[:2]) + 1:02}:00", slot_minutes=60, capacity=capacity, released_days_ahead=1,
            released_at="00:00", from_on=clock.today(), created_at=clock.now(),
        )  # fmt: skip
        session().add(schedule)
        session().flush()
        slot = Slot(
            id=ids.new(begins), schedule_id=schedule.id, institution_id=institution_id, day=clock.today(),
            starts_at=begins, ends_at=begins + timedelta(hours=1), opens_at=begins, capacity=capacity, schedule=schedule,
        )  # fmt: skip
        session().add(slot)
    return slot.id


def booked(slot_id: str, person: Person, *, is_urgent: bool = False) -> str:
    """An appointment of this person, as booking leaves it."""
    with transaction():
        slot = session().scalars(select(Slot).where(Slot.id == slot_id)).one()
        slot.taken += 1
        appointment = Appointment(
            id=ids.new(), resident_id=person.id, schedule_id=slot.schedule_id, institution_id=slot.institution_id,
            day=slot.day, slot=slot, state="booked", is_urgent=is_urgent, made_by="staff", created_at=clock.now(),
            changed_at=clock.now(),
        )  # fmt: skip
        session().add(appointment)
        session().flush()
        places.open_to_clinic(appointment, slot)
    return appointment.id


def arrived(slot_id: str, person: Person, *, is_urgent: bool = False) -> str:
    """The same, and the person is here; the appointment's id."""
    appointment_id = booked(slot_id, person, is_urgent=is_urgent)
    with transaction():
        at = Caller(kind="staff", institution_id=session().get_one(Slot, slot_id).institution_id)
        days.arrive(at, appointment_id=appointment_id)
    return appointment_id
