"""Who may act for whom."""

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, Select, String, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word


class Grant(Personal, Table):
    """`resident_id` lets `proxy_id` do `scopes`. proposed → active → ended; a guardian's also ends by its date.

    An invitation goes to a phone, known here or not: whoever proves that phone may accept it.
    """

    __tablename__ = "grants"

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)
    proxy_id: Mapped[OptionalRef] = mapped_column(ForeignKey("residents.id"), index=True)
    invited_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    basis: Mapped[Word]  # grant | guardianship | paper
    relation: Mapped[Word]  # what the proxy is to the resident
    scopes: Mapped[list[str]]
    state: Mapped[Word]  # proposed | active | ended
    proposed_at: Mapped[At]
    accepted_at: Mapped[OptionalAt]
    until_at: Mapped[OptionalAt]
    ended_at: Mapped[OptionalAt]
    ended_by: Mapped[OptionalRef]
    ended_reason: Mapped[str | None] = mapped_column(String(200))
    recorded_by: Mapped[OptionalRef]  # the staff member who saw the paper

    @classmethod
    def is_in_force(cls, at: datetime) -> ColumnElement[bool]:
        return (cls.state == "active") & cls._is_not_over(at)

    @classmethod
    def _is_not_over(cls, at: datetime) -> ColumnElement[bool]:
        return or_(cls.until_at.is_(None), cls.until_at > at)

    @classmethod
    @proof("both sides of a grant may see it: the represented person and the proxy it names or invites")
    def of_either_side(cls, resident_id: str, phone_index: bytes | None) -> Select[tuple["Grant"]]:
        sides = [cls.resident_id == resident_id, cls.proxy_id == resident_id]
        if phone_index is not None:
            sides.append((cls.invited_index == phone_index) & (cls.state == "proposed"))
        return select(cls).where(or_(*sides))

    @classmethod
    @proof("the caller holds the resident's row: how many there are, and the one that says the same")
    def open_of(cls, resident_id: str, at: datetime) -> Select[tuple["Grant"]]:
        """Grants of this resident that are in force or waiting to be accepted."""
        return select(cls).where(
            cls.resident_id == resident_id, cls.state.in_(("proposed", "active")), cls._is_not_over(at)
        )
