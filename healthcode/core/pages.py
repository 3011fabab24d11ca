"""Long lists, a page at a time: keyset cursors over time-ordered ids, so a page never skips or repeats a row."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select

from healthcode.core import ids
from healthcode.core.db import session
from healthcode.core.problems import Invalid
from healthcode.core.words import Words

Item = TypeVar("Item")

LARGEST = 100
USUAL = 20


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Some items and the cursor of what follows (None at the end)."""

    items: Sequence[Item]
    next: str | None


def cursor_of(row_id: str) -> str:
    return base64.urlsafe_b64encode(row_id.encode()).rstrip(b"=").decode()


def read_cursor(cursor: str) -> str:
    """The row id in a cursor. Raises Invalid for anything that we did not make."""
    try:
        row_id = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        row_id = ""
    if not ids.is_id(row_id):
        raise Invalid(errors=[{"pointer": "/after", "detail": Words(zh="游标无效", en="not a cursor").en}])
    return row_id


def page(
    statement: Select[tuple[Item]],
    *,
    by: ColumnElement[str],
    after: str | None,
    limit: int,
    newest_first: bool = False,
    item: Callable[[Any], Any] = lambda row: row,
) -> Page[Any]:
    """One page of `statement` in the order of the unique column `by`. One statement, however long the list."""
    if after is not None:
        last = read_cursor(after)
        statement = statement.where(by < last if newest_first else by > last)
    statement = statement.order_by(by.desc() if newest_first else by).limit(limit + 1)
    rows = session().scalars(statement).all()
    shown = rows[:limit]
    return Page([item(row) for row in shown], cursor_of(shown[-1].id) if len(rows) > limit else None)  # type: ignore[attr-defined]  # every row has an id
