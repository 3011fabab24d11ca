"""Waiting for what other processes do, without blaming them for a machine that stood still."""

import time
from collections.abc import Iterator

PATIENCE = 60.0  # seconds until a server must be ready; a loaded machine starts four processes slowly
_LOOK = 1.0  # seconds at most that one look takes of the patience


def looks(patience: float = PATIENCE, pause: float = 0.02, look: float = _LOOK) -> Iterator[None]:
    """Once for every look that there is patience for, `pause` seconds apart.

    A look counts for at most `look` seconds, however long it took: where all processes stood still, those that are waited
    for had no time either, and get as many looks as ever.
    """
    left, before = patience, time.monotonic()
    while left > 0:
        yield
        time.sleep(pause)
        now = time.monotonic()
        left, before = left - min(now - before, pause + look), now
