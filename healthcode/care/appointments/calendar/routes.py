"""The doors of calendars."""

from typing import Any

from flask import current_app

from healthcode.care.appointments.calendar import schemas, service
from healthcode.care.appointments.calendar.problems import TooManyCalendarLinks
from healthcode.core.access import Anyone, OnBehalf
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room
from healthcode.core.problems import NotFound, WrongState

room = Room("calendars", __name__, prefix="/api/v1", about="Appointments in people's own calendars.")

OWNER = OnBehalf(service.SCOPE)
_CALENDAR = File("text/calendar")


@room.get("/appointments/<id:appointment_id>/calendar", allow=OWNER, reply=_CALENDAR, problems=(WrongState,))
def show(caller: Caller, appointment_id: str) -> File:
    """One appointment as a file that a calendar opens."""
    named = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return File("text/calendar", service.file_of(caller, appointment_id=appointment_id), named)


# Without an Idempotency-Key: what opens something is never kept under one.
@room.post(
    "/residents/<id:resident_id>/calendar-feeds",
    allow=OWNER,
    reply=schemas.LinkOut,
    problems=(TooManyCalendarLinks,),
    rate="30/hour",
)
def make_feed(caller: Caller, resident_id: str) -> dict[str, Any]:
    """A secret link by which a calendar follows this resident's appointments; shown once."""
    link = service.make_feed(caller, resident_id=resident_id)
    home = current_app.config["SETTINGS"].public_url.rstrip("/")
    return {**vars(link), "address": f"{home}/api/v1/calendar-feeds/{link.secret}.ics"}


@room.get("/residents/<id:resident_id>/calendar-feeds", allow=OWNER, reply=schemas.LinksOut)
def list_feeds(caller: Caller, resident_id: str) -> dict[str, Any]:
    """The links that hold, without what opens them."""
    return {"items": service.feeds_of(caller, resident_id=resident_id)}


@room.delete("/calendar-feeds/<id:feed_id>", allow=OWNER)
def end_feed(caller: Caller, feed_id: str) -> None:
    """End a link; whoever has it reads nothing from now on."""
    service.end_feed(caller, feed_id=feed_id)


@room.get(
    "/calendar-feeds/<secret>.ics",
    allow=Anyone(),
    reply=_CALENDAR,
    problems=(NotFound,),
    is_trailed=True,
    rate="120/minute",
)
def read_feed(caller: Caller, secret: str) -> bytes:
    """What a calendar reads by its link: appointments ahead and of the last thirty days."""
    return service.read_feed(caller, secret=secret)
