"""The trail: one row for every door opened, refused or failed. Append-only by the database's own word.

Rows hold ids and codes, never names or numbers. A row is written before the answer leaves: no trail, no data.
`core.sealing` gives rows their places in a Merkle tree afterwards, so that writers never queue behind each other.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, Select, SQLColumnExpression, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import clock, ids
from healthcode.core.caller import Caller, Personal, proof
from healthcode.core.db import At, OptionalRef, RowId, Table, Word, append_only, insert_many


class TrailRow(Personal, Table):
    """Who did what at which door, about whom, on what ground, and how it ended."""

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_resident_id_id", "resident_id", "id"),)

    id: Mapped[RowId]
    at: Mapped[At]
    request_id: Mapped[str] = mapped_column(String(36))
    outcome: Mapped[Word]  # opened | refused | failed
    door: Mapped[str] = mapped_column(String(120))  # the endpoint's name
    status: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(64))  # slug of the problem it ended with
    actor_kind: Mapped[Word]
    actor_id: Mapped[OptionalRef]
    session_id: Mapped[OptionalRef]
    institution_id: Mapped[OptionalRef]
    resident_id: Mapped[OptionalRef]  # whom it is about
    ground: Mapped[str | None] = mapped_column(String(120))  # the word or the row that opened the door
    purpose: Mapped[str | None] = mapped_column(String(64))
    subject_id: Mapped[OptionalRef]  # the row it concerned (a verification, a grant), where there is one

    @classmethod
    @proof("the sealer hashes rows, it shows none")
    def unsealed(cls, sealed_ids: SQLColumnExpression[str], since: str | None, most: int) -> Select[tuple["TrailRow"]]:
        """Rows from the id `since` on that have no place yet, in the order of their ids."""
        rows = select(cls).where(~select(sealed_ids).where(sealed_ids == cls.id).exists()).order_by(cls.id).limit(most)
        return rows.where(cls.id >= since) if since is not None else rows

    @classmethod
    @proof("verifying hashes rows, and names ids alone")
    def in_places(cls, leaves: Any) -> Select[Any]:
        """Every leaf with its row, in the order of places; a leaf without its row comes with None."""
        return select(leaves, cls).join(cls, cls.id == leaves.trail_id, isouter=True).order_by(leaves.position)

    @classmethod
    @proof("only how many there are leaves")
    def how_many(cls) -> Select[tuple[int]]:
        return select(func.count()).select_from(cls)


append_only(TrailRow)


@dataclass(frozen=True)
class Note:
    """What the service knows about this step and the door does not: whom and what it concerns."""

    resident_id: str | None = None
    purpose: str | None = None
    subject_id: str | None = None


_notes: ContextVar[tuple[Note, ...]] = ContextVar("trail_notes", default=())


def note(*, resident_id: str | None = None, purpose: str | None = None, subject_id: str | None = None) -> None:
    """Say whom this step is about. Called by services; every note becomes one row of the trail."""
    _notes.set((*_notes.get(), Note(resident_id, purpose, subject_id)))


def forget_notes() -> None:
    """Start a request (or a listener's turn) with no notes."""
    _notes.set(())


def record(
    caller: Caller,
    *,
    door: str,
    request_id: str,
    outcome: str,
    status: int,
    problem: str | None = None,
    resident_id: str | None = None,
) -> None:
    """Write the rows of this step: one for each note, one if there is none."""
    moment = clock.now()
    notes = _notes.get() or (Note(resident_id),)
    rows = [
        _row(caller, noted, moment)
        | {"door": door, "request_id": request_id, "outcome": outcome, "status": status, "problem": problem}
        for noted in dict.fromkeys(notes)
    ]
    insert_many(TrailRow, rows)


def _row(caller: Caller, noted: Note, moment: datetime) -> dict[str, Any]:
    return {
        "id": ids.new(),
        "at": moment,
        "actor_kind": caller.kind,
        "actor_id": caller.id,
        "session_id": caller.session_id,
        "institution_id": caller.institution_id,
        "resident_id": noted.resident_id,
        "ground": caller.ground,
        "purpose": noted.purpose,
        "subject_id": noted.subject_id,
    }
