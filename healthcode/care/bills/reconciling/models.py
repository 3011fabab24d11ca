"""Reconciliations of a channel's days, and the differences that were found."""

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core.caller import Caller, Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, RowId, Table, Word

WHATS = ("only-ours", "only-theirs", "amount-differs", "other-day")
STATES = ("open", "settled", "resolved")
HOWS = ("count", "book", "keep")


class Reconciliation(Table):
    """A channel's day, as it was compared last: running → complete | failed. Sums are in fen."""

    __tablename__ = "reconciliations"
    __table_args__ = (UniqueConstraint("channel", "day"),)

    id: Mapped[RowId]
    channel: Mapped[Word]
    day: Mapped[date] = mapped_column(Date)  # in the city
    state: Mapped[Word]
    why: Mapped[Word | None]  # of one that failed
    matched: Mapped[int] = mapped_column(default=0)
    only_ours: Mapped[int] = mapped_column(default=0)
    only_theirs: Mapped[int] = mapped_column(default=0)
    amount_differs: Mapped[int] = mapped_column(default=0)
    paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)  # what the statement says came in
    refunded_fen: Mapped[int] = mapped_column(BigInteger, default=0)  # and went back
    started_at: Mapped[At]
    finished_at: Mapped[OptionalAt]

    @property
    def counts(self) -> dict[str, int]:
        names = ("matched", "only_ours", "only_theirs", "amount_differs")
        return {name.replace("_", "-"): getattr(self, name) for name in names}


class Difference(Personal, Table):
    """Money that the two sides do not know alike: open → settled | resolved (a later run explained it).

    `other-day` is none: it says that a statement has what our books have on another day. Whose it is stands there if
    anybody knows the number.
    """

    __tablename__ = "differences"
    __table_args__ = (
        UniqueConstraint("channel", "kind", "number"),
        Index("ix_differences_institution_id_state_id", "institution_id", "state", "id"),
        Index("ix_differences_bill_id", "bill_id"),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
    )

    id: Mapped[RowId]
    channel: Mapped[Word]
    day: Mapped[date] = mapped_column(Date)  # of the statement
    kind: Mapped[Word]  # payment | refund
    number: Mapped[str] = mapped_column(String(64))
    what: Mapped[Word]
    ours_fen: Mapped[int | None]
    theirs_fen: Mapped[int | None]
    provider_id: Mapped[str | None] = mapped_column(String(64))
    payment_id: Mapped[OptionalRef] = mapped_column(ForeignKey("payments.id"))
    refund_id: Mapped[OptionalRef] = mapped_column(ForeignKey("refunds.id"))
    bill_id: Mapped[OptionalRef] = mapped_column(ForeignKey("bills.id"))
    institution_id: Mapped[OptionalRef] = mapped_column(ForeignKey("institutions.id"))
    resident_id: Mapped[OptionalRef] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[Word]
    how: Mapped[Word | None]
    reason: Mapped[str | None] = mapped_column(String(200))
    found_at: Mapped[At]
    settled_at: Mapped[OptionalAt]
    settled_by_id: Mapped[OptionalRef]

    @classmethod
    @proof("an institution answers for money of its own bills, a city desk for what belongs to none")
    def answered_by(cls, caller: Caller) -> Select[tuple["Difference"]]:
        if caller.institution_id is not None:
            return select(cls).where(cls.institution_id == caller.institution_id)
        return select(cls)

    @classmethod
    @proof("a run compares a statement with what earlier ones found")
    def of_day(cls, channel: str, day: date, numbers: list[str]) -> Select[tuple["Difference"]]:
        """What was found on a day, and what is known of these numbers from any."""
        return select(cls).where(cls.channel == channel, or_(cls.day == day, cls.number.in_(numbers)))

    @classmethod
    @proof("the bill itself is in sight, and this is money that moved for it")
    def of_bill(cls, bill_id: str) -> Select[tuple["Difference"]]:
        return select(cls).where(cls.bill_id == bill_id, cls.what != "other-day").order_by(cls.id)
