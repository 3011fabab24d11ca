"""Who is asking. Resolved once per request, never remembered between requests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Select, false, select, true

from healthcode.core.db import Table

Row = TypeVar("Row", bound=Table)
Verb = TypeVar("Verb", bound=Callable[..., Any])

Kind = Literal["anonymous", "resident", "staff", "device", "system"]


@dataclass(frozen=True)
class Sight:
    """Whose rows the door that opened lets the caller see.

    `narrow` turns a resident column into the condition that holds for every row in sight. Only the gate makes one.
    """

    narrow: Callable[[ColumnElement[str]], ColumnElement[bool]]


NOBODY = Sight(lambda _column: false())
EVERYBODY = Sight(lambda _column: true())


@dataclass(frozen=True)
class Caller:
    """A person or machine at the door, and (after the gate) what it sees from there.

    `id` is the resident's, staff member's or device's row; `ground` is the word or the row that opened the door,
    as it is written on the trail.
    """

    kind: Kind = "anonymous"
    id: str | None = None
    session_id: str | None = None
    institution_id: str | None = None
    roles: frozenset[str] = frozenset()  # a staff member's roles, or a device's one kind
    sight: Sight = field(default=NOBODY, compare=False)
    ground: str | None = None
    row: Any = field(default=None, compare=False, repr=False)  # the account row it was resolved from

    @property
    def is_known(self) -> bool:
        return self.kind != "anonymous"

    @property
    def counted_as(self) -> str:
        """Whose requests and keys are counted together: an account's, or those of a phone that has none yet."""
        return f"{self.kind}:{self.id or self.session_id}"


ANONYMOUS = Caller()


def by_itself(name: str) -> Caller:
    """The service itself at work (a listener, a command): sees everybody, and says so on the trail."""
    return Caller(kind="system", id=None, sight=EVERYBODY, ground=f"automatic: {name}")


class Personal:
    """Mixin of every table whose rows are about a resident. The one way to select from it is `visible_to`."""

    @classmethod
    def about(cls) -> ColumnElement[str]:
        """The column that says whom a row is about."""
        column: ColumnElement[str] = cls.resident_id  # type: ignore[attr-defined]  # every such table has it
        return column

    @classmethod
    def visible_to(cls: type[Row], caller: Caller) -> Select[tuple[Row]]:  # type: ignore[misc]  # mixed into tables
        """The rows of this table that the caller may see through the door that was opened."""
        return select(cls).where(caller.sight.narrow(cls.about()))  # type: ignore[attr-defined]


def proof(_why: str) -> Callable[[Verb], Verb]:
    """Mark a model's verb that selects personal rows without a caller's sight, and say what stands in for it.

    The house tests let a personal table be selected only in its own module, by `visible_to` or by a verb so marked.
    """

    def mark(verb: Verb) -> Verb:
        return verb

    return mark
