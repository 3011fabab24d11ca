"""Signing in by an enrolled key: RFC 7523, `private_key_jwt`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from config import Settings
from healthcode.core import clock, ids, signing
from healthcode.core.db import session
from healthcode.registry.devices import service as devices
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.models import UsedAssertion
from healthcode.trust.sessions.problems import AssertionRefused
from healthcode.trust.sessions.service.opening import access


@dataclass(frozen=True)
class DeviceSignedIn:
    session_id: str
    device_id: str
    access_token: str
    expires_in: int


def sign_in_device(*, client_assertion: str, settings: Settings) -> DeviceSignedIn:
    """A session as long as one access token, for an assertion with iss = sub = the device's id and aud = the city's
    `iss`. Raises AssertionRefused, and nothing else, whatever the text is."""
    moment = clock.now()
    device_id, claims = _read(client_assertion)
    over_at = datetime.fromtimestamp(claims["exp"] + signing.CLOCK_LEEWAY, UTC)
    if not UsedAssertion.take(device_id, claims["jti"], over_at):
        raise AssertionRefused()
    row = SessionRow(
        id=ids.new(),
        kind="device",
        account_id=device_id,
        created_at=moment,
        seen_at=moment,
        expires_at=moment + timedelta(seconds=settings.access_token_seconds),
    )
    session().add(row)
    access_token, expires_in = access(row, settings)
    return DeviceSignedIn(row.id, device_id, access_token, expires_in)


def _read(client_assertion: str) -> tuple[str, dict[str, Any]]:
    try:
        device_id = signing.claimed_issuer(client_assertion)
        device = devices.enrolled(device_id) if ids.is_id(device_id) else None
        if device is None or device.public_key is None:
            raise AssertionRefused()
        key = signing.load_jwk(device.public_key)
        return device_id, signing.read_assertion(client_assertion, key, audience=signing.issuer(), issuer=device_id)
    except signing.BadToken:
        raise AssertionRefused() from None
