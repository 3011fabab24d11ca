"""Why somebody may see a resident's rows."""

from sqlalchemy import ColumnElement, Index, or_
from sqlalchemy.orm import Mapped

from healthcode.core.db import At, Instant, OptionalAt, Ref, RowId, Table, Word


class Ground(Table):
    """From `from_at` until `until_at`, `grantee` may do `scope` for this resident, because of `source`.

    This is what sight itself is made of, so it is not looked at through sight: only this room and the gate read it.
    Grantees are residents (family), staff, or institutions (a visit, a referral). What ends early gets `ended_at`.
    """

    __tablename__ = "grounds"
    __table_args__ = (
        Index("ix_grounds_grantee_id_scope", "grantee_id", "scope"),
        Index("ix_grounds_source_id", "source_id"),
        Index("ix_grounds_resident_id", "resident_id"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref]
    grantee_kind: Mapped[Word]  # resident | staff | institution
    grantee_id: Mapped[Ref]
    scope: Mapped[Word]
    source: Mapped[Word]  # grant | guardianship | verification | consent | appointment | appeal | referral | …
    source_id: Mapped[Ref]
    from_at: Mapped[At]
    until_at: Mapped[OptionalAt]
    ended_at: Mapped[OptionalAt]

    @classmethod
    def in_force(cls, at: Instant) -> ColumnElement[bool]:
        """Decided by the clock whenever it is asked: no job has to run for a right to end."""
        is_open = or_(cls.ended_at.is_(None), cls.ended_at > at)  # ended later, it was in force at an earlier moment
        return (cls.from_at <= at) & or_(cls.until_at.is_(None), cls.until_at > at) & is_open
