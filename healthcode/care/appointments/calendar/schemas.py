"""What goes out at the doors of calendars."""

from marshmallow import fields

from healthcode.core.schemas import Below, Id, ManyOf, Moment, OneOf, Out


class LinkOut(Out):
    id = Id(required=True)
    address = fields.String(
        required=True,
        metadata={"format": "uri", "description": "for a calendar to subscribe to; it is not shown again"},
    )
    created_at = Moment(required=True)


class KnownOut(Out):
    id = Id(required=True)
    made_by = OneOf("resident", "proxy", required=True)
    created_at = Moment(required=True)


class LinksOut(Out):
    items = ManyOf(Below(KnownOut), least=0, most=5, required=True)
