"""What comes in and goes out at the doors of devices."""

from marshmallow import fields

from healthcode.core.schemas import Below, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Text
from healthcode.registry.devices.models import DISPLAYS, SCANNERS, STATES, SYSTEMS

KINDS = SCANNERS + SYSTEMS + DISPLAYS


class DeviceIn(In):
    example = {"kind": "registration", "name": "一楼挂号 1 号"}

    kind = OneOf(*KINDS, required=True)
    name = Text(most=80, required=True)
    institution_id = Id(metadata={"description": "for the city's administrator; otherwise one's own institution"})


class DeviceBatchIn(In):
    example = {"kind": "station", "names": ["卫生站 1", "卫生站 2"]}

    kind = OneOf(*KINDS, required=True)
    names = ManyOf(Text(most=80), most=100, required=True)
    institution_id = Id(metadata={"description": "for the city's administrator; otherwise one's own institution"})


class InvitationOut(Out):
    device_id = Id(required=True)
    name = fields.String(required=True)
    enrolment_code = fields.String(
        required=True, metadata={"description": "told this once: to be typed on the device within a day"}
    )
    expires_at = Moment(required=True)


class InvitationsOut(Out):
    devices = ManyOf(Below(InvitationOut), most=100, required=True)


class KeyIn(In):
    kty = OneOf("EC", required=True)
    crv = OneOf("P-256", required=True)
    x = Text(least=43, most=43, required=True)
    y = Text(least=43, most=43, required=True)


class EnrolmentIn(In):
    example = {
        "enrolment_code": "7K3QF-9XWPA-2M4DZ",
        "public_key": {
            "kty": "EC",
            "crv": "P-256",
            "x": "Hk_a8qff20r9NCbSpobtmyQt43VeBOBev269jJwtoBY",
            "y": "hsM62k94TEzZ6BUKbMQNftb7tDelk7sVEukaqsn0k9o",
        },
    }

    enrolment_code = Text(most=40, required=True)
    public_key = Below(KeyIn, required=True)
    name = Text(most=80)


class PlaceOut(Out):
    id = Id(required=True)
    name = fields.String(required=True)


class ListsKeyOut(Out):
    kid = fields.String(required=True)
    use = fields.String(required=True)
    alg = fields.String(required=True)
    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    y = fields.String(required=True)
    nbf = fields.Integer(required=True)
    exp = fields.Integer(required=True)
    status = fields.String(required=True)


class EnrolledOut(Out):
    device_id = Id(required=True)
    kind = OneOf(*KINDS, required=True)
    name = fields.String(required=True)
    institution = Below(PlaceOut, required=True)
    station_id = fields.String(required=True, metadata={"description": "its name in station requests"})
    lists_keys = ManyOf(
        Below(ListsKeyOut), least=0, most=100, required=True, metadata={"description": "what signs the published lists"}
    )
    server_time = Moment(required=True)


class DevicesAsked(PageAsked):
    institution_id = Id(metadata={"description": "for the city's administrator; otherwise one's own institution"})
    state = OneOf(*STATES)
    kind = OneOf(*KINDS)


class DeviceOut(Out):
    id = Id(required=True)
    institution_id = Id(required=True)
    kind = OneOf(*KINDS, required=True)
    name = fields.String(required=True)
    state = OneOf(*STATES, required=True)
    invited_at = Moment(required=True)
    enrolled_at = Moment(allow_none=True)
    revoked_at = Moment(allow_none=True)
    revoked_reason = fields.String(allow_none=True)


class DevicesPageOut(Out):
    items = ManyOf(Below(DeviceOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True)


class RevocationIn(In):
    example = {"reason": "被盗"}

    reason = Text(most=200, required=True)
