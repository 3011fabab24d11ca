"""What comes in and goes out at the doors of sessions."""

from marshmallow import fields

from healthcode.core.schemas import Below, Id, In, ManyOf, Moment, OneOf, Out, Text, YesNo
from healthcode.trust.sessions.service.opening import MOST_SESSIONS

_URL_SAFE = r"[A-Za-z0-9_-]+"
_DIGITS = r"[0-9]{6}"


def _device_secret() -> Text:
    said = "the `device_secret` of an earlier sign-in on this device: its codes and waits are its own"
    return Text(least=22, most=64, pattern=_URL_SAFE, metadata={"description": said})


def _transport() -> OneOf:
    said = "cookie: an HttpOnly cookie for our own pages, and no tokens"
    return OneOf("bearer", "cookie", load_default="bearer", metadata={"description": said})


def _is_shared() -> YesNo:
    return YesNo(
        load_default=False,
        metadata={"description": "a kiosk, or a computer that others use too: over after 5 idle minutes"},
    )


class OneTimePasswordIn(In):
    example = {"phone": "138 0000 0001"}

    phone = Text(least=5, most=24, required=True)
    device_secret = _device_secret()


class OneTimePasswordOut(Out):
    example = {"expires_in": 300}

    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class SessionIn(In):
    example = {"phone": "13800000001", "one_time_password": "274913", "label": "奶奶的手机"}

    phone = Text(least=5, most=24, required=True)
    one_time_password = Text(least=6, most=6, pattern=_DIGITS, required=True)
    transport = _transport()
    device_secret = _device_secret()
    label = Text(most=80, metadata={"description": "what the person calls this device"})
    is_shared = _is_shared()


class StaffSessionIn(In):
    example = {"username": "clerk", "password": "correct horse battery staple", "totp": "274913"}

    username = Text(most=64, required=True)
    password = Text(most=200, required=True)
    totp = Text(least=6, most=6, pattern=_DIGITS, required=True)
    institution_id = Id(metadata={"description": "where, for whoever works at several"})
    transport = _transport()
    device_secret = _device_secret()
    is_shared = _is_shared()


class SignedInOut(Out):
    example = {
        "session_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415263",
        "resident_id": "0198f3c2-7d4e-7a6b-9c0d-1e2f30415264",
        "institution_id": None,
        "access_token": "eyJhbGciOiJFUzI1NiIsImtpZCI6InRva2VuLTIwMjYi…",
        "expires_in": 900,
        "refresh_token": "pG3n1p0fVJ7qvI8tq2xqVw1h2M5bqz0Vv8m6d1bYx4Q",
        "device_secret": "6Yk0a3o1Yx8vV7d2Jt5nHw",
        "reports_open_at": "2026-11-24T01:00:00+00:00",
    }

    session_id = Id(required=True)
    resident_id = Id(allow_none=True, metadata={"description": "null until the phone is registered"})
    institution_id = Id(allow_none=True)
    access_token = fields.String(allow_none=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds, of the access token or the cookie"})
    refresh_token = fields.String(allow_none=True)
    device_secret = fields.String(
        allow_none=True, metadata={"description": "keep it on the device: told once, when it is new"}
    )
    reports_open_at = Moment(allow_none=True)


class DeviceSessionIn(In):
    example = {"client_assertion": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiIwMTk4ZjNjMi0uLi4ifQ.c2lnbmF0dXJl"}

    client_assertion = Text(
        most=4096,
        required=True,
        metadata={
            "description": "RFC 7523, ES256: iss = sub = device_id, aud = the city's iss, exp at most 5 minutes ahead, a fresh jti"
        },
    )


class DeviceSignedInOut(Out):
    session_id = Id(required=True)
    device_id = Id(required=True)
    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})


class TokenIn(In):
    example = {"refresh_token": "pG3n1p0fVJ7qvI8tq2xqVw1h2M5bqz0Vv8m6d1bYx4Q"}

    refresh_token = Text(least=22, most=64, pattern=_URL_SAFE, required=True)


class RenewedOut(Out):
    session_id = Id(required=True)
    access_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds"})
    refresh_token = fields.String(required=True)


class SessionOut(Out):
    id = Id(required=True)
    label = fields.String(allow_none=True)
    is_current = fields.Boolean(required=True)
    created_at = Moment(required=True)
    seen_at = Moment(required=True)
    expires_at = Moment(required=True)
    reports_open_at = Moment(allow_none=True)


class SessionsOut(Out):
    items = ManyOf(Below(SessionOut), least=0, most=MOST_SESSIONS, required=True)
