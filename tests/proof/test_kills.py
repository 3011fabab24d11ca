"""Processes die in the middle, and nothing that was acknowledged is lost, doubled or unexplained."""

import random
import signal

import pytest

from tests.proof import invariants
from tests.proof.city import City
from tests.proof.traffic import CLIENTS, traffic

ANSWERS_BETWEEN = 2 * CLIENTS  # so many are given from one kill to the next: every fault meets requests under way
kills = pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.proof)])


@kills
@pytest.mark.case("K10", "F1", "I1", "I8", "I9", "I11", "I15", "I17")
def test_killed_processes_lose_nothing_that_was_acknowledged(city: City, kills: int):
    chance = random.Random(7)
    lost_before = city.told.lost
    with traffic(city):
        for _ in range(kills):
            city.wait_for(chance.randint(1, ANSWERS_BETWEEN))
            city.served.kill_one(chance.randrange(2))
    assert city.told.lost > lost_before, "no answer was ever lost: the kills met nobody"
    assert invariants.broken(city) == []


@pytest.mark.proof
@pytest.mark.case("F2", "I1", "I9")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["SIGKILL", "SIGTERM"])
def test_a_whole_server_that_ends_under_load_loses_nothing(city: City, how: signal.Signals):
    with traffic(city):
        for _ in range(5):
            city.wait_for(ANSWERS_BETWEEN)
            city.served.restart(how)
    assert invariants.broken(city) == []
