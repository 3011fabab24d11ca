"""`healthcode work`: everything that does not belong to a request."""

import signal
import threading
from collections.abc import Callable

import click
import structlog
from flask import Flask

from healthcode.doors.cli.house import service

log = structlog.get_logger()

PAUSE = 0.5  # seconds between looks when nothing waits
SEAL_EVERY = 60.0  # seconds
REACH_OUT_EVERY = 1.0
KEEP_UP_EVERY = 5.0
TIDY_EVERY = 3600.0


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def work(once: bool) -> None:
    """Hear events, ask the payment channels, end what is over, seal the trail every minute, clean up every hour; until stopped."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    run_until(stop, service(), once=once)


def run_until(stop: threading.Event, app: Flask, *, once: bool = False) -> None:
    """The worker's round. A duty that fails is logged and tried again at its next turn; the others go on."""
    from healthcode.core import clock, outbox, sealing, tidying

    rounds = [
        (tidying.reach_out, REACH_OUT_EVERY),
        (tidying.keep_up, KEEP_UP_EVERY),
        (sealing.seal, SEAL_EVERY),
        (tidying.tidy, TIDY_EVERY),
    ]
    due = dict.fromkeys(rounds, 0.0)
    with app.app_context():
        while not stop.is_set():
            served = _try(outbox.deliver) or 0
            for (duty, every), at in due.items():
                if clock.ticks() >= at:
                    _try(duty)
                    due[duty, every] = clock.ticks() + every
            if once and not served:
                return
            if not served:
                stop.wait(PAUSE)


def _try(duty: Callable[[], object]) -> int | None:
    try:
        done = duty()
    except Exception as error:  # the worker outlives a database that is away
        log.error("duty failed", door=duty.__qualname__, error=type(error).__name__)
        return None
    return done if isinstance(done, int) else None
