"""The doors of referrals."""

from typing import Any

from healthcode.care.appointments import problems as appointments
from healthcode.core.access import OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import WrongState
from healthcode.pathways.referrals import problems, schemas, service
from healthcode.pathways.referrals.service import Shown

room = Room("referrals", __name__, prefix="/api/v1", about="Sent from one institution to another, up and down.")

THEMSELVES = OnBehalf("appointments:book")
DECIDERS = Staff("doctor", "clerk", "station_worker")
READERS = Staff("doctor", "clerk", "nurse", "station_worker", "institution_admin")
_PLACES = (
    appointments.SlotTaken,
    appointments.SlotNotOpen,
    appointments.SlotsOverlap,
    appointments.AlreadyBooked,
    appointments.TooManyAppointments,
    appointments.BookingClosed,
    appointments.IdentityNotProved,
    appointments.DrawAhead,
    appointments.GivenUpTooOften,
    appointments.TooManyOnOneDevice,
)


@room.post(
    "/residents/<id:resident_id>/referrals",
    allow=Staff("doctor"),
    body=schemas.ReferralIn,
    reply=schemas.ReferralOut,
    problems=(problems.NotInOneAlliance, problems.AlreadyReferred, WrongState, *_PLACES),
    once=True,
)
def refer(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> Shown:
    """Send the resident to another institution, with a place there or without."""
    return service.refer(caller, resident_id=resident_id, wish=service.Wish(**wanted))


@room.get("/residents/<id:resident_id>/referrals", allow=THEMSELVES, reply=schemas.ReferralsOut)
def list_own(caller: Caller, resident_id: str) -> dict[str, Any]:
    """A resident's referrals, newest first."""
    return {"items": service.referrals_of(caller, resident_id=resident_id)}


@room.get(
    "/institutions/<id:institution_id>/referrals",
    allow=READERS,
    query=schemas.ReferralsAsked,
    reply=schemas.ReferralsPageOut,
)
def list_work(caller: Caller, institution_id: str, asked: dict[str, Any]) -> Page[Shown]:
    """What waits here: the most urgent first, then the oldest."""
    return service.work_list(caller, institution_id=institution_id, **({"after": None} | asked))


@room.get(
    "/institutions/<id:institution_id>/referral-figures",
    allow=Staff("institution_admin", "city_admin", "auditor"),
    query=schemas.FiguresAsked,
    reply=schemas.FiguresOut,
)
def count(caller: Caller, institution_id: str, asked: dict[str, Any]) -> Any:
    """How many were sent and received, and what became of them."""
    return service.figures(caller, institution_id=institution_id, **asked)


@room.get("/referrals/<id:referral_id>", allow=THEMSELVES | READERS, reply=schemas.ReferralOut)
def show(caller: Caller, referral_id: str) -> Shown:
    """One referral, for both sides and the resident."""
    return service.referral(caller, referral_id=referral_id)


@room.get("/referrals/<id:referral_id>/changes", allow=THEMSELVES | READERS, reply=schemas.StepsOut)
def list_changes(caller: Caller, referral_id: str) -> dict[str, Any]:
    """All that was done to it, for both sides and the resident."""
    return {"items": service.changes(caller, referral_id=referral_id)}


@room.post("/referrals/<id:referral_id>/acceptances", allow=DECIDERS, reply=schemas.ReferralOut, problems=(WrongState,))
def accept(caller: Caller, referral_id: str) -> Shown:
    """The receiver takes the resident on."""
    return service.accept(caller, referral_id=referral_id)


@room.post(
    "/referrals/<id:referral_id>/rejections",
    allow=DECIDERS,
    body=schemas.RejectionIn,
    reply=schemas.ReferralOut,
    problems=(WrongState, appointments.TooLateToChange),
)
def reject(caller: Caller, referral_id: str, wanted: dict[str, Any]) -> Shown:
    """The receiver declines, and says why."""
    return service.reject(caller, referral_id=referral_id, **wanted)


@room.post(
    "/referrals/<id:referral_id>/cancellations",
    allow=THEMSELVES | DECIDERS,
    body=schemas.CancellationIn,
    reply=schemas.ReferralOut,
    problems=(WrongState, appointments.TooLateToChange),
)
def cancel(caller: Caller, referral_id: str, wanted: dict[str, Any]) -> Shown:
    """The referrer or the resident takes it back; its appointment goes with it."""
    return service.cancel(caller, referral_id=referral_id, **wanted)


@room.post(
    "/referrals/<id:referral_id>/bookings",
    allow=THEMSELVES | DECIDERS,
    body=schemas.ReferralBookingIn,
    reply=schemas.ReferralOut,
    problems=(WrongState, *_PLACES),
    once=True,
)
def book(caller: Caller, referral_id: str, wanted: dict[str, Any]) -> Shown:
    """Take a place for what was accepted."""
    return service.book(caller, referral_id=referral_id, **wanted)


@room.post(
    "/referrals/<id:referral_id>/completions",
    allow=Staff("doctor"),
    body=schemas.CompletionIn,
    reply=schemas.ReferralOut,
    problems=(WrongState,),
)
def complete(caller: Caller, referral_id: str, wanted: dict[str, Any]) -> Shown:
    """Done what it was for; with a summary for whoever sent the resident."""
    return service.complete(caller, referral_id=referral_id, **wanted)
