"""Referrals, and everything that was ever done to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, LargeBinary, Select, case, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalRef, Ref, RowId, Table, Word, append_only
from healthcode.trust.grounds import service as grounds

STATES = ("requested", "accepted", "booked", "completed", "rejected", "cancelled", "unattended")
OPEN = ("requested", "accepted", "booked", "unattended")
DIRECTIONS = ("up", "down", "across")
# FHIR R4 RequestPriority, the most urgent first, and how long the receiver may take to decide.
TIME_TO_DECIDE = {
    "stat": timedelta(hours=2),
    "asap": timedelta(hours=24),
    "urgent": timedelta(hours=72),
    "routine": timedelta(days=14),
}
URGENCIES = tuple(TIME_TO_DECIDE)


class Referral(Personal, Table):
    """One resident sent from one institution to another. Its texts are sealed under the resident's key."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_to_institution_id_state", "to_institution_id", "state"),
        Index("ix_referrals_from_institution_id_state", "from_institution_id", "state"),
        Index("ix_referrals_resident_id_state", "resident_id", "state"),
        Index("ix_referrals_state_due_at", "state", "due_at"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    from_institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    to_institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    department_id: Mapped[OptionalRef] = mapped_column(ForeignKey("departments.id"))
    referred_by: Mapped[Ref] = mapped_column(ForeignKey("staff.id"))
    direction: Mapped[Word]  # as the two institutions stood to each other then
    urgency: Mapped[Word]
    state: Mapped[Word]
    is_virtual: Mapped[bool]
    reason_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    summary_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    decided_reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # of a rejection or cancellation
    answers_id: Mapped[OptionalRef] = mapped_column(ForeignKey("referrals.id"), index=True)  # the one it sends back
    appointment_id: Mapped[OptionalRef] = mapped_column(ForeignKey("appointments.id"), index=True)
    due_at: Mapped[At]  # from then on, what nobody decided is unattended
    created_at: Mapped[At]
    changed_at: Mapped[At]

    appointment: Mapped[Any] = relationship("Appointment", lazy="joined")

    @classmethod
    def by_urgency(cls) -> ColumnElement[int]:
        """0 for what cannot wait at all."""
        return case({urgency: place for place, urgency in enumerate(URGENCIES)}, value=cls.urgency)

    @classmethod
    @proof("a side sees a referral while a ground that came of this very referral is in force")
    def of_side(cls, institution_id: str, scope: str) -> Select[tuple["Referral"]]:
        return select(cls).where(cls.id.in_(grounds.sources_opened_to("institution", institution_id, [scope])))

    @classmethod
    @proof("the resident's row is held, and the rules over all their referrals are asked")
    def open_of(cls, resident_ids: Sequence[str]) -> Select[tuple["Referral"]]:
        return select(cls).where(cls.resident_id.in_(resident_ids), cls.state.in_(OPEN)).order_by(cls.id)

    @classmethod
    @proof("the service itself follows what happened to the appointment")
    def booked_as(cls, appointment_id: str) -> Select[tuple["Referral"]]:
        return select(cls).where(cls.appointment_id == appointment_id, cls.state == "booked")

    @classmethod
    @proof("the service itself marks what nobody decided")
    def undecided(cls, at: datetime) -> Select[tuple["Referral"]]:
        return select(cls).where(cls.state == "requested", cls.due_at <= at).order_by(cls.due_at, cls.id)

    @classmethod
    @proof("only how many there are leaves")
    def count_made(cls, side: ColumnElement[bool], since: datetime, until: datetime) -> Select[tuple[str, int]]:
        """How many were made in a period, by direction."""
        made = side & (cls.created_at >= since) & (cls.created_at < until)
        return select(cls.direction, func.count()).where(made).group_by(cls.direction)


class ReferralChange(Personal, Table):
    """Who changed a referral to what, when and why. Immutable."""

    __tablename__ = "referral_changes"
    __table_args__ = (Index("ix_referral_changes_state_at", "state", "at"),)

    id: Mapped[RowId]
    referral_id: Mapped[Ref] = mapped_column(ForeignKey("referrals.id"), index=True)
    resident_id: Mapped[
        Ref
    ]  # no foreign key: it would wait for whoever holds the person, and hold the referral meanwhile
    state: Mapped[Word]
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    institution_id: Mapped[OptionalRef]  # where they were at work
    appointment_id: Mapped[OptionalRef]
    reason_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)

    @classmethod
    @proof("the referral itself is in sight, and these are its history")
    def of_referral(cls, referral_id: str) -> Select[tuple["ReferralChange"]]:
        return select(cls).where(cls.referral_id == referral_id).order_by(cls.at, cls.id)

    @classmethod
    @proof("only how many there are leaves")
    def count_received(cls, institution_id: str, since: datetime, until: datetime) -> Select[tuple[str, int]]:
        """How many of those sent to an institution came to each state in a period; each referral once."""
        received = (Referral.to_institution_id == institution_id) & (cls.at >= since) & (cls.at < until)
        counted = select(cls.state, func.count(cls.referral_id.distinct()))
        return counted.join(Referral, Referral.id == cls.referral_id).where(received).group_by(cls.state)


append_only(ReferralChange)
