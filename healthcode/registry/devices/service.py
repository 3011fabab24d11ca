"""Inviting, enrolling and revoking devices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from healthcode.core import clock, ids, p256, pages, signing
from healthcode.core.caller import Caller
from healthcode.core.db import changed, insert_many, locked, session
from healthcode.core.outbox import announce
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid, NotAllowed, NotFound, WrongState
from healthcode.core.words import Words
from healthcode.registry.devices import enrolment_codes
from healthcode.registry.devices.models import DISPLAYS as DISPLAYS
from healthcode.registry.devices.models import SCANNERS as SCANNERS
from healthcode.registry.devices.models import SYSTEMS as SYSTEMS
from healthcode.registry.devices.models import Device as Device
from healthcode.registry.devices.problems import EnrolmentCodeRefused

INVITED_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Invitation:
    """A device that may enrol, and the only copy of its code there will ever be."""

    device_id: str
    name: str
    enrolment_code: str
    expires_at: datetime


def invite(caller: Caller, *, kind: str, names: Sequence[str], institution_id: str | None = None) -> list[Invitation]:
    """Prepare one device for each name, at the caller's own institution if none is said.

    Raises NotAllowed, NotFound, Invalid.
    """
    place = institution_id or caller.institution_id
    if place is None:
        raise Invalid.at("institution_id", Words(zh="必填", en="required"))
    if not _administers(caller, place):
        raise NotAllowed()
    moment = clock.now()
    invited = [Invitation(ids.new(), name, enrolment_codes.new(), moment + INVITED_FOR) for name in names]
    _write(
        [
            {
                "id": one.device_id,
                "institution_id": place,
                "kind": kind,
                "name": one.name,
                "state": "invited",
                "enrolment_digest": _digest(one.enrolment_code),
                "enrolment_ends_at": one.expires_at,
                "invited_by": caller.id,
                "invited_at": moment,
                "last_sequence": 0,
            }
            for one in invited
        ],
    )
    for one in invited:
        announce("device.invited", device_id=one.device_id, institution_id=place)
    return invited


def enrol(*, enrolment_code: str, public_key: Mapping[str, str], name: str | None = None) -> Device:
    """Take a device's public key for its code: once, within a day. Raises Invalid, EnrolmentCodeRefused.

    The key is judged before the code, so that nothing in the answer depends on the code being right.
    """
    try:
        key = p256.public_jwk(p256.load_jwk(public_key))
    except p256.BadKey:
        raise Invalid.at("public_key", Words(zh="不是 P-256 公钥", en="not a P-256 public key")) from None
    moment, digest = clock.now(), _digest(enrolment_code)
    device = session().scalars(select(Device).where(Device.enrolment_digest == digest)).first()
    taken = (
        update(Device)
        .where(Device.enrolment_digest == digest, Device.state == "invited", Device.enrolment_ends_at > moment)
        .values(state="enrolled", public_key=key, enrolled_at=moment, enrolment_digest=None)
    )
    if changed(taken) != 1 or device is None:
        raise EnrolmentCodeRefused()
    session().refresh(device)
    device.name = name or device.name
    announce("device.enrolled", device_id=device.id, institution_id=device.institution_id)
    return device


def lists_keys() -> list[dict[str, Any]]:
    """The public keys by which a device trusts the published lists, and through them everything else."""
    return [key for key in signing.keyring().published() if key["use"] == "lists"]


def find(
    caller: Caller,
    *,
    institution_id: str | None = None,
    state: str | None = None,
    kind: str | None = None,
    after: str | None = None,
    limit: int,
) -> Page[Device]:
    """Devices of the caller's institution; the city's administrator may ask for any, or for all."""
    is_of_city = "city_admin" in caller.roles
    place = institution_id or (None if is_of_city else caller.institution_id)
    if not is_of_city and (place is None or place != caller.institution_id):
        raise NotAllowed()
    statement = select(Device)
    if place is not None:
        statement = statement.where(Device.institution_id == place)
    if state is not None:
        statement = statement.where(Device.state == state)
    if kind is not None:
        statement = statement.where(Device.kind == kind)
    return pages.page(statement, by=Device.id.expression, after=after, limit=limit)


def revoke(caller: Caller, *, device_id: str, reason: str) -> Device:
    """A lost or retired device ends at once. Raises NotFound (also for another institution's), WrongState."""
    device = session().get(Device, device_id)
    if device is None or not _administers(caller, device.institution_id):
        raise NotFound()
    if not stop(device_id, reason=reason):
        raise WrongState(state="revoked")
    return device


def stop(device_id: str, *, reason: str) -> bool:
    """End a device, whoever found out that it must (a forked journal, for one). False if it had ended before."""
    ended = (
        update(Device)
        .where(Device.id == device_id, Device.state != "revoked")
        .values(state="revoked", revoked_at=clock.now(), revoked_reason=reason, enrolment_digest=None)
    )
    if changed(ended) != 1:
        return False
    device = session().get(Device, device_id, populate_existing=True)
    announce("device.revoked", device_id=device_id, institution_id=device.institution_id if device else None)
    return True


def enrolled(device_id: str) -> Device | None:
    """The device of that id if it is enrolled and not revoked: asked anew for every request of it."""
    device = session().get(Device, device_id)
    return device if device is not None and device.state == "enrolled" else None


def hold(device_id: str) -> Device:
    """The device's row until the transaction ends: its uploads are judged one after the other."""
    return session().scalars(locked(select(Device).where(Device.id == device_id))).one()


def all_enrolled() -> Select[tuple[str, str, str]]:
    """Every device that may speak now, as a statement for others to join: id, institution_id, kind."""
    return select(Device.id, Device.institution_id, Device.kind).where(Device.state == "enrolled")


def is_system(kind: str) -> bool:
    """Whether a device of this kind is an institution's own system rather than a scanner."""
    return kind in SYSTEMS


def _write(rows: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotFound for an institution that is not there: the database knows, another room need not be asked."""
    try:
        with session().begin_nested():
            insert_many(Device, rows)
    except IntegrityError:
        raise NotFound() from None


def _administers(caller: Caller, institution_id: str) -> bool:
    """An administrator of that very institution, the city's administrator, or the service itself (seeds, commands)."""
    if "city_admin" in caller.roles or (caller.kind == "system" and caller.id is None):
        return True
    return "institution_admin" in caller.roles and caller.institution_id == institution_id


def _digest(enrolment_code: str) -> bytes:
    return ids.digest(enrolment_codes.normal(enrolment_code))
