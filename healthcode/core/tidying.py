"""What the worker does on its rounds: what may be forgotten is forgotten, what comes to its end by the clock is ended.

Each room registers its own duties.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from healthcode.core import clock, once
from healthcode.core.db import transaction

Duty = Callable[[datetime], int]
_forgetting: list[Duty] = []
_keeping_up: list[Duty] = []
_reaching_out: list[Callable[[], int]] = []


def forgets(duty: Duty) -> Duty:
    """Register a function that drops what is too old at a moment and says how much; it runs in a transaction of its own."""
    _forgetting.append(duty)
    return duty


def keeps_up(duty: Duty) -> Duty:
    """Register a function that ends what is over at a moment and says how much; it is called every few seconds."""
    _keeping_up.append(duty)
    return duty


def reaches_out(duty: Callable[[], int]) -> Callable[[], int]:
    """Register a function that asks others outside, and says how often; it is called every second or so. It opens its own
    transactions, because none may be open while it waits for an answer."""
    _reaching_out.append(duty)
    return duty


def tidy() -> int:
    """Forget once round; returns how many rows went."""
    return _do(_forgetting)


def keep_up() -> int:
    """End what is over, once round; returns how much was."""
    return _do(_keeping_up)


def reach_out() -> int:
    """Ask outside what is due, once round; returns how often that was."""
    return _each(_reaching_out)


def _do(duties: list[Duty]) -> int:
    """Each in a transaction of its own."""

    def within(duty: Duty) -> int:
        with transaction():
            return duty(clock.now())

    return _each([partial(within, duty) for duty in duties])


def _each(duties: Sequence[Callable[[], int]]) -> int:
    """One after the other. The first failure is raised when all have had their turn."""
    done, failures = 0, []
    for duty in duties:
        try:
            done += duty()
        except Exception as error:  # what one cannot do keeps no other from its own
            failures.append(error)
    if failures:
        raise failures[0]
    return done


forgets(once.forget_old)
