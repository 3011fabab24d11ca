"""What the audit's doors take and give."""

from marshmallow import fields

from healthcode.core.schemas import Id, Moment, Out, PageAsked, SaidWords


class AccessOut(Out):
    at = Moment(required=True)
    who = SaidWords(required=True)
    what = SaidWords(required=True)
    where = fields.String(required=True, allow_none=True)
    ground = SaidWords(required=True, allow_none=True)


class AccessesOut(Out):
    items = fields.List(fields.Nested(AccessOut), required=True)
    next = fields.String(required=True, allow_none=True)


class SearchAsked(PageAsked):
    since = Moment(required=True)
    until = Moment()
    institution_id = Id()
    actor_id = Id()


class RowOut(Out):
    id = Id(required=True)
    at = Moment(required=True)
    request_id = fields.String(required=True)
    outcome = fields.String(required=True)
    door = fields.String(required=True)
    status = fields.Integer(required=True)
    problem = fields.String(required=True, allow_none=True)
    actor_kind = fields.String(required=True)
    actor_id = Id(required=True, allow_none=True)
    institution_id = Id(required=True, allow_none=True)
    resident_id = Id(required=True, allow_none=True)
    ground = fields.String(required=True, allow_none=True)
    purpose = fields.String(required=True, allow_none=True)
    subject_id = Id(required=True, allow_none=True)


class RowsOut(Out):
    items = fields.List(fields.Nested(RowOut), required=True)
    next = fields.String(required=True, allow_none=True)
