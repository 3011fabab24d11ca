"""What happened, waiting to be heard.

`announce` adds a row beside the fact, in the same transaction: an event exists exactly if its fact does. `deliver`
hands it to every listener in a transaction of the listener's own, so an effect in our own database happens once;
an effect outside happens at least once, with the event's id as its key. Nothing is ever dropped: what fails waits,
with its tries and its last error, and operators see it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import clock, ids, trail
from healthcode.core.db import At, OptionalAt, Ref, RowId, Table, Word, insert_many, session, transaction, unclaimed

log = structlog.get_logger()

Listener = Callable[["Happening"], None]
_listeners: dict[str, dict[str, Listener]] = defaultdict(dict)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
FAILING_AFTER = 3  # tries, some half a minute; from then on what is heard outside had better not be promised
STUCK_AFTER = 8  # tries; from then on operators are shown it, and it is still tried every LONGEST_WAIT


@dataclass(frozen=True)
class Happening:
    """One event, as a listener gets it. `facts` are ids and codes."""

    id: str
    name: str
    at: datetime
    facts: dict[str, Any]


class Event(Table):
    """A fact that happened. `is_spread` once every listener has its own delivery row."""

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_is_spread_id", "is_spread", "id"),)

    id: Mapped[RowId]
    name: Mapped[Word]
    at: Mapped[At]
    facts: Mapped[dict[str, Any]]
    is_spread: Mapped[bool] = mapped_column(default=False)


class Delivery(Table):
    """One event for one listener."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "listener"),
        Index("ix_deliveries_state_next_try_at", "state", "next_try_at"),
    )

    id: Mapped[RowId]
    event_id: Mapped[Ref] = mapped_column(ForeignKey("events.id"))
    listener: Mapped[str] = mapped_column(String(120))
    state: Mapped[Word] = mapped_column(default="waiting")  # waiting | heard
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[At]
    heard_at: Mapped[OptionalAt]
    last_error: Mapped[str | None] = mapped_column(String(120))  # the exception's class: its text may be personal


def announce(name: str, **facts: Any) -> str:
    """Say that something happened, in this transaction. Past tense, dotted; facts are ids and codes. Returns the id."""
    event_id = ids.new()
    insert_many(Event, [{"id": event_id, "name": name, "at": clock.now(), "facts": facts, "is_spread": False}])
    return event_id


def hears(name: str) -> Callable[[Listener], Listener]:
    """Register a listener for events called `name`. It is known by its module and name: renaming it is a migration."""

    def register(listener: Listener) -> Listener:
        _listeners[name][f"{listener.__module__}.{listener.__qualname__}"] = listener
        return listener

    return register


def heard_names() -> set[str]:
    """Every event name that somebody listens to."""
    return set(_listeners)


def deliver(*, most: int = 200) -> int:
    """Spread new events and hand out what is due; returns how many listeners were served. For the worker."""
    _spread(most)
    served = 0
    while served < most and _serve_one():
        served += 1
    return served


def _spread(most: int) -> None:
    with transaction() as current:
        events = current.scalars(
            unclaimed(select(Event).where(Event.is_spread.is_(False)).order_by(Event.id).limit(most))
        ).all()
        moment = clock.now()
        insert_many(
            Delivery,
            [
                {
                    "id": ids.new(),
                    "event_id": event.id,
                    "listener": name,
                    "next_try_at": moment,
                    "state": "waiting",
                    "tries": 0,
                }
                for event in events
                for name in _listeners.get(event.name, ())
            ],
        )
        if events:
            current.execute(update(Event).where(Event.id.in_([event.id for event in events])).values(is_spread=True))


def _serve_one() -> bool:
    claimed: tuple[str, int, str] | None = None
    try:
        with transaction() as current:
            delivery = current.scalars(
                unclaimed(
                    select(Delivery)
                    .where(Delivery.state == "waiting", Delivery.next_try_at <= clock.now())
                    .order_by(Delivery.next_try_at, Delivery.id)
                    .limit(1)
                )
            ).first()
            if delivery is None:
                return False
            claimed = (delivery.id, delivery.tries, delivery.listener)
            event = current.get_one(Event, delivery.event_id)
            trail.forget_notes()
            _listeners[event.name][delivery.listener](Happening(event.id, event.name, event.at, event.facts))
            delivery.state, delivery.heard_at, delivery.tries = "heard", clock.now(), delivery.tries + 1
    except Exception as error:  # a listener may fail in any way; the event must outlive it
        if claimed is None:
            raise
        _put_off(*claimed, error)
    return True


def _put_off(delivery_id: str, tries: int, listener: str, error: Exception) -> None:
    log.warning("listener failed", listener=listener, tries=tries + 1, error=type(error).__name__)
    wait = min(FIRST_WAIT * 2 ** min(tries, 10), LONGEST_WAIT)  # it is tried for ever; 2**tries would outgrow a moment
    with transaction() as current:
        current.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state == "waiting")
            .values(tries=tries + 1, next_try_at=clock.now() + wait, last_error=type(error).__name__)
        )


def failing(name: str, *, since: datetime, most: int = 100) -> list[Happening]:
    """Events of this name, announced since a moment, that were tried several times and still wait; the newest first.
    Inside a transaction."""
    found = select(Event).join(Delivery, Event.id == Delivery.event_id)
    found = found.where(
        Delivery.state == "waiting", Delivery.tries >= FAILING_AFTER, Event.name == name, Event.at > since
    )
    rows = session().scalars(found.order_by(Event.at.desc()).limit(most))
    return [Happening(event.id, event.name, event.at, event.facts) for event in rows]


def waiting() -> dict[str, int]:
    """How much waits and how much is stuck, for `doctor` and metrics. Inside a transaction."""
    current = session()
    unspread = current.scalar(select(func.count()).select_from(Event).where(Event.is_spread.is_(False))) or 0
    queued = current.scalar(select(func.count()).select_from(Delivery).where(Delivery.state == "waiting")) or 0
    stuck = (
        current.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.state == "waiting", Delivery.tries >= STUCK_AFTER)
        )
        or 0
    )
    return {"unspread": unspread, "waiting": queued, "stuck": stuck}
