"""Who is asking: one statement for each request, nothing remembered between two."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlalchemy import Row, Select, bindparam, or_, select, update

from healthcode.core import clock, ids, signing
from healthcode.core.caller import ANONYMOUS, Caller
from healthcode.core.db import ASKED_AT, session
from healthcode.core.http import Credentials
from healthcode.core.problems import NotSignedIn
from healthcode.registry.devices import service as devices
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.models import is_idle
from healthcode.trust.sessions.problems import ReportsNotYetOpen
from healthcode.trust.sessions.service.accounts import living
from healthcode.trust.sessions.service.opening import ACCESS_TYPE, unseal_phone

SEEN_EVERY = timedelta(minutes=1)


@dataclass
class Standing:
    """The session that a caller stands on: `caller.row`. Whoever registers its phone in it sets `account_id`."""

    session_id: str
    kind: str
    account_id: str | None
    is_bound: bool  # the row itself says whose it is
    phone_sealed: bytes | None
    phone_index: bytes | None
    reports_open_at: datetime | None
    seen_at: datetime

    @property
    def phone(self) -> str | None:
        """The phone that a resident's session proved."""
        return unseal_phone(self.phone_sealed, self.session_id) if self.phone_sealed is not None else None


_COLUMNS = (
    SessionRow.id,
    SessionRow.kind,
    SessionRow.account_id,
    SessionRow.institution_id,
    SessionRow.phone_sealed,
    SessionRow.phone_index,
    SessionRow.reports_open_at,
    SessionRow.seen_at,
    SessionRow.idle_seconds,
)
Named = Literal["id", "cookie_digest"]  # the column by which a session is named


def resolve(credentials: Credentials) -> Caller:
    """The caller behind what a request brought. A bearer that opens nothing raises NotSignedIn; a cookie that opens
    nothing is nobody's, because browsers send it by themselves, also with the next sign-in."""
    if credentials.bearer is not None:
        caller = _by_token(credentials.bearer)
        if caller is None:
            raise NotSignedIn()
        return caller
    if credentials.cookie is not None:
        kind = credentials.cookie.partition(".")[0]
        return _find(kind, "cookie_digest", ids.digest(credentials.cookie)) or ANONYMOUS
    return ANONYMOUS


def _by_token(text: str) -> Caller | None:
    try:
        claims = signing.read(text, use="token", typ=ACCESS_TYPE)
    except signing.BadToken:
        return None
    kind, session_id = claims.get("kind"), claims.get("sid")
    if not isinstance(kind, str) or not isinstance(session_id, str) or not ids.is_id(session_id):
        return None
    return _find(kind, "id", session_id)


def _find(kind: str, named: Named, name: str | bytes) -> Caller | None:
    if kind not in _FINDERS:
        return None
    statement, judge = _FINDERS[kind]
    moment = clock.now()
    rows = session().execute(statement(named), {"name": name, "at": moment}).all()
    return judge(rows, moment) if rows else None


# The statements are built once: each is asked at every request, with another name and moment.


def _session(kind: str, named: Named, *more: Any) -> Select[Any]:
    is_named = getattr(SessionRow, named) == bindparam("name")
    return select(*_COLUMNS, *more).where(is_named, SessionRow.kind == kind, SessionRow.is_open(ASKED_AT))


@cache
def _resident_asked(named: Named) -> Select[Any]:
    bound, holder = residents.accounts().subquery(), residents.accounts().subquery()
    columns = (bound.c.id.label("record_id"), bound.c.merged_into_id, holder.c.id.label("holder_id"))
    return (
        _session("resident", named, *columns)
        .outerjoin(bound, bound.c.id == SessionRow.account_id)
        .outerjoin(holder, SessionRow.account_id.is_(None) & (holder.c.phone_index == SessionRow.phone_index))
    )


def _resident(rows: Sequence[Row[Any]], moment: datetime) -> Caller | None:
    """A phone that nobody registered yet belongs to a resident without an id. Who died or was erased is nobody.

    Once somebody holds the phone, a session that was opened before and not bound to them may be another person's: the
    phone has to be proved anew.
    """
    row = rows[0]
    resident_id = living(row.record_id, row.merged_into_id)
    if resident_id is None and (row.account_id or row.holder_id):
        return None
    return _standing(row, moment, Caller(kind="resident", id=resident_id), account_id=row.record_id)


@cache
def _staff_asked(named: Named) -> Select[Any]:
    """The posts held now, here and in the city, one row each; without one nobody works here any more."""
    posts = institutions.posts_held(ASKED_AT).subquery()
    here = or_(posts.c.institution_id.is_(None), posts.c.institution_id == SessionRow.institution_id)
    return _session("staff", named, posts.c.role).join(posts, (posts.c.staff_id == SessionRow.account_id) & here)


def _staff(rows: Sequence[Row[Any]], moment: datetime) -> Caller | None:
    roles = frozenset(row.role for row in rows)
    caller = Caller(kind="staff", id=rows[0].account_id, institution_id=rows[0].institution_id, roles=roles)
    return _standing(rows[0], moment, caller, account_id=rows[0].account_id)


@cache
def _device_asked(named: Named) -> Select[Any]:
    machines = devices.all_enrolled().subquery()
    columns = (machines.c.kind.label("machine"), machines.c.institution_id.label("stands_at"))
    return _session("device", named, *columns).join(machines, machines.c.id == SessionRow.account_id)


def _device(rows: Sequence[Row[Any]], moment: datetime) -> Caller | None:
    row = rows[0]
    caller = Caller(
        kind="system" if devices.is_system(row.machine) else "device",
        id=row.account_id,
        institution_id=row.stands_at,
        roles=frozenset({row.machine}),
    )
    return _standing(row, moment, caller, account_id=row.account_id)


_FINDERS: dict[str, tuple[Callable[[Named], Select[Any]], Callable[[Sequence[Row[Any]], datetime], Caller | None]]] = {
    "resident": (_resident_asked, _resident),
    "staff": (_staff_asked, _staff),
    "device": (_device_asked, _device),
}


def _standing(row: Row[Any], moment: datetime, caller: Caller, *, account_id: str | None) -> Caller | None:
    if is_idle(row.seen_at, row.idle_seconds, moment):
        return None
    standing = Standing(
        session_id=row.id,
        kind=row.kind,
        account_id=account_id,
        is_bound=row.account_id is not None,
        phone_sealed=row.phone_sealed,
        phone_index=row.phone_index,
        reports_open_at=row.reports_open_at,
        seen_at=row.seen_at,
    )
    return replace(caller, session_id=row.id, row=standing)


def seen(caller: Caller) -> None:
    """Note, at most once a minute, that the session is in use, and bind it to whoever just registered its phone in it.

    Called with the trail row of the step, in the transaction that writes it: a read itself cannot write.
    """
    standing = caller.row
    if not isinstance(standing, Standing):
        return
    changes: dict[str, Any] = (
        {} if standing.is_bound or standing.account_id is None else {"account_id": standing.account_id}
    )
    if changes or clock.now() - standing.seen_at >= SEEN_EVERY:
        touched = update(SessionRow).where(SessionRow.id == standing.session_id, SessionRow.ended_at.is_(None))
        touched = touched.values(seen_at=clock.now(), **changes)
        session().execute(touched.execution_options(synchronize_session=False))


def make_sure_reports_are_open(caller: Caller) -> None:
    """For rooms that show reports: a resident's new device waits. Raises ReportsNotYetOpen."""
    standing = caller.row
    if caller.kind != "resident" or not isinstance(standing, Standing) or standing.reports_open_at is None:
        return
    if standing.reports_open_at > clock.now():
        raise ReportsNotYetOpen(opens_at=standing.reports_open_at.isoformat())
