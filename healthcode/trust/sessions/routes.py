"""The doors of signing in and out."""

from typing import Any

from flask import current_app, request

from config import Settings
from healthcode.core.access import Anyone, SignedIn
from healthcode.core.caller import Caller
from healthcode.core.http import File, Room, WithCookie
from healthcode.core.problems import Refused
from healthcode.trust.sessions import problems, schemas, service

room = Room("sessions", __name__, prefix="/api/v1", about="Signing in and out.")

# For one address. Accounts and phones have counts of their own; these keep one client from holding the door.
_SIGN_IN = "120/minute"
_MESSAGES = "120/minute"
_RENEWALS = "3000/minute"  # 256 bits are not guessed at any pace, and a carrier's phones share addresses
_CLEARED = File("application/json", b"", {"Clear-Site-Data": '"cache", "cookies", "storage"'})


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _from_here() -> dict[str, Any]:
    return {"address": request.remote_addr or "nowhere", "settings": _settings()}


def _handed_over(outcome: service.SignedIn | Refused) -> service.SignedIn | Refused | WithCookie:
    if isinstance(outcome, Refused) or outcome.cookie is None:
        return outcome
    return WithCookie(outcome, outcome.cookie, outcome.expires_in)


@room.post(
    "/one-time-passwords",
    allow=Anyone(),
    body=schemas.OneTimePasswordIn,
    reply=schemas.OneTimePasswordOut,
    status=202,
    rate=_MESSAGES,
    problems=(problems.TooManyMessages, problems.MessagesPaused),
)
def request_one_time_password(caller: Caller, wanted: dict[str, Any]) -> service.Expected:
    """Have a one-time password sent to a phone; the answer is the same whether or not the phone is known."""
    return service.request(**wanted, **_from_here())


@room.post(
    "/sessions",
    allow=Anyone(),
    body=schemas.SessionIn,
    reply=schemas.SignedInOut,
    rate=_SIGN_IN,
    problems=(problems.OneTimePasswordWrong, problems.TooManyTries),
)
def sign_in(caller: Caller, wanted: dict[str, Any]) -> service.SignedIn | Refused | WithCookie:
    """Sign in with a phone and its one-time password."""
    return _handed_over(service.sign_in(caller, **wanted, **_from_here()))


def _check_password(wanted: dict[str, Any]) -> service.Checked:
    return service.check_password(username=wanted["username"], password=wanted["password"], settings=_settings())


@room.post(
    "/staff-sessions",
    allow=Anyone(),
    body=schemas.StaffSessionIn,
    reply=schemas.SignedInOut,
    rate=_SIGN_IN,
    before=_check_password,
    problems=(problems.SignInWrong, problems.TooManyTries, problems.InstitutionToChoose),
)
def sign_in_staff(
    caller: Caller, wanted: dict[str, Any], prepared: service.Checked
) -> service.SignedIn | Refused | WithCookie:
    """Sign in to work: username, password and the code of an authenticator app."""
    known = {name: value for name, value in wanted.items() if name not in ("password", "totp")}
    outcome = service.sign_in_staff(caller, prepared, totp_digits=wanted["totp"], **known, **_from_here())
    return _handed_over(outcome)


@room.post(
    "/device-sessions",
    allow=Anyone(),
    body=schemas.DeviceSessionIn,
    reply=schemas.DeviceSignedInOut,
    rate="600/minute",  # a hospital's scanners stand behind one address, and all begin at eight
    problems=(problems.AssertionRefused,),
)
def sign_in_device(caller: Caller, wanted: dict[str, Any]) -> service.DeviceSignedIn:
    """Sign a machine in by an assertion under its enrolled key."""
    return service.sign_in_device(**wanted, settings=_settings())


@room.post("/tokens", allow=Anyone(), body=schemas.TokenIn, reply=schemas.RenewedOut, rate=_RENEWALS)
def renew(caller: Caller, wanted: dict[str, Any]) -> service.Renewed | Refused:
    """Get the next access token; each refresh token is good once, and a second use ends the session."""
    return service.renew(**wanted, settings=_settings())


@room.get("/sessions", allow=SignedIn(), reply=schemas.SessionsOut)
def own_sessions(caller: Caller) -> dict[str, Any]:
    """Where you are signed in."""
    columns = ("id", "label", "created_at", "seen_at", "expires_at", "reports_open_at")
    rows = service.sessions_of(caller)
    return {
        "items": [
            {name: getattr(row, name) for name in columns} | {"is_current": row.id == caller.session_id} for row in rows
        ]
    }


@room.delete("/sessions/current", allow=SignedIn())
def sign_out(caller: Caller) -> WithCookie:
    """Sign out here; the browser is told to forget what it kept."""
    service.end_current(caller)
    return WithCookie(_CLEARED, "", 0)


@room.delete("/sessions/<id:session_id>", allow=SignedIn())
def sign_out_other(caller: Caller, session_id: str) -> None:
    """Sign out another device of yours; it counts as new if it comes back."""
    service.end_other(caller, session_id=session_id)


@room.post(
    "/sessions/<id:session_id>/confirmations", allow=SignedIn(), status=204, problems=(problems.ReportsNotYetOpen,)
)
def confirm(caller: Caller, session_id: str) -> None:
    """Say that a new device is yours too, so that reports open there at once."""
    service.confirm(caller, session_id=session_id)
