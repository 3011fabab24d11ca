"""What comes in and goes out at the doors of institutions."""

from marshmallow import fields

from healthcode.core.schemas import POINT, AskedWhole, Below, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Text
from healthcode.registry.institutions.models import KINDS, ROLES


class InstitutionsAsked(In):
    after = Text(most=80, metadata={"description": "the `next` of the page before; not with near"})
    limit = AskedWhole(least=1, most=100, load_default=20)
    kind = OneOf(*KINDS)
    district = Text(most=64)
    near = Text(
        most=40,
        pattern=POINT,
        metadata={"description": "latitude,longitude in degrees (WGS 84): the nearest ones, nearest first"},
    )


class InstitutionOut(Out):
    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True)
    kind = OneOf(*KINDS, required=True)
    level = fields.String(allow_none=True)
    parent_id = Id(allow_none=True)
    district = fields.String(required=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    is_open = fields.Boolean(required=True)


class FoundOut(InstitutionOut):
    distance_m = fields.Integer(allow_none=True, metadata={"description": "metres as the crow flies from `near`"})


class FoundPageOut(Out):
    items = ManyOf(Below(FoundOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class DepartmentOut(Out):
    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True)


class AllianceOut(Out):
    id = Id(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)


class InstitutionDetailOut(InstitutionOut):
    opening_hours = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.List(fields.String())),
        required=True,
        metadata={"description": 'weekday (mon…sun) to spans of the city\'s time, [["08:00", "17:30"]]'},
    )
    is_open_now = fields.Boolean(required=True)
    departments = ManyOf(Below(DepartmentOut), least=0, most=500, required=True)
    alliances = ManyOf(Below(AllianceOut), least=0, most=500, required=True)


class PostIn(In):
    example = {"username": "clerk", "role": "clerk", "until_at": "2027-12-31T00:00:00+08:00"}

    username = Text(most=64, required=True)
    role = OneOf(*ROLES, required=True)
    until_at = Moment()


class PostOut(Out):
    id = Id(required=True)
    staff_id = Id(required=True)
    institution_id = Id(allow_none=True)
    role = fields.String(required=True)
    from_at = Moment(required=True)
    until_at = Moment(allow_none=True)


class ColleagueOut(Out):
    id = Id(required=True)
    username = fields.String(required=True)
    name = fields.String(required=True)
    posts = ManyOf(Below(PostOut), least=0, most=100, required=True)


class ColleaguesPageOut(Out):
    items = ManyOf(Below(ColleagueOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class ColleaguesAsked(PageAsked):
    pass
