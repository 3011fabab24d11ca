"""How often one caller may ask. Counting is done by `limits`; the numbers stand at the doors.

Each process counts for itself, in memory: these rates keep one client from holding the service, and lose nothing with
a restart. What must not be guessed (one-time passwords, twenty digits, sign-ins) is counted in the database.
"""

from functools import lru_cache

from flask import Flask, Response, g
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from healthcode.core import clock
from healthcode.core.problems import TooManyRequests

USUAL = "600/minute"  # a door that says nothing; for one address, and again for one caller
_limiter = MovingWindowRateLimiter(MemoryStorage())
_factor = 1


def configure(factor: int) -> None:
    """Begin counting anew; `factor` multiplies every rate, for load tests."""
    global _limiter, _factor
    _limiter, _factor = MovingWindowRateLimiter(MemoryStorage()), factor
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
