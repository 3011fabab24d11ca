"""The doors of devices."""

from typing import Any

from healthcode.core import clock
from healthcode.core.access import Anyone, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import WrongState
from healthcode.registry.devices import schemas, service
from healthcode.registry.devices.models import Device
from healthcode.registry.devices.problems import EnrolmentCodeRefused
from healthcode.registry.devices.service import Invitation

room = Room("devices", __name__, prefix="/api/v1", about="Scanners, walls and institution systems, with their keys.")

ADMINISTRATORS = Staff("institution_admin", "city_admin")


@room.post("/devices", allow=ADMINISTRATORS, body=schemas.DeviceIn, reply=schemas.InvitationOut)
def invite(caller: Caller, wanted: dict[str, Any]) -> Invitation:
    """Prepare a device; its enrolment code is told here and never again."""
    return service.invite(caller, names=[wanted.pop("name")], **wanted)[0]


@room.post("/device-batches", allow=ADMINISTRATORS, body=schemas.DeviceBatchIn, reply=schemas.InvitationsOut)
def invite_many(caller: Caller, wanted: dict[str, Any]) -> dict[str, list[Invitation]]:
    """Prepare up to a hundred devices of one kind at once."""
    return {"devices": service.invite(caller, **wanted)}


@room.post(
    "/device-enrolments",
    allow=Anyone(),
    body=schemas.EnrolmentIn,
    reply=schemas.EnrolledOut,
    rate="60/minute",  # a hospital unpacks its scanners behind one address; 75 bits are not guessed at this pace
    problems=(EnrolmentCodeRefused,),
)
def enrol(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    """Enrol the machine that speaks, by the code it was given, with the public key it made."""
    device = service.enrol(**wanted)
    return {
        "device_id": device.id,
        "kind": device.kind,
        "name": device.name,
        "institution": device.institution,
        "station_id": device.institution.code,
        "lists_keys": service.lists_keys(),
        "server_time": clock.now(),
    }


@room.get("/devices", allow=ADMINISTRATORS, query=schemas.DevicesAsked, reply=schemas.DevicesPageOut)
def find(caller: Caller, asked: dict[str, Any]) -> Page[Device]:
    """The devices of one's institution."""
    return service.find(caller, **asked)


@room.post(
    "/devices/<id:device_id>/revocations",
    allow=ADMINISTRATORS,
    body=schemas.RevocationIn,
    reply=schemas.DeviceOut,
    problems=(WrongState,),
)
def revoke(caller: Caller, device_id: str, wanted: dict[str, Any]) -> Device:
    """Revoke a lost or retired device; it is refused from its next request on."""
    return service.revoke(caller, device_id=device_id, **wanted)
