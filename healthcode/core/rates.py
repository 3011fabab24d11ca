"""How often one caller may ask. Counting is done by `limits`; the numbers stand at the doors."""

from flask import Flask, g
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from healthcode.core import clock
from healthcode.core.problems import TooManyRequests

USUAL = "600/minute"  # a door that says nothing; for one address, and again for one caller
_limiter: MovingWindowRateLimiter | None = None
_factor = 1


def configure(storage: str, factor: int) -> None:
    """`storage` as a `limits` address (memory:// counts per process, redis:// over all of them)."""
    global _limiter, _factor
    _limiter, _factor = MovingWindowRateLimiter(storage_from_string(storage)), factor


def hit(door: str, rate: str, who: str) -> None:
    """Count one request. Raises TooManyRequests with the seconds to wait."""
    if _limiter is None:
        raise RuntimeError("rates are not configured")
    limit = parse(rate)
    limit = type(limit)(limit.amount * _factor, limit.multiples)
    is_within = _limiter.hit(limit, door, who)
    stats = _limiter.get_window_stats(limit, door, who)
    left = max(int(stats.reset_time - clock.machine_seconds()), 1)
    g.rate = (limit.amount, limit.get_expiry(), max(stats.remaining, 0), left)
    if not is_within:
        raise TooManyRequests(retry_after=left)


def init_app(app: Flask) -> None:
    """RateLimit headers (draft-ietf-httpapi-ratelimit-headers) on every answer that was counted."""

    @app.after_request
    def say(response):  # type: ignore[no-untyped-def]  # flask's own callback form
        if rate := g.get("rate"):
            quota, window, remaining, left = rate
            response.headers["RateLimit-Policy"] = f'"default";q={quota};w={window}'
            response.headers["RateLimit"] = f'"default";r={remaining};t={left}'
        return response
