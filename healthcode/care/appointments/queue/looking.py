"""What can be seen of a queue: by the desk, by the person who waits, by the wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from healthcode.care.appointments.queue.models import OPEN, Queue, Ticket
from healthcode.care.appointments.queue.pace import Pace, pace_of
from healthcode.core import clock, trail
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import session
from healthcode.core.problems import NotAllowed, NotFound
from healthcode.registry.residents import service as residents

AT_MOST = 1000  # tickets that one list shows


@dataclass(frozen=True)
class Seen:
    """A ticket with what can be said of it now."""

    ticket: Ticket
    ahead: int | None = None  # how many wait before it, if it waits
    expected_at: datetime | None = None
    display_name: str | None = None


@dataclass(frozen=True)
class Line:
    """A queue with how many wait in it and which numbers were called."""

    queue: Queue
    waiting: int
    current: Sequence[int]  # the last call first


def queue_here(caller: Caller, queue_id: str) -> Queue:
    """Today's queue of one's own institution. Raises NotFound."""
    here = select(Queue).where(
        Queue.id == queue_id, Queue.institution_id == caller.institution_id, Queue.day == clock.today()
    )
    queue = session().scalars(here).first()
    if queue is None:
        raise NotFound()
    return queue


def lines_of(caller: Caller, *, institution_id: str) -> Sequence[Line]:
    """Today's queues of one's own institution, without a word about anybody. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    return today_at(institution_id)


def today_at(institution_id: str) -> Sequence[Line]:
    """For the desk and the wall alike."""
    here = select(Queue).where(Queue.institution_id == institution_id, Queue.day == clock.today())
    queues = session().scalars(here.order_by(Queue.place)).all()
    waiting = dict(session().execute(Ticket.how_many_wait([one.id for one in queues])).tuples().all())
    current: dict[str, list[int]] = {one.id: [] for one in queues}
    for ticket in session().scalars(Ticket.called_in(list(current))):
        current[ticket.queue_id].append(ticket.number)
    return [Line(one, waiting.get(one.id, 0), current[one.id]) for one in queues]


def tickets_of(caller: Caller, *, queue_id: str) -> Sequence[Seen]:
    """Who was called, who waits in which order, and who was set aside. Raises NotFound."""
    queue_here(caller, queue_id)
    found = Ticket.at(caller.institution_id).where(Ticket.queue_id == queue_id, Ticket.state.in_(OPEN))
    rows = session().scalars(found.order_by(Ticket.rank, Ticket.queued_at, Ticket.number).limit(AT_MOST)).all()
    names = _names(rows)
    pace = pace_of(rows[0].queue) if rows else None
    waiting = [row for row in rows if row.state == "arrived"]
    places = {row.id: place for place, row in enumerate(waiting)}
    for row in rows:
        trail.note(resident_id=row.resident_id, purpose="queue")
    seen = [_seen(row, places.get(row.id), pace, names.get(row.resident_id, "")) for row in rows]
    order = ("in-progress", "arrived", "onleave")
    return sorted(seen, key=lambda one: order.index(one.ticket.state))


def tickets_of_resident(caller: Caller, *, resident_id: str) -> Sequence[Seen]:
    """A resident's own tickets of today, with how many are before them."""
    trail.note(resident_id=resident_id)
    mine = Ticket.visible_to(caller).where(
        Ticket.resident_id.in_(residents.ids_of_person(resident_id)), Ticket.day == clock.today()
    )
    rows = session().scalars(mine.order_by(Ticket.id).limit(50)).all()
    return [_seen(row, _ahead(row), pace_of(row.queue) if row.state == "arrived" else None) for row in rows]


def see(ticket: Ticket) -> Seen:
    """A ticket as its institution's staff see it."""
    pace = pace_of(ticket.queue) if ticket.state == "arrived" else None
    return _seen(ticket, _ahead(ticket), pace, _names([ticket]).get(ticket.resident_id, ""))


def _seen(ticket: Ticket, ahead: int | None, pace: Pace | None, name: str | None = None) -> Seen:
    expected = pace.reaches(ahead) if pace is not None and ahead is not None else None
    return Seen(ticket, ahead, expected, name)


def _ahead(ticket: Ticket) -> int | None:
    if ticket.state != "arrived":
        return None
    return session().scalar(Ticket.how_many_before(ticket)) or 0


def _names(tickets: Sequence[Ticket]) -> dict[str, str]:
    return residents.display_names(by_itself("queue"), [one.resident_id for one in tickets])
