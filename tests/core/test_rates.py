"""The memory of the rates: exact to the hit, and no larger than what is in force."""

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from healthcode.core import clock, rates


@pytest.fixture
def seconds(monkeypatch):
    """The machine's clock, moved by hand."""
    moment = [1_000_000.0]
    monkeypatch.setattr(clock, "machine_seconds", lambda: moment[0])

    def later(by: float) -> None:
        moment[0] += by

    return later


def test_a_window_moves_with_the_clock(seconds):
    limiter, three = MovingWindowRateLimiter(rates._Memory()), parse("3/minute")
    assert limiter.get_window_stats(three, "door", "me").remaining == 3
    for _ in range(3):
        assert limiter.hit(three, "door", "me")
        seconds(10)
    assert not limiter.hit(three, "door", "me")
    assert limiter.hit(three, "door", "somebody else")
    assert limiter.get_window_stats(three, "door", "me") == (1_000_060.0, 0)
    seconds(29)
    assert not limiter.hit(three, "door", "me")
    seconds(1)  # the first hit is a minute old
    assert limiter.hit(three, "door", "me")
    assert not limiter.hit(three, "door", "me")


def test_a_refused_hit_does_not_count(seconds):
    limiter, once = MovingWindowRateLimiter(rates._Memory()), parse("1/minute")
    assert limiter.hit(once, "door", "me")
    for _ in range(59):
        seconds(1)
        assert not limiter.hit(once, "door", "me")
    seconds(1)
    assert limiter.hit(once, "door", "me")


def test_who_stays_away_is_forgotten(seconds):
    """However many came, what is kept is what was hit within the longest window; and hours do not keep minutes."""
    memory = rates._Memory()
    limiter, minute, hour = MovingWindowRateLimiter(memory), parse("5/minute"), parse("5/hour")
    for number in range(500):
        limiter.hit(minute, "door", str(number))
        limiter.hit(hour, "door", str(number))
    seconds(60)
    for _ in range(250):
        limiter.hit(minute, "door", "me")
        limiter.hit(hour, "door", "me")
    assert {expiry: len(keys) for expiry, keys in memory._hits.items()} == {60: 1, 3600: 501}
