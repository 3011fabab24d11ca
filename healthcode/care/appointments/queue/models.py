"""Queues, the tickets in them, and everything that was ever done to a ticket."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    and_,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only

# FHIR R4 Encounter.status, as far as it is used.
STATES = ("arrived", "in-progress", "onleave", "finished", "cancelled")
OPEN = ("arrived", "in-progress", "onleave")
PRIORITIES = ("urgent", "usual")  # in the order in which they are called; a ticket keeps the place in this list


class Queue(Table):
    """The queue at one place of an institution on one day."""

    __tablename__ = "queues"
    __table_args__ = (UniqueConstraint("institution_id", "day", "place"),)

    id: Mapped[RowId]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    place: Mapped[str] = mapped_column(String(80))  # a room, or the clinic's title where no room is named
    day: Mapped[date] = mapped_column(Date)  # in the city
    begins_at: Mapped[At]  # the clinic's own hour
    pace_seconds: Mapped[int]  # for one person, as the clinic planned it
    last: Mapped[int] = mapped_column(default=0)  # the last number that was given out
    version: Mapped[int] = mapped_column(default=0)  # counts every change of its tickets, so that a wall need not look


class Ticket(Personal, Table):
    """arrived (waits) → in-progress (called) → finished; in-progress → onleave (was not there) → arrived."""

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("queue_id", "number"),
        Index("ix_tickets_order", "queue_id", "state", "rank", "queued_at", "number"),
        Index("ix_tickets_state_day", "state", "day"),
        Index("ix_tickets_resident_id_day", "resident_id", "day"),
    )

    id: Mapped[RowId]
    appointment_id: Mapped[Ref] = mapped_column(ForeignKey("appointments.id"), unique=True)
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    queue_id: Mapped[Ref] = mapped_column(ForeignKey("queues.id"))
    day: Mapped[date] = mapped_column(Date)
    number: Mapped[int]
    state: Mapped[Word]
    rank: Mapped[int]  # of PRIORITIES
    queued_at: Mapped[At]  # the place in the queue; of who comes back it is no moment anybody saw
    called_at: Mapped[OptionalAt]  # the last call

    queue: Mapped[Queue] = relationship(lazy="joined", innerjoin=True)

    @property
    def priority(self) -> str:
        return PRIORITIES[self.rank]

    @classmethod
    def waits(cls, queue_id: str) -> ColumnElement[bool]:
        return (cls.queue_id == queue_id) & (cls.state == "arrived")

    @classmethod
    def is_before(cls, other: "Ticket") -> ColumnElement[bool]:
        """Spelled out, for a comparison of rows finds no index on every database."""
        earlier = or_(
            cls.queued_at < other.queued_at, and_(cls.queued_at == other.queued_at, cls.number < other.number)
        )
        return or_(cls.rank < other.rank, and_(cls.rank == other.rank, earlier))

    @classmethod
    @proof("one's own institution's queue: its staff call who stands in it, and see masked names")
    def at(cls, institution_id: str | None) -> Select[tuple["Ticket"]]:
        return select(cls).join(Queue, Queue.id == cls.queue_id).where(Queue.institution_id == institution_id)

    @classmethod
    @proof("whoever is first is called by their own institution, and one statement says who that is")
    def first_of(cls, queue_id: str, many: int = 1) -> Select[tuple["Ticket"]]:
        order = (cls.rank, cls.queued_at, cls.number)
        return select(cls).where(cls.waits(queue_id)).order_by(*order).limit(many)

    @classmethod
    @proof("only how many leaves")
    def how_many_before(cls, ticket: "Ticket") -> Select[tuple[int]]:
        return select(func.count()).select_from(cls).where(cls.waits(ticket.queue_id), cls.is_before(ticket))

    @classmethod
    @proof("only how many wait in each queue leaves")
    def how_many_wait(cls, queue_ids: Sequence[str]) -> Select[tuple[str, int]]:
        waiting = (cls.queue_id.in_(queue_ids)) & (cls.state == "arrived")
        return select(cls.queue_id, func.count()).where(waiting).group_by(cls.queue_id)

    @classmethod
    @proof("the wall and the desk of the institution that called them")
    def called_in(cls, queue_ids: Sequence[str]) -> Select[tuple["Ticket"]]:
        """Who was called and is not through yet, the last call first."""
        called = (cls.queue_id.in_(queue_ids)) & (cls.state == "in-progress")
        return select(cls).where(called).order_by(cls.called_at.desc(), cls.id.desc()).limit(500)

    @classmethod
    @proof("only a place among those who wait leaves")
    def last_squeezed_in(cls, behind: "Ticket", until: datetime) -> Select[tuple[datetime]]:
        """The last place between this one's and a moment soon after, where only those stand who came back."""
        between = (cls.rank == behind.rank) & (cls.queued_at >= behind.queued_at) & (cls.queued_at < until)
        last = select(cls.queued_at).where(cls.waits(behind.queue_id), between)
        return last.order_by(cls.queued_at.desc()).limit(1)

    @classmethod
    @proof("the appointment is held by whoever may see it")
    def of_appointments(cls, appointment_ids: Sequence[str]) -> Select[tuple["Ticket"]]:
        return select(cls).where(cls.appointment_id.in_(appointment_ids), cls.state.in_(OPEN))

    @classmethod
    @proof("the service itself closes the day; their own doors tell them")
    def left_over(cls, before: date) -> Select[tuple[str]]:
        """Appointments whose tickets nobody ended on their day."""
        return select(cls.appointment_id).where(cls.state.in_(OPEN), cls.day < before)

    @classmethod
    @proof("whoever died waits no more")
    def open_of(cls, resident_ids: Sequence[str]) -> Select[tuple[str]]:
        return select(cls.appointment_id).where(
            cls.resident_id.in_(resident_ids), cls.state.in_(("arrived", "onleave"))
        )


class TicketChange(Personal, Table):
    """Who did what to a ticket, when and why. Immutable; the calls among them are the day's pace."""

    __tablename__ = "ticket_changes"
    __table_args__ = (Index("ix_ticket_changes_queue_id_what_at", "queue_id", "what", "at"),)

    id: Mapped[RowId]
    ticket_id: Mapped[Ref] = mapped_column(ForeignKey("tickets.id"), index=True)
    queue_id: Mapped[Ref]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    what: Mapped[Word]  # queued | called | recalled | skipped | returned | ranked | finished | cancelled
    state: Mapped[Word]  # afterwards
    priority: Mapped[Word]
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    reason: Mapped[str | None] = mapped_column(String(200))

    @classmethod
    @proof("only the moments of a queue's calls leave")
    def calls(cls, queue_id: str, many: int) -> Select[tuple[datetime]]:
        """The last ones, newest first."""
        called = (cls.queue_id == queue_id) & (cls.what == "called")
        return select(cls.at).where(called).order_by(cls.at.desc()).limit(many)


append_only(TicketChange)
