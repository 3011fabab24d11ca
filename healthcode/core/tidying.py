"""What may be forgotten, forgotten. Each table that fills up by itself registers how; the worker goes round."""

from collections.abc import Callable
from datetime import datetime

from healthcode.core import clock, once
from healthcode.core.db import transaction

Forget = Callable[[datetime], int]
_duties: list[Forget] = []


def forgets(duty: Forget) -> Forget:
    """Register a function that drops what is too old at a moment and says how much; it runs in a transaction of its own."""
    _duties.append(duty)
    return duty


def tidy() -> int:
    """Do the round once; returns how many rows went."""
    gone = 0
    for duty in _duties:
        with transaction():
            gone += duty(clock.now())
    return gone


forgets(once.forget_old)
