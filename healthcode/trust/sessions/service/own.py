"""What the signed-in see and do about their own sessions."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select, update

from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.service.asking import Standing, make_sure_reports_are_open
from healthcode.trust.sessions.service.opening import MOST_SESSIONS, end_sessions


def sessions_of(caller: Caller) -> Sequence[SessionRow]:
    """The caller's own open sessions, newest first."""
    mine = select(SessionRow).where(_own(caller), SessionRow.is_open(clock.now()))
    return (
        session().scalars(mine.order_by(SessionRow.created_at.desc(), SessionRow.id.desc()).limit(MOST_SESSIONS)).all()
    )


def _own(caller: Caller) -> ColumnElement[bool]:
    """By account; before a phone has registered, by the phone that was proved."""
    standing: Standing = caller.row
    accounts: list[ColumnElement[bool]] = [SessionRow.account_id.in_({standing.account_id, caller.id} - {None})]
    if standing.account_id is None and standing.phone_index is not None:
        accounts.append(and_(SessionRow.account_id.is_(None), SessionRow.phone_index == standing.phone_index))
    return and_(SessionRow.kind == standing.kind, or_(*accounts))


def end_current(caller: Caller) -> None:
    """Sign out here. Raises NotFound if it ended this very moment."""
    if not end_sessions(SessionRow.id == caller.session_id, reason="signed-out"):
        raise NotFound()


def end_other(caller: Caller, *, session_id: str) -> None:
    """Sign out a device of one's own, a lost one for example: it is not known again either. Raises NotFound."""
    which = and_(SessionRow.id == session_id, _own(caller))
    if not end_sessions(which, reason="signed-out"):
        raise NotFound()
    if session_id != caller.session_id:
        _change_device(caller, session_id, device_digest=None)


def confirm(caller: Caller, *, session_id: str) -> None:
    """Say, on a device that is past its own wait, that a new one is one's own too: reports open there at once.

    Raises NotFound (also for the very device that asks), ReportsNotYetOpen.
    """
    make_sure_reports_are_open(caller)
    moment = clock.now()
    waiting = and_(_own(caller), SessionRow.is_open(moment), SessionRow.reports_open_at > moment)
    found = session().scalar(select(SessionRow.id).where(SessionRow.id == session_id, waiting))
    if found is None:
        raise NotFound()
    _change_device(caller, session_id, reports_open_at=moment)
    announce("session.confirmed", session_id=session_id, resident_id=caller.id)


def _change_device(caller: Caller, session_id: str, **values: object) -> None:
    """Change all sessions of the caller on the device of that one."""
    digest = select(SessionRow.device_digest).where(SessionRow.id == session_id).scalar_subquery()
    same = and_(_own(caller), or_(SessionRow.id == session_id, SessionRow.device_digest == digest))
    session().execute(update(SessionRow).where(same).values(**values).execution_options(synchronize_session=False))


def device_of(caller: Caller) -> bytes:
    """What stands for the device that somebody is signed in on, the same for all accounts on it; else the session."""
    known = session().scalar(select(SessionRow.machine_digest).where(SessionRow.id == caller.session_id))
    return known or ids.digest(str(caller.session_id))
