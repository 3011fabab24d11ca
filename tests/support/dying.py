"""Processes that do one deed and die by SIGKILL at a point that has a name: before or after whatever lasts.

The points are the commits of writing transactions and the questions to a payment channel, before and after each. They are
not listed by hand: a deed that is done to its end names those that it passed.
"""

import contextlib
import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from healthcode.care.bills.channels.asking import Site
from healthcode.core.db import db

Deed = Callable[[], Any]


@dataclass
class Done:
    """What became of a process: the points that it passed, what the deed returned, whether it was killed."""

    points: list[str] = field(default_factory=list)
    answer: Any = None
    was_killed: bool = False


def in_a_process(deed: Deed, *, dies_at: str | None = None) -> Done:
    """Do it in a process of its own, with connections of its own. What it returns must be writable as JSON.

    Raises AssertionError with the trace of a deed that failed.
    """
    db.session.remove()
    db.engine.dispose()
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ours)
        _do(deed, dies_at, theirs)
    os.close(theirs)
    with os.fdopen(ours) as told:
        lines = [json.loads(line) for line in told]
    _, status = os.waitpid(pid, 0)
    done = Done(was_killed=os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL)
    for line in lines:
        assert "trace" not in line, line["trace"]
        if "point" in line:
            done.points.append(line["point"])
        else:
            done.answer = line["answer"]
    return done


def _do(deed: Deed, dies_at: str | None, told: int) -> None:
    def tell(**line: Any) -> None:
        os.write(told, json.dumps(line).encode() + b"\n")

    seen: dict[str, int] = {}

    def pass_by(what: str) -> None:
        seen[what] = seen.get(what, 0) + 1
        point = f"{what} {seen[what]}"
        tell(point=point)
        if point == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        with _watched(pass_by):
            tell(answer=deed())
    except BaseException:
        tell(trace=traceback.format_exc())
    finally:
        os._exit(0)  # nothing of the tests' own may run on here


@contextlib.contextmanager
def _watched(pass_by: Callable[[str], None]) -> Iterator[None]:
    """For what is left of this process's life."""
    really_ask = Site.ask

    def ask(site: Site, *question: Any, **more: Any) -> Any:
        pass_by("before asking")
        heard = really_ask(site, *question, **more)
        pass_by("after asking")
        return heard

    Site.ask = ask  # type: ignore[method-assign]
    under_way: list[Connection] = []

    def before(connection: Connection) -> None:
        if _writes(connection):
            under_way.append(connection)
            pass_by("before commit")

    def after(_: Session) -> None:
        if under_way:
            under_way.clear()
            pass_by("after commit")

    event.listen(db.engine, "commit", before)
    event.listen(Session, "after_commit", after)
    yield


def _writes(connection: Connection) -> bool:
    options = connection.get_execution_options()
    return options.get("begin") != "BEGIN" and not options.get("postgresql_readonly")
