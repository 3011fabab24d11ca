"""What goes out at the agenda's door."""

from marshmallow import fields

from healthcode.core.schemas import Below, Id, ManyOf, Moment, OneOf, Out


class ActOut(Out):
    rel = OneOf("check-in", required=True)
    href = fields.String(required=True, metadata={"description": "POST the verification's id there"})


class ItemOut(Out):
    kind = OneOf("appointment", required=True)
    id = Id(required=True)
    starts_at = Moment(required=True)
    title = fields.String(required=True)
    room = fields.String(required=True, allow_none=True)
    state = OneOf("booked", "arrived", required=True)
    ticket = fields.Integer(required=True, allow_none=True, metadata={"description": "the number that is called"})
    act = Below(
        ActOut, required=True, allow_none=True, metadata={"description": "what follows, if this scan can do it"}
    )


class AgendaOut(Out):
    verification_id = Id(required=True)
    items = ManyOf(Below(ItemOut), least=0, most=20, required=True)
