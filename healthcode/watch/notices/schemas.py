"""What goes out at the doors of notices."""

from marshmallow import fields

from healthcode.core.schemas import Below, Id, ManyOf, Moment, OneOf, Out, SaidWords
from healthcode.watch.notices.models import SUBJECTS
from healthcode.watch.notices.texts import KINDS


class SubjectOut(Out):
    kind = OneOf(*SUBJECTS, required=True)
    id = Id(required=True)


class NoticeOut(Out):
    id = Id(required=True)
    kind = OneOf(*KINDS, required=True)
    title = SaidWords(required=True)
    detail = SaidWords(required=True)
    created_at = Moment(required=True)
    read_at = Moment(required=True, allow_none=True)
    subject = Below(SubjectOut, required=True)


class NoticesOut(Out):
    items = ManyOf(Below(NoticeOut), least=0, most=100, required=True)
    next = fields.String(required=True, allow_none=True)
    unread = fields.Integer(required=True, metadata={"description": "of all pages"})
