"""What comes in and goes out at the doors of the queue."""

from marshmallow import fields

from healthcode.care.appointments.queue.models import PRIORITIES, STATES
from healthcode.core.schemas import Below, Day, Id, In, ManyOf, Moment, OneOf, Out, Text


class QueueOut(Out):
    id = Id(attribute="queue.id", required=True)
    place = fields.String(attribute="queue.place", required=True)
    day = Day(attribute="queue.day", required=True)
    waiting = fields.Integer(required=True)
    current = fields.List(
        fields.Integer(), required=True, metadata={"description": "numbers that were called, the last one first"}
    )
    version = fields.Integer(
        attribute="queue.version", required=True, metadata={"description": "another one whenever a ticket changed"}
    )


class QueuesOut(Out):
    items = ManyOf(Below(QueueOut), least=0, most=500, required=True)


class TicketOut(Out):
    id = Id(attribute="ticket.id", required=True)
    appointment_id = Id(attribute="ticket.appointment_id", required=True)
    queue_id = Id(attribute="ticket.queue_id", required=True)
    place = fields.String(attribute="ticket.queue.place", required=True)
    number = fields.Integer(attribute="ticket.number", required=True)
    state = OneOf(*STATES, attribute="ticket.state", required=True)
    priority = OneOf(*PRIORITIES, attribute="ticket.priority", required=True)
    ahead = fields.Integer(allow_none=True, metadata={"description": "how many wait before it, while it waits"})
    expected_at = Moment(
        allow_none=True,
        metadata={"description": "by the day's own pace; null when nothing moves, or when it waits no more"},
    )
    called_at = Moment(attribute="ticket.called_at", allow_none=True)


class TicketsOut(Out):
    items = ManyOf(Below(TicketOut), least=0, most=50, required=True)


class NamedTicketOut(TicketOut):
    display_name = fields.String(required=True, metadata={"description": "masked"})


class NamedTicketsOut(Out):
    items = ManyOf(Below(NamedTicketOut), least=0, most=1000, required=True)


class PriorityIn(In):
    example = {"priority": "urgent", "reason": "胸痛，分诊台评估后优先"}

    priority = OneOf(*PRIORITIES, required=True)
    reason = Text(most=200, required=True)


class CalledOut(Out):
    number = fields.Integer(required=True)
    display_name = fields.String(required=True, metadata={"description": "masked"})
    called_at = Moment(required=True)


class BoardOut(Out):
    queue_id = Id(required=True)
    place = fields.String(required=True)
    waiting = fields.Integer(required=True)
    called = fields.List(Below(CalledOut), required=True, metadata={"description": "the last call first"})
    next = fields.List(fields.Integer(), required=True, metadata={"description": "numbers in the order of their call"})


class WallOut(Out):
    at = Moment(required=True)
    places = ManyOf(Below(BoardOut), least=0, most=500, required=True)
