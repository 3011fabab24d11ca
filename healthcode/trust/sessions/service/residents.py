"""Signing in with a phone and the one-time password it was sent."""

from datetime import datetime, timedelta

from config import Settings
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.problems import Refused
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions.models import OneTimePassword
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.problems import OneTimePasswordWrong, TooManyTries
from healthcode.trust.sessions.service.accounts import behind_phone
from healthcode.trust.sessions.service.one_time_passwords import digest_of
from healthcode.trust.sessions.service.opening import (
    REPORTS_WAIT,
    Entrance,
    SignedIn,
    Transport,
    open_session,
    seal_phone,
)
from healthcode.trust.sessions.service.places import Device, Place, known_device

TRIES_PER_HOUR = 10  # of one phone, over all its codes
_HOUR = timedelta(hours=1)


def sign_in(
    caller: Caller,
    *,
    phone: str,
    one_time_password: str,
    transport: Transport,
    device_secret: str | None = None,
    label: str | None = None,
    is_shared: bool = False,
    address: str,
    settings: Settings,
) -> SignedIn | Refused:
    """Open a session for whoever proves the phone, registered or not.

    Raises Invalid, TooManyTries (nothing was looked at); a wrong code is Refused, so that it stays counted.
    """
    number, index = residents.normal_phone(phone), residents.index_of_phone(phone)
    moment = clock.now()
    theirs = SessionRow.phone_index == index
    device = known_device(theirs, device_secret)
    place = Place.hold(f"phone {index.hex()}", device, address, moment)
    place.make_sure_it_may_try(moment)
    _make_sure_of_the_hour(index, device, moment)
    digest = device.digest if device else None
    if not OneTimePassword.attempt(index, digest, digest_of(index, one_time_password), moment):
        place.here.count_one(moment)
        return Refused(OneTimePasswordWrong())
    place.here.forgive()
    account_id, resident_id = behind_phone(index)
    session_id = ids.new()
    columns = {
        "id": session_id,
        "kind": "resident",
        "account_id": account_id,
        "phone_sealed": seal_phone(number, session_id),
        "phone_index": index,
        "reports_open_at": _reports_open_at(device, moment),
    }
    entrance = Entrance(transport, device, is_shared, label, presented=device_secret)
    life = timedelta(days=settings.refresh_token_days)
    return open_session(
        caller, entrance, account=theirs, columns=columns, life=life, resident_id=resident_id, settings=settings
    )


def _make_sure_of_the_hour(index: bytes, device: Device | None, moment: datetime) -> None:
    theirs = OneTimePassword.asked_by(index, device.digest if device else None)
    if OneTimePassword.tried_since(theirs, moment - _HOUR) >= TRIES_PER_HOUR:
        raise TooManyTries(retry_after=int(_HOUR.total_seconds()))


def _reports_open_at(device: Device | None, moment: datetime) -> datetime:
    """A device that is known keeps the moment it was given when it was new."""
    return (device.reports_open_at if device else None) or moment + REPORTS_WAIT
