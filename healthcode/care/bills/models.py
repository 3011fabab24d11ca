"""Prices, bills with their lines, and what the insurance's year of a resident looks like."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only

# FHIR R4 Invoice.status, as far as it is used.
STATES = ("draft", "issued", "balanced", "cancelled")
CLASSES = ("A", "B", "C")
MOST_FEN = 1_000_000_000  # ten million yuan: of one price, one line, one bill


class CatalogueItem(Table):
    """What an item costs from a day on. A new price is a new row; bills keep the one they were issued with."""

    __tablename__ = "catalogue_items"
    __table_args__ = (
        UniqueConstraint("code", "from_on"),
        CheckConstraint(f"price_fen BETWEEN 0 AND {MOST_FEN}", name="price"),
    )

    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str | None] = mapped_column(String(120))
    category: Mapped[Word]
    unit: Mapped[str] = mapped_column(String(16))
    price_fen: Mapped[int]
    insurance_class: Mapped[str] = mapped_column(String(1))
    from_on: Mapped[date] = mapped_column(Date)


class InsuranceRules(Table):
    """What one plan pays from a day on, as data. The newest that is in force counts; bills keep the one they were split by."""

    __tablename__ = "insurance_rules"
    __table_args__ = (UniqueConstraint("plan", "from_on"),)

    id: Mapped[RowId]
    plan: Mapped[Word]
    from_on: Mapped[date] = mapped_column(Date)
    data: Mapped[dict[str, Any]]


class InsuranceYear(Personal, Table):
    """What of a resident's deductible and caps is used up in one year. Its row is held while a bill is split."""

    __tablename__ = "insurance_years"
    __table_args__ = (
        UniqueConstraint("resident_id", "year"),
        CheckConstraint("deductible_met_fen >= 0 AND pool_paid_fen >= 0 AND chronic_paid_fen >= 0", name="sums"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    year: Mapped[int]
    deductible_met_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    pool_paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)
    chronic_paid_fen: Mapped[int] = mapped_column(BigInteger, default=0)

    @classmethod
    @proof("the resident's row is held, and what the insurance paid this year is counted")
    def of(cls, resident_id: str, year: int) -> Select[tuple["InsuranceYear"]]:
        return select(cls).where(cls.resident_id == resident_id, cls.year == year)


class Bill(Personal, Table):
    """What one visit costs: draft → issued → balanced | cancelled; draft → cancelled.

    `paid_fen` is what was paid less what went back. `credited_fen` is what credit notes took off the total, of which
    `credited_own_fen` the resident need not pay. Balanced is what is paid in full, and what cost nothing.
    """

    __tablename__ = "bills"
    __table_args__ = (
        CheckConstraint("total_fen = pool_fen + supplement_fen + own_fen", name="split"),
        CheckConstraint("pool_fen >= 0 AND supplement_fen >= 0 AND own_fen >= 0", name="parts"),
        CheckConstraint("credited_fen >= 0 AND credited_fen <= total_fen", name="credited"),
        CheckConstraint("credited_own_fen >= 0 AND credited_own_fen <= own_fen", name="credited_own"),
        CheckConstraint("paid_fen >= 0 AND paid_fen <= own_fen - credited_own_fen", name="paid"),
        CheckConstraint("state <> 'balanced' OR paid_fen = own_fen - credited_own_fen", name="balanced"),
        Index("ix_bills_resident_id_id", "resident_id", "id"),
        Index("ix_bills_institution_id_state_id", "institution_id", "state", "id"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    appointment_id: Mapped[OptionalRef] = mapped_column(unique=True)  # the visit that opened it
    department_id: Mapped[OptionalRef]  # where that visit was
    state: Mapped[Word]
    day: Mapped[date] = mapped_column(Date)  # of the visit, in the city: its prices and rules count
    is_chronic: Mapped[bool] = mapped_column(default=False)  # under the chronic-disease benefit
    number: Mapped[str | None] = mapped_column(String(32), unique=True)  # from issuing on
    cancellation_number: Mapped[str | None] = mapped_column(String(32), unique=True)
    total_fen: Mapped[int] = mapped_column(default=0)
    pool_fen: Mapped[int] = mapped_column(default=0)
    supplement_fen: Mapped[int] = mapped_column(default=0)
    own_fen: Mapped[int] = mapped_column(default=0)
    credited_fen: Mapped[int] = mapped_column(default=0)
    credited_own_fen: Mapped[int] = mapped_column(default=0)
    paid_fen: Mapped[int] = mapped_column(default=0)
    rules_id: Mapped[OptionalRef] = mapped_column(ForeignKey("insurance_rules.id"))  # none: nothing is insured
    deductible_used_fen: Mapped[int] = mapped_column(default=0)  # what a cancellation gives back to the year
    pool_used_fen: Mapped[int] = mapped_column(default=0)
    chronic_used_fen: Mapped[int] = mapped_column(default=0)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # why the resident pays what they pay
    created_at: Mapped[At]
    issued_at: Mapped[OptionalAt]
    changed_at: Mapped[At]

    lines: Mapped[list["BillLine"]] = relationship(lazy="selectin", order_by="BillLine.position", viewonly=True)

    @property
    def due_fen(self) -> int:
        """What is still to be paid."""
        return self.own_fen - self.credited_own_fen - self.paid_fen if self.state == "issued" else 0

    @classmethod
    @proof("the visit itself is in hand, and it opens one bill")
    def of_appointment(cls, appointment_id: str) -> Select[tuple["Bill"]]:
        return select(cls).where(cls.appointment_id == appointment_id)

    @classmethod
    @proof("an institution sees the bills that it wrote")
    def of_institution(cls, institution_id: str) -> Select[tuple["Bill"]]:
        return select(cls).where(cls.institution_id == institution_id)

    @classmethod
    @proof("the payment in hand pays this bill")
    def paid_by(cls, bill_id: str) -> Select[tuple["Bill"]]:
        return select(cls).where(cls.id == bill_id)


class BillLine(Personal, Table):
    """One item of a bill, with its price as it was; from issuing on with its split."""

    __tablename__ = "bill_lines"
    __table_args__ = (
        UniqueConstraint("bill_id", "position"),
        CheckConstraint("quantity > 0 AND amount_fen = quantity * unit_price_fen", name="amount"),
        CheckConstraint("amount_fen >= 0 AND pool_fen >= 0 AND supplement_fen >= 0", name="parts"),
        CheckConstraint("pool_fen + supplement_fen <= amount_fen", name="split"),
        CheckConstraint("returned >= 0 AND returned <= quantity", name="returned"),
    )

    id: Mapped[RowId]
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str | None] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[int]
    unit_price_fen: Mapped[int]
    amount_fen: Mapped[int]
    insurance_class: Mapped[str] = mapped_column(String(1))
    pool_fen: Mapped[int] = mapped_column(default=0)
    supplement_fen: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)  # of the quantity, by credit notes

    @property
    def own_fen(self) -> int:
        return self.amount_fen - self.pool_fen - self.supplement_fen

    @classmethod
    @proof("the bill itself is in sight, and these are its lines")
    def of_bill(cls, bill_id: str) -> Select[tuple["BillLine"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.position)

    @classmethod
    @proof("the person is held, and only what was asked for being seen here is looked at")
    def visits_since(
        cls, resident_ids: Sequence[str], institution_id: str, day: date
    ) -> Select[tuple[str, date, str | None]]:
        """What a person was charged for visits and queues at an institution since a day, and did not get back."""
        here = select(cls.code, Bill.day, Bill.department_id).join(Bill, Bill.id == cls.bill_id)
        charged = cls.code.startswith("visit-") | cls.code.startswith("queue-")
        return here.where(
            Bill.resident_id.in_(resident_ids),
            Bill.institution_id == institution_id,
            Bill.day >= day,
            Bill.state != "cancelled",
            cls.returned < cls.quantity,
            charged,
        )


class CreditNote(Personal, Table):
    """What was taken off a bill after it was issued: items that came back, or all that was left of it. Immutable."""

    __tablename__ = "credit_notes"
    __table_args__ = (
        CheckConstraint("total_fen = pool_fen + supplement_fen + own_fen", name="split"),
        CheckConstraint("pool_fen >= 0 AND supplement_fen >= 0 AND own_fen >= 0", name="parts"),
    )

    id: Mapped[RowId]
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    resident_id: Mapped[Ref]
    number: Mapped[str] = mapped_column(String(32), unique=True)
    total_fen: Mapped[int]
    pool_fen: Mapped[int]
    supplement_fen: Mapped[int]
    own_fen: Mapped[int]
    refunded_fen: Mapped[int]  # of what was paid
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # position and quantity of what came back
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[At]
    by_id: Mapped[OptionalRef]

    @classmethod
    @proof("the bill itself is in sight, and these are its credit notes")
    def of_bill(cls, bill_id: str) -> Select[tuple["CreditNote"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.id)


class BillChange(Personal, Table):
    """Who changed a bill to what, when and why. Immutable."""

    __tablename__ = "bill_changes"

    id: Mapped[RowId]
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    resident_id: Mapped[Ref]
    state: Mapped[Word]
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    institution_id: Mapped[OptionalRef]  # where they were at work
    reason: Mapped[str | None] = mapped_column(String(200))

    @classmethod
    @proof("the bill itself is in sight, and this is its history")
    def of_bill(cls, bill_id: str) -> Select[tuple["BillChange"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.at, cls.id)


class LedgerEntry(Personal, Table):
    """One amount from one account to another: what is debited is credited, so the sum is zero by construction. Immutable."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("debit <> credit", name="accounts"),
        Index("ix_ledger_entries_institution_id_day", "institution_id", "day"),
        Index("ix_ledger_entries_day_id", "day", "id"),
    )

    id: Mapped[RowId]
    at: Mapped[At]
    day: Mapped[date] = mapped_column(Date)  # in the city
    debit: Mapped[Word]
    credit: Mapped[Word]
    amount_fen: Mapped[int]
    what: Mapped[Word]  # the event that it belongs to
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    bill_id: Mapped[Ref] = mapped_column(ForeignKey("bills.id"), index=True)
    payment_id: Mapped[OptionalRef]
    refund_id: Mapped[OptionalRef]

    @classmethod
    @proof("the bill itself is in sight, and these are its entries")
    def of_bill(cls, bill_id: str) -> Select[tuple["LedgerEntry"]]:
        return select(cls).where(cls.bill_id == bill_id).order_by(cls.id)

    @classmethod
    @proof("only sums by account leave")
    def sums(cls, institution_id: str, day: date) -> Select[tuple[str, str, int]]:
        """What moved from where to where at an institution on a day."""
        moved = select(cls.debit, cls.credit, func.sum(cls.amount_fen))
        return moved.where(cls.institution_id == institution_id, cls.day == day).group_by(cls.debit, cls.credit)


append_only(LedgerEntry)
append_only(CreditNote)
append_only(BillChange)
