"""Notices as rows: what happened, by ids and codes. The words are made when they are read."""

from datetime import datetime
from typing import Any

from sqlalchemy import Delete, ForeignKey, Index, UniqueConstraint, delete
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import ids
from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, Ref, RowId, Table, Word

STATES = ("created", "sending", "delivered", "temporary-failure", "permanent-failure")
SUBJECTS = ("appointment", "ticket", "referral")


class Notice(Personal, Table):
    """One event, told to one resident."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("event_id", "resident_id"),
        Index("ix_notices_resident_id_id", "resident_id", "id"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    kind: Mapped[Word]  # the event's name
    event_id: Mapped[Ref]
    subject_kind: Mapped[Word]
    subject_id: Mapped[Ref]
    facts: Mapped[dict[str, Any]]  # ids, codes and moments alone
    state: Mapped[Word]  # on the page it is delivered when it is written: the row is the delivery
    created_at: Mapped[At]
    read_at: Mapped[OptionalAt]

    @classmethod
    @proof("nothing leaves: what is old is forgotten")
    def made_before(cls, moment: datetime) -> Delete:
        return delete(cls).where(cls.id < ids.floor(moment))
