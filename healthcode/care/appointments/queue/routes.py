"""The doors of the queue and of the wall."""

from typing import Any

from healthcode.care.appointments import problems as appointments
from healthcode.care.appointments import schemas as appointment_schemas
from healthcode.care.appointments import service as days
from healthcode.care.appointments.models import Appointment
from healthcode.care.appointments.queue import looking, schemas, service
from healthcode.care.appointments.queue import wall as walls
from healthcode.care.appointments.queue.problems import NobodyWaits
from healthcode.core.access import Device, OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.door import Watching
from healthcode.core.http import Events, Room
from healthcode.core.problems import WrongState
from healthcode.registry.devices.service import DISPLAYS

room = Room("queues", __name__, prefix="/api/v1", about="Who waits where, who is called, and the wall that shows it.")

CLINIC = Staff("clerk", "station_worker", "doctor", "nurse")
RECEPTION = Staff("clerk", "station_worker", "nurse")


@room.post(
    "/appointments/<id:appointment_id>/arrivals",
    allow=RECEPTION,
    reply=appointment_schemas.AppointmentOut,
    problems=(appointments.NothingBookedToday, appointments.AlreadyCheckedIn, WrongState),
)
def arrive(caller: Caller, appointment_id: str) -> Appointment:
    """Somebody without a phone is here: a desk that has looked at who it is checks them in for today."""
    return days.arrive(caller, appointment_id=appointment_id)


@room.get("/institutions/<id:institution_id>/queues", allow=CLINIC, reply=schemas.QueuesOut)
def list_queues(caller: Caller, institution_id: str) -> dict[str, Any]:
    """Today's queues here: how many wait, and which numbers were called."""
    return {"items": looking.lines_of(caller, institution_id=institution_id)}


@room.get("/queues/<id:queue_id>/tickets", allow=CLINIC, reply=schemas.NamedTicketsOut)
def list_tickets(caller: Caller, queue_id: str) -> dict[str, Any]:
    """Who was called, who waits in which order, and who was called and not there."""
    return {"items": looking.tickets_of(caller, queue_id=queue_id)}


@room.post(
    "/queues/<id:queue_id>/calls", allow=CLINIC, reply=schemas.NamedTicketOut, problems=(NobodyWaits,), once=True
)
def call_next(caller: Caller, queue_id: str) -> looking.Seen:
    """Call whoever is next; the number and a masked name appear on the wall."""
    return service.call_next(caller, queue_id=queue_id)


@room.post(
    "/tickets/<id:ticket_id>/calls", allow=CLINIC, reply=schemas.NamedTicketOut, problems=(WrongState,), once=True
)
def recall(caller: Caller, ticket_id: str) -> looking.Seen:
    """Repeat a call."""
    return service.recall(caller, ticket_id=ticket_id)


@room.post("/tickets/<id:ticket_id>/skips", allow=CLINIC, reply=schemas.NamedTicketOut, problems=(WrongState,))
def skip(caller: Caller, ticket_id: str) -> looking.Seen:
    """Called, and not there."""
    return service.skip(caller, ticket_id=ticket_id)


@room.post("/tickets/<id:ticket_id>/returns", allow=CLINIC, reply=schemas.NamedTicketOut, problems=(WrongState,))
def come_back(caller: Caller, ticket_id: str) -> looking.Seen:
    """Whoever was not there is here again, and waits behind the next two."""
    return service.come_back(caller, ticket_id=ticket_id)


@room.post(
    "/tickets/<id:ticket_id>/priorities",
    allow=CLINIC,
    body=schemas.PriorityIn,
    reply=schemas.NamedTicketOut,
    problems=(WrongState,),
)
def rank(caller: Caller, ticket_id: str, wanted: dict[str, Any]) -> looking.Seen:
    """Let somebody go before others, with a reason, or no more."""
    return service.rank(caller, ticket_id=ticket_id, **wanted)


@room.get("/residents/<id:resident_id>/tickets", allow=OnBehalf("appointments:book"), reply=schemas.TicketsOut)
def list_own(caller: Caller, resident_id: str) -> dict[str, Any]:
    """A resident's tickets of today: how many are before them, and when they may be called."""
    return {"items": looking.tickets_of_resident(caller, resident_id=resident_id)}


@room.get("/wall", allow=Device(*DISPLAYS), reply=schemas.WallOut)
def show_wall(caller: Caller) -> walls.Wall:
    """What hangs on the wall of this display's institution now."""
    return walls.wall(caller)


@room.get("/wall/events", allow=Device(*DISPLAYS), reply=Events(schemas.WallOut, name="wall"))
def watch_wall(caller: Caller) -> Watching:
    """The wall whenever it changes, for half a minute; then ask again."""
    return walls.watch(caller)
