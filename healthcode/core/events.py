"""Server-sent events: a page is told what changed, and asks for nothing meanwhile.

A stream holds no transaction and no thread while it waits. Each look is a short read of its own; something is sent only
when there is something new, and else, now and then, a comment by which the page knows that the line is alive. A stream ends
by itself after half a minute and the page asks again, as anybody must: so a right that ended ends here too, and a process
that is told to stop is not kept from it for long.
"""

from collections.abc import Iterator
from threading import BoundedSemaphore, Event

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from healthcode.core import clock, wire
from healthcode.core.db import transaction
from healthcode.core.door import Events, Watching
from healthcode.core.problems import Problem, Unavailable

MOST = 8  # streams of one process
LASTS = 30.0  # seconds
HEARTBEAT = 10.0  # seconds of silence at most
PAUSE = 1.0  # seconds between two looks
BUSY = 30  # seconds after which whoever found no seat may try again
MIMETYPE = "text/event-stream"

_seats = BoundedSemaphore(MOST)


class Stream:
    """One open stream, with its seat until it is closed. A server with an event loop calls `tick` and waits `pause` in
    between; one without goes through it as through any body."""

    def __init__(self, app: Flask, reply: Events, watching: Watching) -> None:
        """The first look, inside the transaction that let the watcher in. Raises Unavailable if all seats are taken."""
        if not _seats.acquire(blocking=False):
            raise Unavailable(retry_after=BUSY)
        self._is_open = True
        try:
            self._app, self._reply, self._watching = app, reply, watching
            self._mark = watching.mark()
            self._news = self._told()
        except BaseException:
            self.close()
            raise
        self._ends_at = clock.ticks() + LASTS
        self._spoke_at = clock.ticks()

    @property
    def pause(self) -> float:
        return PAUSE

    def tick(self) -> bytes | None:
        """What is to be sent now, perhaps nothing; None at the end."""
        if not self._is_open or clock.ticks() >= self._ends_at:
            return None
        news, self._news = self._news, b""
        try:
            news = news or self._look()
        except (Problem, SQLAlchemyError):  # revoked, or the database is away: the page asks again and is told
            return None
        if not news and clock.ticks() - self._spoke_at >= HEARTBEAT:
            news = b": still here\n\n"
        if news:
            self._spoke_at = clock.ticks()
        return news

    def _look(self) -> bytes:
        with self._app.app_context(), transaction("read"):
            mark = self._watching.mark()
            if mark == self._mark:
                return b""
            self._mark = mark
            return self._told()

    def _told(self) -> bytes:
        data = wire.write_json(self._reply.schema().dump(self._watching.see()))
        return b"event: %s\ndata: %s\n\n" % (self._reply.name.encode(), data)

    def __iter__(self) -> Iterator[bytes]:
        while (news := self.tick()) is not None:
            if news:
                yield news
            else:
                Event().wait(self.pause)

    def close(self) -> None:
        """Give the seat back. Twice is the same as once."""
        if self._is_open:
            self._is_open = False
            _seats.release()
