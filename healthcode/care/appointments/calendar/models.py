"""Links by which a calendar reads somebody's appointments."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, LargeBinary, Select, select
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, Ref, RowId, Table


class CalendarFeed(Personal, Table):
    """One link. Whoever has it reads, so only its digest is here."""

    __tablename__ = "calendar_feeds"

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)
    secret_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    made_by_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)  # themselves, or a proxy
    created_at: Mapped[At]
    ended_at: Mapped[OptionalAt]

    @classmethod
    @proof("whoever asks holds the link's secret")
    def by_secret(cls, digest: bytes) -> Select[tuple["CalendarFeed"]]:
        return select(cls).where(cls.secret_digest == digest, cls.ended_at.is_(None))

    @classmethod
    @proof("the person's records are held, and what is alive of theirs is counted or ended")
    def alive_of(cls, resident_ids: Sequence[str]) -> Select[tuple["CalendarFeed"]]:
        return select(cls).where(cls.resident_id.in_(resident_ids), cls.ended_at.is_(None)).order_by(cls.id)

    @classmethod
    @proof("the service itself ends what was made on a phone that may be in other hands")
    def alive_made_by(cls, resident_ids: Sequence[str]) -> Select[tuple["CalendarFeed"]]:
        return select(cls).where(cls.made_by_id.in_(resident_ids), cls.ended_at.is_(None)).order_by(cls.id)
