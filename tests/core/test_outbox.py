"""What happened is heard by each listener once; one that fails is tried again, and holds up nobody."""

from collections import Counter
from datetime import timedelta

import pytest

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Delivery, Happening, announce

NAME = "sample.happened"


@pytest.fixture
def heard(app, monkeypatch) -> Counter[str]:
    """Two listeners of one event, of which one always fails; how often each was called."""
    calls: Counter[str] = Counter()

    def good(happening: Happening) -> None:
        calls["good"] += 1

    def bad(happening: Happening) -> None:
        calls["bad"] += 1
        raise RuntimeError("not today")

    monkeypatch.setitem(outbox._listeners, NAME, {"bad": bad, "good": good})
    return calls


def happen() -> None:
    with transaction():
        announce(NAME)


def test_each_listener_hears_it_once(heard):
    happen()
    outbox.deliver()
    outbox.deliver()
    assert heard == {"good": 1, "bad": 1}


def test_one_that_fails_for_weeks_is_still_tried_and_stops_nobody(heard, clock):
    """After forty-four tries the wait, doubled each time, would be longer than a calendar knows."""
    happen()
    for tries in range(1, 61):
        outbox.deliver()
        assert heard["bad"] == tries
        clock.advance(seconds=outbox.LONGEST_WAIT.total_seconds())
    happen()
    outbox.deliver()
    assert heard["good"] == 2
    with transaction("read"):
        waits = [row.next_try_at - clock.now() for row in session().query(Delivery).filter_by(state="waiting")]
        assert max(waits) <= outbox.LONGEST_WAIT
        assert outbox.waiting()["stuck"] == 1


def test_the_wait_grows_from_seconds_to_an_hour(heard, clock):
    happen()
    waits = []
    for _ in range(12):
        outbox.deliver()
        with transaction("read"):
            (row,) = session().query(Delivery).filter_by(listener="bad")
            waits.append(row.next_try_at - clock.now())
        clock.advance(seconds=waits[-1].total_seconds())
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert waits[-2:] == [outbox.LONGEST_WAIT] * 2
