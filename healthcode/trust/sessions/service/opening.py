"""Opening a session, renewing what names it, ending it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, select, update

from config import Settings
from healthcode.core import clock, ids, signing, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotSignedIn, Refused
from healthcode.core.secrets import vault
from healthcode.trust.sessions.models import RefreshToken, is_idle
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.service.places import Device

ACCESS_TYPE = "at+jwt"
SHARED_IDLE_SECONDS = 300  # a kiosk, or a computer that others use too
SHARED_LIFE = timedelta(hours=1)
WORKING_DAY = timedelta(hours=12)
MOST_SESSIONS = 10  # of one account; the oldest one ends
REPORTS_WAIT = timedelta(hours=24)

Transport = Literal["bearer", "cookie"]


@dataclass(frozen=True)
class Entrance:
    """How somebody comes in: by which transport, from which device, alone at it or not."""

    transport: Transport
    device: Device | None
    is_shared: bool
    label: str | None = None
    presented: str | None = None  # the secret that the device brought, whoever's it is


@dataclass(frozen=True)
class SignedIn:
    """What a sign-in gives. Secrets are here once and nowhere else: the rows keep digests."""

    session_id: str
    resident_id: str | None
    institution_id: str | None
    expires_in: int  # seconds: of the access token, or of the cookie
    reports_open_at: datetime | None
    access_token: str | None
    refresh_token: str | None
    device_secret: str | None  # only for a device that was not known
    cookie: str | None


@dataclass(frozen=True)
class Renewed:
    session_id: str
    access_token: str
    expires_in: int
    refresh_token: str


def open_session(
    caller: Caller,
    entrance: Entrance,
    *,
    account: ColumnElement[bool],
    columns: Mapping[str, Any],
    life: timedelta,
    resident_id: str | None = None,
    settings: Settings,
) -> SignedIn:
    """A new row and new secrets, whatever the caller held before. `account` says which sessions are the same account's."""
    moment = clock.now()
    device_secret = ids.secret(256) if entrance.device is None and not entrance.is_shared else None
    cookie = f"{columns['kind']}.{ids.secret(256)}" if entrance.transport == "cookie" else None
    row = SessionRow(
        **{"id": ids.new(), **columns},
        created_at=moment,
        seen_at=moment,
        expires_at=moment + (min(life, SHARED_LIFE) if entrance.is_shared else life),
        cookie_digest=ids.digest(cookie) if cookie else None,
        device_digest=_device_digest(entrance, device_secret),
        machine_digest=_machine_digest(entrance, device_secret),
        label=entrance.label,
    )
    if entrance.is_shared:
        row.idle_seconds = min(row.idle_seconds or SHARED_IDLE_SECONDS, SHARED_IDLE_SECONDS)
    session().add(row)
    session().flush()  # the tokens refer to it
    _end_others(caller, row, account)
    is_new = entrance.device is None
    announce("session.opened", session_id=row.id, kind=row.kind, resident_id=resident_id, is_new_device=is_new)
    trail.note(resident_id=resident_id, purpose="sign-in", subject_id=row.id)
    access_token, expires_in = (None, _seconds(row.expires_at - moment)) if cookie else access(row, settings)
    return SignedIn(
        session_id=row.id,
        resident_id=resident_id,
        institution_id=row.institution_id,
        expires_in=expires_in,
        reports_open_at=row.reports_open_at,
        access_token=access_token,
        refresh_token=None if cookie else _next_link(row.id, moment),
        device_secret=device_secret,
        cookie=cookie,
    )


def _device_digest(entrance: Entrance, device_secret: str | None) -> bytes | None:
    if entrance.is_shared:
        return None
    return entrance.device.digest if entrance.device else ids.digest(device_secret or "")


def _machine_digest(entrance: Entrance, device_secret: str | None) -> bytes:
    """One for all accounts that ever signed in on the same device, as long as it brings what it was given."""
    presented = ids.digest(entrance.presented or device_secret or ids.secret())
    known = select(SessionRow.machine_digest).where(SessionRow.device_digest == presented).limit(1)
    return session().scalar(known) or presented


def _end_others(caller: Caller, row: SessionRow, account: ColumnElement[bool]) -> None:
    """The session whose cookie the new one overwrites, and the oldest of too many."""
    if row.cookie_digest is not None and caller.session_id is not None:
        end_sessions(SessionRow.id == caller.session_id, reason="replaced")
    mine = select(SessionRow.id).where(SessionRow.kind == row.kind, account, SessionRow.is_open(row.created_at))
    newest_first = mine.where(SessionRow.id != row.id).order_by(SessionRow.created_at.desc(), SessionRow.id.desc())
    for session_id in session().scalars(newest_first.offset(MOST_SESSIONS - 1).limit(MOST_SESSIONS)).all():
        end_sessions(SessionRow.id == session_id, reason="too-many")


def access(row: SessionRow, settings: Settings) -> tuple[str, int]:
    """An access token: the session's name and nothing else. Its seconds never reach past the session's own."""
    seconds = min(settings.access_token_seconds, _seconds(row.expires_at - clock.now()))
    return signing.sign("token", {"sid": row.id, "kind": row.kind}, typ=ACCESS_TYPE, lifetime_seconds=seconds), seconds


def _next_link(session_id: str, moment: datetime) -> str:
    token = ids.secret(256)
    session().add(RefreshToken(id=ids.new(), session_id=session_id, digest=ids.digest(token), issued_at=moment))
    return token


def renew(*, refresh_token: str, settings: Settings) -> Renewed | Refused:
    """The next access token and the next link of the chain.

    A link that somebody used before ends the session: the owner and a thief cannot be told apart.
    """
    moment, digest = clock.now(), ids.digest(refresh_token)
    session_id = RefreshToken.use(digest, moment)
    if session_id is None:
        if (robbed := RefreshToken.session_of(digest)) is not None:
            end_sessions(SessionRow.id == robbed, reason="refresh-token-reused")
        return Refused(NotSignedIn())
    row = (
        session()
        .scalars(locked(select(SessionRow).where(SessionRow.id == session_id, SessionRow.is_open(moment))))
        .first()
    )
    if row is None or is_idle(row.seen_at, row.idle_seconds, moment):
        return Refused(NotSignedIn())
    row.seen_at = moment
    access_token, expires_in = access(row, settings)
    return Renewed(row.id, access_token, expires_in, _next_link(row.id, moment))


def end_sessions(which: ColumnElement[bool], *, reason: str) -> int:
    """End every open session that `which` names, at once; returns how many there were."""
    moment = clock.now()
    ended = (
        update(SessionRow)
        .where(which, SessionRow.ended_at.is_(None))
        .values(ended_at=moment)
        .returning(SessionRow.id, SessionRow.kind)
        .execution_options(synchronize_session=False)
    )
    found = session().execute(ended).all()
    for one in found:
        announce("session.ended", session_id=one.id, kind=one.kind, reason=reason)
    return len(found)


def seal_phone(phone: str, session_id: str) -> bytes:
    """The proved phone as a session keeps it."""
    return vault().seal_system(phone, purpose="phones", context=f"sessions.phone_sealed:{session_id}")


def unseal_phone(sealed: bytes, session_id: str) -> str:
    return vault().open_system(sealed, purpose="phones", context=f"sessions.phone_sealed:{session_id}").decode()


def _seconds(span: timedelta) -> int:
    return max(int(span.total_seconds()), 1)
