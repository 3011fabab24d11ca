"""As long as one likes (`make soak`, HEALTHCODE_SOAK_MINUTES): nothing drifts, and time tells nothing."""

import os
import random
import statistics
import time
from pathlib import Path

import pytest

from tests.proof import invariants
from tests.proof.city import City
from tests.proof.traffic import traffic
from tests.support.sign_in import Visitor

MINUTES = float(os.environ.get("HEALTHCODE_SOAK_MINUTES", "30"))
CALM_UNTIL = 0.5  # of the time: what grows by itself is seen while nobody is killed
PAIRS = 500


def weight(pid: int) -> tuple[int, int]:
    """A process's memory in KiB and its open files, where the system tells (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    memory = int(status.partition("VmRSS:")[2].split()[0])
    return memory, len(list(Path(f"/proc/{pid}/fd").iterdir()))


@pytest.mark.soak
@pytest.mark.case("I1", "I9", "I11", "I17", "I18")
def test_traffic_and_kills_for_as_long_as_one_likes(city: City):
    chance, began = random.Random(), time.monotonic()
    until = began + 60 * MINUTES
    with traffic(city):
        city.wait_for(2000)  # warm: every process has loaded what it needs
        first = {pid: weight(pid) for pid in city.served.workers()}
        while time.monotonic() < began + (until - began) * CALM_UNTIL:
            city.wait_for(100)
        for pid, (memory, files) in first.items():
            memory_now, files_now = weight(pid)
            assert memory_now < memory * 1.5, "memory grows"
            assert files_now <= files + 50, "open files grow"
        while time.monotonic() < until:
            city.wait_for(chance.randint(1, 500))
            city.served.kill_one(chance.randrange(2))
    assert invariants.broken(city) == []


@pytest.mark.soak
@pytest.mark.case("Z16")
def test_known_and_unknown_phones_are_answered_in_the_same_time(app, client, town, clock):
    """Welch's test on 500 pairs, taken in turn: less than 5 ms apart, and no difference that chance does not explain."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    for pair in range(PAIRS):
        for kind, phone in (("known", town.wang.phone), ("unknown", "13911112222")):
            clock.advance(hours=30)  # nobody is over a limit
            visitor = Visitor(client, phone, address=f"10.{pair >> 8}.{pair & 255}.{len(kind)}")
            start = time.perf_counter()
            assert visitor.ask().status_code == 202
            took[kind].append(time.perf_counter() - start)
    known, unknown = took["known"], took["unknown"]
    difference = statistics.fmean(known) - statistics.fmean(unknown)
    error = ((statistics.variance(known) + statistics.variance(unknown)) / PAIRS) ** 0.5
    assert abs(difference) < 0.005
    assert abs(difference) / error < 2.576  # p > 0.01, two-sided, so many that Student's t is normal
