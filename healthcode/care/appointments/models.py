"""Schedules, slots, and appointments with everything that was ever done to them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.core import clock
from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only

ON_SITE = ("clinic", "expert", "team")  # team: visitors from elsewhere, on a roster at a station
KINDS = (*ON_SITE, "virtual", "home-visit")
# FHIR R4 Appointment.status, as far as it is used.
STATES = ("proposed", "booked", "waitlist", "arrived", "fulfilled", "cancelled", "noshow")
HAS_A_PLACE = ("proposed", "booked", "arrived")
OPEN = ("proposed", "booked", "waitlist")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Schedule(Table):
    """A clinic that comes back every week: on one weekday, from a time to a time, in slots of equal length."""

    __tablename__ = "schedules"
    __table_args__ = (Index("ix_schedules_institution_id_weekday", "institution_id", "weekday"),)

    id: Mapped[RowId]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    department_id: Mapped[OptionalRef] = mapped_column(ForeignKey("departments.id"), index=True)
    staff_id: Mapped[OptionalRef] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[Word]
    title: Mapped[str] = mapped_column(String(80))
    room: Mapped[str | None] = mapped_column(String(40))
    weekday: Mapped[Word]
    starts: Mapped[str] = mapped_column(String(5))  # 08:00, city time
    ends: Mapped[str] = mapped_column(String(5))
    slot_minutes: Mapped[int]
    capacity: Mapped[int]  # of one slot
    released_days_ahead: Mapped[int]
    released_at: Mapped[str] = mapped_column(String(5))  # 07:00 of that day
    has_draw: Mapped[bool] = mapped_column(default=False)  # who asks in the first minutes takes part in a draw
    kept_for_referrals: Mapped[int] = mapped_column(default=0)  # places of one day, spread over its slots
    kept_until_hours: Mapped[int] = mapped_column(default=0)  # before a slot begins; then they are everybody's
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    made_until_on: Mapped[date | None] = mapped_column(Date)  # slots are there up to and with this day
    more_due_on: Mapped[date | None] = mapped_column(
        Date, index=True
    )  # then further ones are made; none: there are all
    created_at: Mapped[At]


class Slot(Table):
    """Some minutes of one day's clinic. `taken` counts its places; the database keeps it within what there are."""

    __tablename__ = "slots"
    __table_args__ = (
        UniqueConstraint("schedule_id", "starts_at"),
        CheckConstraint("taken >= 0 AND taken <= capacity + overbooked", name="capacity"),
        CheckConstraint("kept >= 0", name="kept"),
        Index("ix_slots_institution_id_id", "institution_id", "id"),
    )

    id: Mapped[RowId]  # in the order of `starts_at`, which it is made of
    schedule_id: Mapped[Ref] = mapped_column(ForeignKey("schedules.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    day: Mapped[date] = mapped_column(Date)  # in the city
    starts_at: Mapped[At]
    ends_at: Mapped[At]
    opens_at: Mapped[At]  # from then on it can be booked
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    overbooked: Mapped[int] = mapped_column(default=0)  # of those taken, how many staff added, each with its reason
    draws_at: Mapped[OptionalAt] = mapped_column(index=True)  # until its draw was held, nobody books
    kept: Mapped[int] = mapped_column(default=0)  # places that only a referral may take
    kept_until: Mapped[OptionalAt] = mapped_column(index=True)  # then they come back, as a place that was given back
    status: Mapped[Word] = mapped_column(default="free")  # FHIR SlotStatus: free | busy-unavailable (the clinic is off)

    schedule: Mapped[Schedule] = relationship(lazy="joined", innerjoin=True)

    @classmethod
    def is_bookable(cls, at: datetime) -> ColumnElement[bool]:
        """Released, drawn if there was a draw, and its clinic has not begun."""
        return (cls.status == "free") & (cls.opens_at <= at) & (cls.starts_at > at) & cls.draws_at.is_(None)

    @classmethod
    def has_place(cls) -> ColumnElement[bool]:
        """For everybody: beside what staff added, and what is kept for referrals."""
        return cls.taken - cls.overbooked + cls.kept < cls.capacity

    @classmethod
    def has_place_for_referral(cls, at: datetime) -> ColumnElement[bool]:
        """A kept place also before the hour of release and beside the draw; any other place as everybody takes it."""
        is_there = (cls.status == "free") & (cls.starts_at > at) & (cls.taken - cls.overbooked < cls.capacity)
        return is_there & ((cls.kept > 0) | cls.is_bookable(at))

    @property
    def free(self) -> int:
        """Places that anybody may take."""
        return max(self.capacity - (self.taken - self.overbooked) - self.kept, 0)

    @property
    def looks_free(self) -> bool:
        """As it was read. Whether it is decides the statement that takes the place."""
        is_open = self.status == "free" and self.draws_at is None and self.opens_at <= clock.now() < self.starts_at
        return is_open and self.free > 0


class Appointment(Personal, Table):
    """One resident's place, or the wish for one.

    proposed (held for some minutes) → booked → arrived → fulfilled | cancelled; booked → cancelled | noshow;
    waitlist → booked | cancelled.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_resident_id_state", "resident_id", "state"),
        Index("ix_appointments_slot_id_state", "slot_id", "state"),
        Index("ix_appointments_schedule_id_day_state", "schedule_id", "day", "state"),
        Index("ix_appointments_device_device_at", "device", "device_at"),
        Index("ix_appointments_state_day", "state", "day"),
        Index("ix_appointments_institution_id_day", "institution_id", "day"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    schedule_id: Mapped[Ref] = mapped_column(ForeignKey("schedules.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    day: Mapped[date] = mapped_column(Date)  # of the clinic, in the city
    slot_id: Mapped[OptionalRef] = mapped_column(
        ForeignKey("slots.id")
    )  # none while waiting; the offered one while offered
    state: Mapped[Word]
    held_until: Mapped[OptionalAt]  # of what is proposed, and of what is offered to who waits
    frees_at: Mapped[OptionalAt] = mapped_column(
        index=True
    )  # when that place is really let go: nobody can stand ready for the minute
    is_overbooked: Mapped[bool] = mapped_column(default=False)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[Word]  # resident | proxy | staff
    created_at: Mapped[At]
    changed_at: Mapped[At]
    ticket: Mapped[int | None]  # its number in the queue, from check-in on
    lot: Mapped[int | None]  # whoever took part in a draw waits in the order of the lots
    device: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # on which a resident asked for this time
    device_at: Mapped[OptionalAt]
    booked_from_id: Mapped[OptionalRef]  # the institution whose staff booked it

    slot: Mapped[Slot | None] = relationship(lazy="joined")
    appeal: Mapped["Appeal | None"] = relationship(lazy="joined", viewonly=True)

    @property
    def is_on_site(self) -> bool:
        """Somebody comes to it, and checks in; on the line and at home nobody does."""
        return self.slot is not None and self.slot.schedule.kind in ON_SITE

    @property
    def is_offered(self) -> bool:
        return self.state == "waitlist" and self.slot_id is not None

    @classmethod
    @proof("the resident's row is held, and the rules over all their places are asked")
    def open_of(cls, resident_ids: Sequence[str]) -> Select[tuple["Appointment"]]:
        """Of today and later: what is over no longer counts, whether or not the worker has been here."""
        ahead = cls.state.in_((*OPEN, "arrived")) & (cls.day >= clock.today())
        return select(cls).where(cls.resident_id.in_(resident_ids), ahead).order_by(cls.id)

    @classmethod
    @proof("only the days leave on which nobody came")
    def days_missed(cls, resident_ids: Sequence[str], since: date) -> Select[tuple[date]]:
        """Newest first."""
        excused = select(Appeal.appointment_id).where(Appeal.is_excused.is_(True))
        missed = (cls.state == "noshow") & (cls.day >= since) & cls.id.not_in(excused)
        return select(cls.day).where(cls.resident_id.in_(resident_ids), missed).order_by(cls.day.desc()).limit(50)

    @classmethod
    @proof("the service itself ends what is over")
    def overdue(cls, at: datetime, slot_id: str | None = None) -> Select[tuple["Appointment"]]:
        """Held or offered places whose time is over."""
        over = select(cls).where(cls.state.in_(("proposed", "waitlist")), cls.frees_at <= at).order_by(cls.frees_at)
        return over.where(cls.slot_id == slot_id) if slot_id is not None else over

    @classmethod
    @proof("the service itself offers a place to whoever waits longest")
    def next_waiting(cls, schedule_id: str, day: date) -> Select[tuple["Appointment"]]:
        return (
            select(cls)
            .where(cls.schedule_id == schedule_id, cls.day == day, cls.state == "waitlist", cls.slot_id.is_(None))
            .order_by(cls.is_urgent.desc(), cls.lot.is_(None), cls.lot, cls.created_at, cls.id)
            .limit(1)
        )

    @classmethod
    @proof("the service itself draws lots among all who asked in time")
    def in_draw(cls, schedule_id: str, day: date, until: datetime) -> Select[tuple["Appointment"]]:
        waits = (cls.state == "waitlist") & cls.slot_id.is_(None) & (cls.created_at < until)
        return select(cls).where(cls.schedule_id == schedule_id, cls.day == day, waits).order_by(cls.id)

    @classmethod
    @proof("only how many different people asked on one device leaves")
    def people_on(cls, device: bytes, since: datetime, but: Sequence[str]) -> Select[tuple[int]]:
        asked = (cls.device == device) & (cls.device_at >= since) & cls.resident_id.not_in(but)
        experts = select(func.count(cls.resident_id.distinct())).join(Schedule, Schedule.id == cls.schedule_id)
        return experts.where(asked, Schedule.kind == "expert")

    @classmethod
    @proof("only how often a place was given up leaves")
    def given_up(cls, resident_ids: Sequence[str], schedule_id: str, day: date) -> Select[tuple[int]]:
        gone = (cls.state == "cancelled") & cls.slot_id.is_not(None) & cls.made_by.in_(("resident", "proxy"))
        theirs = cls.resident_id.in_(resident_ids) & (cls.schedule_id == schedule_id) & (cls.day == day)
        return select(func.count()).select_from(cls).where(theirs, gone)

    @classmethod
    @proof("a clinic that does not take place lets everybody go; their own doors tell them")
    def of_day(cls, schedule_id: str, day: date) -> Select[tuple["Appointment"]]:
        ahead = cls.state.in_(("proposed", "booked", "waitlist"))
        return select(cls).where(cls.schedule_id == schedule_id, cls.day == day, ahead).order_by(cls.created_at, cls.id)

    @classmethod
    @proof("the service itself closes the day: who did not come did not come")
    def not_come(cls, before: date) -> Select[tuple["Appointment"]]:
        """Nobody checks in on the line or at home: of those the clinic says so."""
        on_site = select(Schedule.id).where(Schedule.kind.in_(ON_SITE))
        return select(cls).where(cls.state == "booked", cls.day < before, cls.schedule_id.in_(on_site))

    @classmethod
    @proof("the service itself ends what nobody waits for any more")
    def waited_in_vain(cls, before: date) -> Select[tuple["Appointment"]]:
        return select(cls).where(cls.state == "waitlist", cls.slot_id.is_(None), cls.day < before)


class AppointmentChange(Personal, Table):
    """Who changed an appointment to what, when and why. Immutable."""

    __tablename__ = "appointment_changes"

    id: Mapped[RowId]
    appointment_id: Mapped[Ref] = mapped_column(ForeignKey("appointments.id"), index=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[Word]
    slot_id: Mapped[OptionalRef]
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    reason: Mapped[str | None] = mapped_column(String(200))


class Appeal(Personal, Table):
    """Somebody says why they did not come. Excused, the absence no longer counts."""

    __tablename__ = "appeals"
    __table_args__ = (Index("ix_appeals_institution_id_is_excused", "institution_id", "is_excused"),)

    id: Mapped[RowId]
    appointment_id: Mapped[Ref] = mapped_column(ForeignKey("appointments.id"), unique=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    text: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[At]
    is_excused: Mapped[bool | None]  # none until it is decided
    decided_at: Mapped[OptionalAt]
    decided_by: Mapped[OptionalRef]
    decided_reason: Mapped[str | None] = mapped_column(String(200))


class ReturnedPlace(Table):
    """A place that was given back, and the minute at which it is free again."""

    __tablename__ = "returned_places"

    id: Mapped[RowId]
    slot_id: Mapped[Ref] = mapped_column(ForeignKey("slots.id"), index=True)
    free_at: Mapped[At] = mapped_column(index=True)


append_only(AppointmentChange)
