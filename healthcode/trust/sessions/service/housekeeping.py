"""Forgetting what is over."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from healthcode.core.db import Table, changed
from healthcode.core.tidying import forgets
from healthcode.trust.sessions.models import OneTimePassword, RefreshToken, SignInFailure, UsedAssertion
from healthcode.trust.sessions.models import Session as SessionRow

COUNTED = timedelta(days=2)  # longer than any rule looks back on codes and wrong tries
REMEMBERED = timedelta(days=400)  # a device is known as long as one of its sessions is remembered
REMEMBERED_MACHINES = timedelta(days=2)  # scanners open one every quarter of an hour


@forgets
def forget_old(moment: datetime) -> int:
    """Drop codes, counts and assertions that no rule asks for any more, and sessions long over. Returns how many."""
    is_over = or_(
        SessionRow.expires_at < moment - REMEMBERED,
        (SessionRow.kind == "device") & (SessionRow.expires_at < moment - REMEMBERED_MACHINES),
    )
    return (
        _drop(OneTimePassword, OneTimePassword.created_at < moment - COUNTED)
        + _drop(SignInFailure, SignInFailure.last_at < moment - COUNTED)
        + _drop(UsedAssertion, UsedAssertion.expires_at < moment)
        + _drop(RefreshToken, RefreshToken.session_id.in_(select(SessionRow.id).where(is_over)))
        + _drop(SessionRow, is_over)
    )


def _drop(table: type[Table], which: ColumnElement[bool]) -> int:
    return changed(delete(table).where(which))
