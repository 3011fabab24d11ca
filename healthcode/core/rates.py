"""How often one caller may ask. Counting is done by `limits`; the numbers stand at the doors.

Each process counts for itself, in memory: these rates keep one client from holding the service, and lose nothing with
a restart. What must not be guessed (one-time passwords, twenty digits, sign-ins) is counted in the database.
"""

from bisect import bisect_right
from collections import OrderedDict, defaultdict
from functools import lru_cache
from itertools import islice
from threading import Lock

from flask import Flask, Response, g
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from healthcode.core import clock
from healthcode.core.problems import TooManyRequests

USUAL = "600/minute"  # a door that says nothing; for one address, and again for one caller


class _Memory(MemoryStorage):
    """The moments of the hits in force: by the length of their window, then by key, the key hit latest last.

    A hit costs the same however many callers there are. It forgets what is over of its own key, and up to two keys that
    nobody hits any more. (The library's own memory has a thread walk past every key, a hundred times a second.)
    """

    def __init__(self) -> None:
        super().__init__()
        self._hits: defaultdict[int, OrderedDict[str, list[float]]] = defaultdict(OrderedDict)
        self._lock = Lock()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count one more hit, unless it is one too many."""
        moment = clock.machine_seconds()
        with self._lock:
            keys = self._hits[expiry]
            for idle in [old for old in islice(keys, 2) if not keys[old] or keys[old][-1] <= moment - expiry]:
                del keys[idle]
            hits = keys.setdefault(key, [])
            keys.move_to_end(key)
            del hits[: bisect_right(hits, moment - expiry)]
            is_within = len(hits) + amount <= limit
            hits += [moment] * amount if is_within else []
        return is_within

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the window of a key began, and how many hits are in it."""
        moment = clock.machine_seconds()
        with self._lock:
            hits = self._hits[expiry].get(key, [])
            over = bisect_right(hits, moment - expiry)
            return (hits[over], len(hits) - over) if over < len(hits) else (moment, 0)


_limiter = MovingWindowRateLimiter(_Memory())
_factor = 1


def configure(factor: int) -> None:
    """Begin counting anew; `factor` multiplies every rate, for load tests."""
    global _limiter, _factor
    _limiter, _factor = MovingWindowRateLimiter(_Memory()), factor
    _limit.cache_clear()


@lru_cache
def _limit(rate: str) -> RateLimitItem:
    limit = parse(rate)
    return type(limit)(limit.amount * _factor, limit.multiples)


def hit(door: str, rate: str, who: str) -> None:
    """Count one request. Raises TooManyRequests with the seconds to wait."""
    limit = _limit(rate)
    is_within = _limiter.hit(limit, door, who)
    stats = _limiter.get_window_stats(limit, door, who)
    left = max(int(stats.reset_time - clock.machine_seconds()), 1)
    g.rate = (limit.amount, limit.get_expiry(), max(stats.remaining, 0), left)
    if not is_within:
        raise TooManyRequests(retry_after=left)


def init_app(app: Flask) -> None:
    """RateLimit headers (draft-ietf-httpapi-ratelimit-headers) on every answer that was counted."""

    @app.after_request
    def say(response: Response) -> Response:
        if rate := g.get("rate"):
            quota, window, remaining, left = rate
            response.headers["RateLimit-Policy"] = f'"default";q={quota};w={window}'
            response.headers["RateLimit"] = f'"default";r={remaining};t={left}'
        return response
