"""Payments, refunds, and the callbacks that were proved."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.care.bills.models import Bill, LedgerEntry
from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, Instant, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only

STATES = ("requires-payment", "processing", "succeeded", "failed", "cancelled")
REFUND_STATES = ("processing", "succeeded", "failed")


class Payment(Personal, Table):
    """An intent to pay a bill, and what became of it: requires-payment → processing → succeeded | failed | cancelled.

    `claims_bill_id` is the bill while the intent is alive and none after: unique, so a bill has one intent at a time.
    `refunded_fen` counts refunds from the moment at which they are asked for.
    """

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("refunded_fen >= 0 AND refunded_fen <= amount_fen", name="refunded"),
        Index("ix_payments_bill_id", "bill_id"),
        Index("ix_payments_resident_id_id", "resident_id", "id"),
        Index("ix_payments_next_look_at", "next_look_at"),
    )

    id: Mapped[RowId]
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"))
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))  # whose bill it is
    claims_bill_id: Mapped[OptionalRef] = mapped_column(unique=True)
    state: Mapped[Word]
    channel: Mapped[Word]  # cash, or a channel's name
    number: Mapped[str] = mapped_column(String(32), unique=True)  # ours, at the channel
    amount_fen: Mapped[int]
    refunded_fen: Mapped[int] = mapped_column(default=0)
    code_url: Mapped[str | None] = mapped_column(String(300))  # where the payer pays, from the channel
    provider_id: Mapped[str | None] = mapped_column(
        String(64)
    )  # the channel's own number: money came in, and was counted
    why: Mapped[Word | None]  # of what did not succeed, or was given back at once
    made_by_kind: Mapped[Word]
    made_by_id: Mapped[OptionalRef]
    created_at: Mapped[At]
    expires_at: Mapped[At]
    changed_at: Mapped[At]
    next_look_at: Mapped[OptionalAt]  # when the channel is asked next; none: there is nothing more to ask

    refunds: Mapped[list["Refund"]] = relationship(order_by="Refund.id", viewonly=True)

    @property
    def pay_here(self) -> str | None:
        """Where the payer pays, for as long as they can."""
        return self.code_url if self.state == "processing" else None

    @classmethod
    @proof("the service itself asks the channels what became of payments")
    def due(cls, at: Instant) -> Select[tuple["Payment"]]:
        return select(cls).where(cls.next_look_at <= at).order_by(cls.next_look_at, cls.id)

    @classmethod
    @proof("the channel says so and proves it, and names our number")
    def numbered(cls, number: str) -> Select[tuple["Payment"]]:
        return select(cls).where(cls.number == number)

    @classmethod
    @proof("the bill is held, and these are its payments")
    def of_bill(cls, bill_id: str) -> Select[tuple["Payment"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.id)

    @classmethod
    @proof("payments of the institution's own bills")
    def of_institution(cls, institution_id: str | None) -> Select[tuple["Payment"]]:
        return select(cls).join(Bill, Bill.id == cls.bill_id).where(Bill.institution_id == institution_id)

    @classmethod
    @proof("only sums and numbers are compared with what a channel's statement says")
    def counted(cls, account: str, day: date, after: str) -> Select[tuple[str, date, str, int]]:
        """What came into a channel's account on a day, by the id of the entry, after one of them."""
        came_in = select(LedgerEntry.id, LedgerEntry.day, cls.number, LedgerEntry.amount_fen)
        return _of_account(came_in.join(cls, cls.id == LedgerEntry.payment_id), day, after).where(
            LedgerEntry.debit == account, LedgerEntry.refund_id.is_(None)
        )


def _of_account(
    entries: Select[tuple[str, date, str, int]], day: date, after: str
) -> Select[tuple[str, date, str, int]]:
    """Not what a settled difference put right: that is neither side's word for money that moved."""
    entries = entries.where(LedgerEntry.day == day, LedgerEntry.id > after)  # in this order they stand in an index
    return entries.where(LedgerEntry.what != "difference.settled").order_by(LedgerEntry.id)


class Refund(Personal, Table):
    """Money on its way back, the way it came: processing → succeeded | failed."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        Index("ix_refunds_next_look_at", "next_look_at"),
    )

    id: Mapped[RowId]
    payment_id: Mapped[Ref] = mapped_column(ForeignKey("payments.id"), index=True)
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    number: Mapped[str] = mapped_column(String(32), unique=True)
    amount_fen: Mapped[int]
    state: Mapped[Word]
    reason: Mapped[str] = mapped_column(String(200))
    is_beside_bill: Mapped[bool] = mapped_column(default=False)  # of money that never counted towards the bill
    made_by_kind: Mapped[Word]
    made_by_id: Mapped[OptionalRef]
    created_at: Mapped[At]
    changed_at: Mapped[At]
    next_look_at: Mapped[OptionalAt]

    @classmethod
    @proof("the service itself asks the channels what became of refunds")
    def due(cls, at: Instant) -> Select[tuple["Refund"]]:
        return select(cls).where(cls.next_look_at <= at).order_by(cls.next_look_at, cls.id)

    @classmethod
    @proof("the channel says so and proves it, and names our number")
    def numbered(cls, number: str) -> Select[tuple["Refund"]]:
        return select(cls).where(cls.number == number)

    @classmethod
    @proof("only sums and numbers are compared with what a channel's statement says")
    def counted(cls, account: str, day: date, after: str) -> Select[tuple[str, date, str, int]]:
        """What went out of a channel's account on a day, by the id of the entry, after one of them."""
        went_back = select(LedgerEntry.id, LedgerEntry.day, cls.number, LedgerEntry.amount_fen)
        return _of_account(went_back.join(cls, cls.id == LedgerEntry.refund_id), day, after).where(
            LedgerEntry.credit == account
        )

    @classmethod
    @proof("the payments are in sight, and these are their refunds")
    def of_payments(cls, payment_ids: Sequence[str]) -> Select[tuple["Refund"]]:
        return select(cls).where(cls.payment_id.in_(payment_ids)).order_by(cls.id)

    @classmethod
    @proof("refunds of the institution's own bills")
    def of_institution(cls, institution_id: str | None) -> Select[tuple["Refund"]]:
        return select(cls).join(Bill, Bill.id == cls.bill_id).where(Bill.institution_id == institution_id)


class Receipt(Personal, Table):
    """That a payment was made: a number of its own, written when the money is counted. Immutable; what goes back later has a
    credit note and a refund with numbers of their own."""

    __tablename__ = "receipts"
    __table_args__ = (CheckConstraint("amount_fen > 0", name="amount"),)

    id: Mapped[RowId]
    payment_id: Mapped[Ref] = mapped_column(ForeignKey("payments.id"), unique=True)
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    number: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[Word]
    amount_fen: Mapped[int]
    at: Mapped[At]

    @classmethod
    @proof("the bill itself is in sight, and these are its receipts")
    def of_bill(cls, bill_id: str) -> Select[tuple["Receipt"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.id)


append_only(Receipt)


class ChannelEvent(Table):
    """A callback that was proved, once: the channel's own event number is what makes it one effect."""

    __tablename__ = "channel_events"
    __table_args__ = (UniqueConstraint("channel", "event_id"),)

    id: Mapped[RowId]
    channel: Mapped[Word]
    event_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Word]
    number: Mapped[str] = mapped_column(String(32))
    amount_fen: Mapped[int]
    at: Mapped[At]
    outcome: Mapped[Word]  # applied | nothing-to-do | unknown-number | amount-differs
