"""What the family's doors take and give."""

from marshmallow import fields

from healthcode.core.schemas import Id, In, ManyOf, Moment, OneOf, Out, Text
from healthcode.trust.family.service import GRANTABLE, RELATIONS


class InvitationIn(In):
    example = {
        "phone": "13800000002",
        "relation": "child",
        "scopes": ["codes:show", "pickups:collect"],
        "until": "2027-11-23T00:00:00+08:00",
    }

    phone = Text(most=20, required=True)
    relation = OneOf(*RELATIONS, required=True, metadata={"description": "what the invited person is to the resident"})
    scopes = ManyOf(OneOf(*GRANTABLE), most=len(GRANTABLE), required=True)
    until = Moment(required=True)


class GuardianIn(In):
    example = {
        "resident_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415263",
        "guardian_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415264",
        "relation": "parent",
    }

    resident_id = Id(required=True)
    guardian_id = Id(required=True)
    relation = OneOf("parent", "grandparent", "carer", "other", required=True)


class PaperGrantIn(In):
    example = {
        "resident_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415263",
        "proxy_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415264",
        "relation": "carer",
        "scopes": ["pickups:collect"],
        "until": "2027-05-01T00:00:00+08:00",
    }

    resident_id = Id(required=True)
    proxy_id = Id(required=True)
    relation = OneOf(*RELATIONS, required=True)
    scopes = ManyOf(OneOf(*GRANTABLE), most=len(GRANTABLE), required=True)
    until = Moment(required=True)


class ReasonIn(In):
    example = {"reason": "法院裁定"}

    reason = Text(most=200, required=True)


class GrantOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    proxy_id = Id(required=True, allow_none=True)
    basis = fields.String(required=True)
    relation = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    proposed_at = Moment(required=True)
    accepted_at = Moment(required=True, allow_none=True)
    until = Moment(attribute="until_at", required=True, allow_none=True)
    ended_at = Moment(required=True, allow_none=True)
    ended_reason = fields.String(required=True, allow_none=True)


class GrantsOut(Out):
    items = fields.List(fields.Nested(GrantOut), required=True)


class ActingForOut(Out):
    resident_id = Id(required=True)
    display_name = fields.String(required=True)
    relation = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    until = Moment(required=True, allow_none=True)


class MeOut(Out):
    kind = fields.String(required=True)
    resident_id = Id(required=True, allow_none=True)
    display_name = fields.String(required=True, allow_none=True)
    roles = fields.List(fields.String(), required=True)
    institution_id = Id(required=True, allow_none=True)
    acting_for = fields.List(fields.Nested(ActingForOut), required=True)
