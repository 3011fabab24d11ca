"""Standing in line: a number, a call, and what follows. Who is next is decided by the database, in one statement.

The order is priority, then the place in the queue. Whoever was called and not there is set aside; when they are back they
come behind the next two who wait, so that nobody who was there waits much longer for it, and nobody starts anew.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Row, update

from healthcode.care.appointments.models import Appointment
from healthcode.care.appointments.queue.looking import Seen, queue_here, see
from healthcode.care.appointments.queue.models import PRIORITIES, Queue, Ticket, TicketChange
from healthcode.care.appointments.queue.pace import SHORTEST
from healthcode.care.appointments.queue.problems import NobodyWaits
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import changed, insert_if_absent, insert_many, locked, session, unclaimed
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, WrongState

BEHIND = 2  # so many who wait go before somebody who comes back
_BESIDE = timedelta(milliseconds=1)  # room behind a ticket for those who come back: a thousand of them


def enter(caller: Caller, appointment: Appointment) -> int:
    """A ticket for somebody who is here: its number. Called while the appointment is held; the database lets none have two."""
    queue_id, number = _next_number(appointment)
    ticket = Ticket(
        id=ids.new(),
        appointment_id=appointment.id,
        resident_id=appointment.resident_id,
        queue_id=queue_id,
        day=appointment.day,
        number=number,
        rank=PRIORITIES.index("urgent" if appointment.is_urgent else "usual"),
        queued_at=clock.now(),
    )
    session().add(ticket)
    _change(ticket, "queued", "arrived", caller)
    return number


def _next_number(appointment: Appointment) -> tuple[str, int]:
    """The queue and its next number, by the one statement that counts."""
    schedule = appointment.slot.schedule if appointment.slot is not None else None
    if schedule is None:  # a place without minutes is no place to wait for
        raise WrongState(state=appointment.state)
    key = {
        "institution_id": appointment.institution_id,
        "day": appointment.day,
        "place": schedule.room or schedule.title,
    }
    row = key | {
        "id": ids.new(),
        "begins_at": clock.moment(appointment.day, time.fromisoformat(schedule.starts)),
        "pace_seconds": max(schedule.slot_minutes * 60 // schedule.capacity, int(SHORTEST.total_seconds())),
        "last": 0,
        "version": 0,
    }
    insert_if_absent(Queue, row, unique=tuple(key))
    more = update(Queue).filter_by(**key).values(last=Queue.last + 1)
    found: Row[tuple[str, int]] = session().execute(more.returning(Queue.id, Queue.last)).one()
    return found[0], found[1]


def call_next(caller: Caller, *, queue_id: str) -> Seen:
    """Call whoever is first. Two who call at once get two people. Raises NotFound, NobodyWaits."""
    queue_here(caller, queue_id)
    ticket = session().scalars(unclaimed(Ticket.first_of(queue_id))).first()
    if ticket is None:
        raise NobodyWaits()
    return _call(ticket, "called", caller)


def recall(caller: Caller, *, ticket_id: str) -> Seen:
    """Repeat the call. Raises NotFound, WrongState."""
    ticket = _find(caller, ticket_id)
    _must_be(ticket, "in-progress")
    return _call(ticket, "recalled", caller)


def _call(ticket: Ticket, what: str, caller: Caller) -> Seen:
    ticket.called_at = clock.now()
    _change(ticket, what, "in-progress", caller)
    trail.note(resident_id=ticket.resident_id, subject_id=ticket.id)
    announce("ticket.called", **_facts(ticket))
    return see(ticket)


def skip(caller: Caller, *, ticket_id: str) -> Seen:
    """Called, and not there: set aside. Twice is the same as once. Raises NotFound, WrongState."""
    ticket = _find(caller, ticket_id)
    if ticket.state != "onleave":
        _must_be(ticket, "in-progress")
        _change(ticket, "skipped", "onleave", caller)
        announce("ticket.skipped", **_facts(ticket))
    return see(ticket)


def come_back(caller: Caller, *, ticket_id: str) -> Seen:
    """Whoever was set aside waits again, behind the next BEHIND. Raises NotFound, WrongState."""
    ticket = _find(caller, ticket_id)
    _must_be(ticket, "onleave")
    ticket.queued_at = _place_for(ticket)
    _change(ticket, "returned", "arrived", caller)
    announce("ticket.returned", **_facts(ticket))
    return see(ticket)


def _place_for(ticket: Ticket) -> datetime:
    """Behind the next who wait in the same priority, and behind who came back there before; at the end if they are few."""
    waiting = Ticket.first_of(ticket.queue_id, BEHIND).where(Ticket.rank == ticket.rank)
    ahead = session().scalars(waiting).all()
    if len(ahead) < BEHIND:
        return clock.now()
    last = session().scalars(Ticket.last_squeezed_in(ahead[-1], ahead[-1].queued_at + _BESIDE)).one()
    return last + timedelta(microseconds=1)


def rank(caller: Caller, *, ticket_id: str, priority: str, reason: str) -> Seen:
    """Let somebody go before others, or no more. Raises NotFound, WrongState."""
    ticket = _find(caller, ticket_id)
    _must_be(ticket, "arrived", "onleave")
    ticket.rank = PRIORITIES.index(priority)
    _change(ticket, "ranked", ticket.state, caller, reason=reason)
    return see(ticket)


def finish(caller: Caller, appointment_id: str) -> None:
    """The visit is over, and with it the ticket, if there is one. Raises WrongState for who was called and not there."""
    ticket = session().scalars(locked(Ticket.of_appointments([appointment_id]))).first()
    if ticket is not None:
        _must_be(ticket, "arrived", "in-progress")
        _change(ticket, "finished", "finished", caller)


def close(caller: Caller, appointment_ids: Sequence[str], *, reason: str) -> dict[str, bool]:
    """End what is left of these appointments' tickets; says of each whether its person had been called in.

    Queues are left alone: a day that is over has no wall, and two workers would meet in them.
    """
    was_seen: dict[str, bool] = {}
    for ticket in session().scalars(locked(Ticket.of_appointments(appointment_ids).order_by(Ticket.id))).all():
        was_seen[ticket.appointment_id] = ticket.state == "in-progress"
        end = "finished" if was_seen[ticket.appointment_id] else "cancelled"
        _change(ticket, end, end, caller, reason=reason, is_shown=ticket.day == clock.today())
    return was_seen


def left_over(before: date, most: int) -> Sequence[str]:
    """Appointments whose tickets are still open after their day."""
    return session().scalars(Ticket.left_over(before).limit(most)).all()


def waiting_of(resident_ids: Sequence[str]) -> Sequence[str]:
    """Appointments of these records that still wait to be called."""
    return session().scalars(Ticket.open_of(resident_ids)).all()


# One row


def _find(caller: Caller, ticket_id: str) -> Ticket:
    """One of today's tickets of one's own institution, held. Raises NotFound."""
    here = Ticket.at(caller.institution_id).where(Ticket.id == ticket_id, Ticket.day == clock.today())
    ticket = session().scalars(locked(here)).first()
    if ticket is None:
        raise NotFound()
    trail.note(resident_id=ticket.resident_id, subject_id=ticket.id)
    return ticket


def _must_be(ticket: Ticket, *states: str) -> None:
    if ticket.state not in states:
        raise WrongState(state=ticket.state)


def _change(
    ticket: Ticket, what: str, state: str, caller: Caller, *, reason: str | None = None, is_shown: bool = True
) -> None:
    """Write a state, beside it who brought it about, and that there is something new to see. Tickets are always held
    before their queue is."""
    ticket.state = state
    session().flush()  # the change names the row
    insert_many(
        TicketChange,
        [
            {
                "id": ids.new(),
                "ticket_id": ticket.id,
                "queue_id": ticket.queue_id,
                "resident_id": ticket.resident_id,
                "what": what,
                "state": state,
                "priority": ticket.priority,
                "at": clock.now(),
                "by_kind": caller.kind,
                "by_id": caller.id,
                "reason": reason,
            }
        ],
    )
    if is_shown:
        changed(update(Queue).where(Queue.id == ticket.queue_id).values(version=Queue.version + 1))


def _facts(ticket: Ticket) -> dict[str, str]:
    return {"ticket_id": ticket.id, "appointment_id": ticket.appointment_id, "resident_id": ticket.resident_id}
