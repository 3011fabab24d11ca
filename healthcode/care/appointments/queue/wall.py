"""The wall: what everybody in a waiting room may read. Numbers, places, and names of which most is hidden.

It shows who was called, for a call is what a wall is for, and of those who wait only their numbers. Nothing of this is put
on a resident's trail when it is shown: the call itself is there, by whom and when, and says that the wall showed it. A row
for every look of every wall would be tens of thousands a day that tell nobody anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from healthcode.care.appointments.queue import looking
from healthcode.care.appointments.queue.models import Queue, Ticket
from healthcode.core import clock
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import session
from healthcode.core.door import Watching
from healthcode.core.problems import NotSignedIn
from healthcode.registry.devices import service as devices
from healthcode.registry.residents import service as residents

CALLED_SHOWN = 3  # of one place, the last call first
NEXT_SHOWN = 5


@dataclass(frozen=True)
class Called:
    """One person who was called, as a waiting room may know them."""

    number: int
    display_name: str
    called_at: datetime


@dataclass(frozen=True)
class Board:
    """One place of the wall."""

    queue_id: str
    place: str
    waiting: int
    called: Sequence[Called]
    next: Sequence[int]


@dataclass(frozen=True)
class Wall:
    """The wall of an institution at a moment."""

    at: datetime
    places: Sequence[Board]


def wall(caller: Caller) -> Wall:
    """Today's wall of the institution where this display hangs."""
    lines = looking.today_at(str(caller.institution_id))
    called: dict[str, list[Ticket]] = {line.queue.id: [] for line in lines}
    for ticket in session().scalars(Ticket.called_in(list(called))):
        if len(called[ticket.queue_id]) < CALLED_SHOWN:
            called[ticket.queue_id].append(ticket)
    shown = [ticket.resident_id for tickets in called.values() for ticket in tickets]
    names = residents.display_names(by_itself("wall"), shown)
    return Wall(clock.now(), [_board(line, called[line.queue.id], names) for line in lines])


def _board(line: looking.Line, called: Sequence[Ticket], names: dict[str, str]) -> Board:
    following = session().scalars(Ticket.first_of(line.queue.id, NEXT_SHOWN)) if line.waiting else ()
    return Board(
        line.queue.id,
        line.queue.place,
        line.waiting,
        [Called(one.number, names.get(one.resident_id, ""), one.called_at or clock.now()) for one in called],
        [one.number for one in following],
    )


def watch(caller: Caller) -> Watching:
    """The same wall for as long as somebody looks: it is read anew only when one of its queues has changed."""
    return Watching(mark=lambda: _mark(caller), see=lambda: wall(caller))


def _mark(caller: Caller) -> Any:
    """Raises NotSignedIn for a display that was revoked meanwhile."""
    if devices.enrolled(str(caller.id)) is None:
        raise NotSignedIn()
    today = clock.today()
    here = select(Queue.id, Queue.version).where(Queue.institution_id == caller.institution_id, Queue.day == today)
    return today, [tuple(row) for row in session().execute(here.order_by(Queue.id))]
