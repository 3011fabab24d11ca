"""Phones in other hands: what is signed in there ends."""

from sqlalchemy import ColumnElement, and_, or_, select, update

from healthcode.core.db import session
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.service.opening import end_sessions


def end_all_of(resident_id: str, *, but: str | None, reason: str) -> int:
    """End the sessions of a resident, except the one that asks for it, and know their devices no longer."""
    theirs = _of(resident_id)
    if but is not None:
        theirs = and_(theirs, SessionRow.id != but)
    ended = end_sessions(theirs, reason=reason)
    session().execute(
        update(SessionRow).where(theirs).values(device_digest=None).execution_options(synchronize_session=False)
    )
    return ended


def end_of_old_phones(resident_id: str) -> int:
    """After a record got another phone, or none: who signed in by the one before is not this resident any more."""
    accounts = residents.accounts().subquery()
    phone = select(accounts.c.phone_index).where(accounts.c.id == resident_id).scalar_subquery()
    old = and_(SessionRow.account_id == resident_id, SessionRow.phone_index.is_distinct_from(phone))
    return end_sessions(and_(SessionRow.kind == "resident", old), reason="phone-changed")


def _of(resident_id: str) -> ColumnElement[bool]:
    """Sessions of any record of this person, and those that a phone of theirs opened before it was registered."""
    person = residents.ids_of_person(resident_id)
    accounts = residents.accounts().subquery()
    phones = select(accounts.c.phone_index).where(accounts.c.id.in_(person), accounts.c.phone_index.is_not(None))
    unbound = and_(SessionRow.account_id.is_(None), SessionRow.phone_index.in_(phones))
    return and_(SessionRow.kind == "resident", or_(SessionRow.account_id.in_(person), unbound))
