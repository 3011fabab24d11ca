"""The doors of appointments."""

from typing import Any

from healthcode.care.appointments import problems, schemas, service
from healthcode.care.appointments.models import Appeal, Appointment, Schedule, Slot
from healthcode.core.access import Anyone, Device, OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import Refused, WrongState
from healthcode.registry.devices.service import SCANNERS
from healthcode.trust.codes.problems import AlreadySpent, VerificationEnded

room = Room("appointments", __name__, prefix="/api/v1", about="Clinics, their slots, and who has which place.")

ADMINISTRATORS = Staff("institution_admin", "city_admin")
DESK = Staff("clerk", "station_worker", "doctor", "nurse", "hotline", "city_admin")
CLINIC = Staff("clerk", "station_worker", "doctor", "nurse")
BOOKER = OnBehalf("appointments:book") | DESK
_RULES = (
    problems.SlotTaken,
    problems.SlotNotOpen,
    problems.SlotsOverlap,
    problems.AlreadyBooked,
    problems.TooManyAppointments,
    problems.BookingClosed,
    problems.IdentityNotProved,
    problems.TooManyOnOneDevice,
    problems.DrawAhead,
    problems.GivenUpTooOften,
)


@room.post(
    "/institutions/<id:institution_id>/schedules",
    allow=ADMINISTRATORS,
    body=schemas.ScheduleIn,
    reply=schemas.ScheduleOut,
    once=True,
)
def add_schedule(caller: Caller, institution_id: str, wanted: dict[str, Any]) -> Schedule:
    """Begin a weekly clinic; its slots are made and released by its own rule."""
    return service.add_schedule(caller, institution_id=institution_id, rule=service.WeeklyRule(**wanted))


@room.get("/institutions/<id:institution_id>/schedules", allow=Anyone(), reply=schemas.SchedulesOut)
def list_schedules(caller: Caller, institution_id: str) -> dict[str, Any]:
    """The weekly clinics of an institution."""
    return {"items": service.schedules_of(institution_id=institution_id)}


@room.post(
    "/schedules/<id:schedule_id>/closed-days",
    allow=ADMINISTRATORS,
    body=schemas.ClosedDayIn,
    reply=schemas.ClosedDayOut,
    problems=(WrongState,),
)
def close_day(caller: Caller, schedule_id: str, wanted: dict[str, Any]) -> dict[str, int]:
    """A clinic does not take place on a day: leave, or another reason. Those booked are told and offered another."""
    return {"count": service.close_day(caller, schedule_id=schedule_id, **wanted)}


@room.get("/slots", allow=Anyone(), query=schemas.SlotsAsked, reply=schemas.SlotsPageOut)
def find_slots(caller: Caller, asked: dict[str, Any]) -> Page[Slot]:
    """Free slots in the order of their time: of an institution, a department, a doctor, a clinic."""
    return service.find_slots(**asked)


@room.post(
    "/residents/<id:resident_id>/appointments",
    allow=BOOKER,
    body=schemas.BookingIn,
    reply=schemas.AppointmentOut,
    problems=(*_RULES, problems.OverbookingNeedsReason),
    once=True,
)
def book(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> Appointment | Refused:
    """Book a place, or keep it for five minutes."""
    return service.book(caller, resident_id=resident_id, **wanted)


@room.get("/residents/<id:resident_id>/appointments", allow=BOOKER, reply=schemas.AppointmentsOut)
def list_appointments(caller: Caller, resident_id: str) -> dict[str, Any]:
    """A resident's appointments, newest clinic first."""
    return {"items": service.appointments_of(caller, resident_id=resident_id)}


@room.post(
    "/residents/<id:resident_id>/waitings",
    allow=BOOKER,
    body=schemas.SlotIn,
    reply=schemas.AppointmentOut,
    problems=(*_RULES, problems.PlacesAreFree),
    once=True,
)
def wait(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> Appointment:
    """Wait for any place of that slot's clinic on that day."""
    return service.wait(caller, resident_id=resident_id, **wanted)


@room.post(
    "/appointments/<id:appointment_id>/confirmations",
    allow=BOOKER,
    reply=schemas.AppointmentOut,
    problems=(*_RULES, problems.HoldEnded, WrongState),
)
def confirm(caller: Caller, appointment_id: str) -> Appointment:
    """Take the place that is kept, or that was offered."""
    return service.confirm(caller, appointment_id=appointment_id)


@room.post(
    "/appointments/<id:appointment_id>/cancellations",
    allow=BOOKER,
    body=schemas.WhyIn,
    reply=schemas.AppointmentOut,
    problems=(problems.TooLateToChange, WrongState),
)
def cancel(caller: Caller, appointment_id: str, wanted: dict[str, Any]) -> Appointment:
    """Give a place up, or wait no more."""
    return service.cancel(caller, appointment_id=appointment_id, **wanted)


@room.post(
    "/appointments/<id:appointment_id>/moves",
    allow=BOOKER,
    body=schemas.SlotIn,
    reply=schemas.AppointmentOut,
    problems=(*_RULES, problems.TooLateToChange, WrongState),
    once=True,
)
def move(caller: Caller, appointment_id: str, wanted: dict[str, Any]) -> Appointment:
    """Another time instead; the old place goes only if the new one is had."""
    return service.move(caller, appointment_id=appointment_id, **wanted)


@room.post(
    "/check-ins",
    allow=Device(*SCANNERS),
    body=schemas.CheckInIn,
    reply=schemas.AppointmentOut,
    problems=(problems.NothingBookedToday, problems.AlreadyCheckedIn, VerificationEnded, AlreadySpent),
)
def check_in(caller: Caller, wanted: dict[str, Any]) -> Appointment:
    """Whoever's code was just read here is here: today's appointment gets its number."""
    return service.check_in(caller, **wanted)


@room.get(
    "/institutions/<id:institution_id>/appointments",
    allow=CLINIC,
    query=schemas.DayAsked,
    reply=schemas.DayListOut,
)
def list_day(caller: Caller, institution_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Who is expected here on a day."""
    return {"items": service.list_day(caller, institution_id=institution_id, **asked)}


@room.post(
    "/appointments/<id:appointment_id>/completions", allow=CLINIC, reply=schemas.AppointmentOut, problems=(WrongState,)
)
def finish(caller: Caller, appointment_id: str) -> Appointment:
    """Seen and done."""
    return service.finish(caller, appointment_id=appointment_id)


@room.post(
    "/appointments/<id:appointment_id>/absences", allow=CLINIC, reply=schemas.AppointmentOut, problems=(WrongState,)
)
def miss(caller: Caller, appointment_id: str) -> Appointment:
    """The slot is over, and nobody came."""
    return service.miss(caller, appointment_id=appointment_id)


@room.post(
    "/appointments/<id:appointment_id>/appeals",
    allow=BOOKER,
    body=schemas.AppealIn,
    reply=schemas.AppealOut,
    problems=(problems.NotMissed,),
)
def appeal(caller: Caller, appointment_id: str, wanted: dict[str, Any]) -> Appeal:
    """Say why one did not come; excused, it no longer counts."""
    return service.appeal(caller, appointment_id=appointment_id, **wanted)


@room.get("/institutions/<id:institution_id>/appeals", allow=CLINIC, reply=schemas.PleadingsOut)
def list_appeals(caller: Caller, institution_id: str) -> dict[str, Any]:
    """Appeals that wait to be decided here."""
    return {"items": service.appeals_at(caller, institution_id=institution_id)}


@room.post(
    "/appeals/<id:appeal_id>/decisions",
    allow=CLINIC,
    body=schemas.DecisionIn,
    reply=schemas.AppealOut,
    problems=(WrongState,),
)
def decide(caller: Caller, appeal_id: str, wanted: dict[str, Any]) -> Appeal:
    """Excuse an absence, or let it count."""
    return service.decide(caller, appeal_id=appeal_id, **wanted)
