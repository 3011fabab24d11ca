"""Whose record a proved phone or a session stands for."""

from sqlalchemy import select

from healthcode.core.db import session
from healthcode.registry.residents import service as residents


def behind_phone(phone_index: bytes) -> tuple[str | None, str | None]:
    """The record that a phone was given to, and the living one it leads to: the same, unless it was merged away.

    A session is bound to the first, so that undoing a merge undoes what the merge let it see.
    """
    accounts = residents.accounts().subquery()
    row = session().execute(select(accounts).where(accounts.c.phone_index == phone_index)).first()
    return (row.id, living(row.id, row.merged_into_id)) if row is not None else (None, None)


def living(account_id: str | None, merged_into_id: str | None) -> str | None:
    """The record that an account stands for now; None if whoever it leads to has died or was erased."""
    if merged_into_id is None:
        return account_id
    record = residents.record(merged_into_id)
    return record.id if record is not None and record.died_on is None else None
