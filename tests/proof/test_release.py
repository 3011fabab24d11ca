"""Seven o'clock: an expert's slots are released, and many more people want one than there are places."""

import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from healthcode.care.appointments.models import HAS_A_PLACE, Appointment, Schedule, Slot
from healthcode.care.appointments.service.clinics import make_slots
from healthcode.core import clock, ids
from healthcode.core.db import session, transaction
from healthcode.registry.residents.models import Resident
from tests.conftest import settings_for
from tests.proof import invariants
from tests.proof.city import City, Client, Pocket, inside
from tests.proof.conftest import lasting
from tests.support.phones import new_deed
from tests.support.servers import Answer, Crowd, Line, served

sizes = pytest.mark.parametrize(
    ("people", "places", "rounds"), [(100, 10, 1), pytest.param(500, 50, 20, marks=pytest.mark.proof)]
)


def released(city: City, places: int) -> list[str]:
    """A new expert clinic tomorrow, open now, with so many places in so many slots."""
    with transaction():
        tomorrow = clock.today() + timedelta(days=1)
        schedule = Schedule(
            id=ids.new(), institution_id=city.town.hospital, kind="expert", title="专家门诊",
            weekday=("mon", "tue", "wed", "thu", "fri", "sat", "sun")[tomorrow.weekday()], starts="08:00",
            ends="18:00", slot_minutes=10, capacity=1, released_days_ahead=1, released_at="00:00",
            from_on=tomorrow, until_on=tomorrow, created_at=clock.now(),
        )  # fmt: skip
        session().add(schedule)
        session().flush()
        make_slots(schedule)
        found = session().scalars(select(Slot.id).where(Slot.schedule_id == schedule.id).order_by(Slot.id))
        return list(found)[:places]


def crowd_of(city: City, count: int) -> list[Pocket]:
    """So many people whom a desk has seen."""
    pockets = city.pockets(count)
    with transaction() as current:
        current.query(Resident).where(Resident.id.in_([pocket.resident_id for pocket in pockets])).update(
            {"identity": "proved"}
        )
    return pockets


def patient(line: Line, path: str, body: dict[str, str], headers: dict[str, str]) -> Answer:
    """A machine with too much to do may say so; who is told to come again does, under the same key."""
    while (answer := line.post(path, body, headers)).status == 503:
        assert "Retry-After" in answer.headers
        time.sleep(0.1)
    return answer


def fight(city: City, people: list[Pocket], slots: list[str], crowd: Crowd, *, again: int = 0) -> list[list[Answer]]:
    """Everybody asks for one slot after another until one is theirs or none is free; some lose an answer and ask again."""

    def go(line: Line, n: int) -> list[Answer]:
        told: list[Answer] = []
        pocket = people[n]
        wanted = slots[n % len(slots)]
        for _ in range(len(slots)):
            deed = new_deed()
            path = f"/api/v1/residents/{pocket.resident_id}/appointments"
            answer = patient(line, path, {"slot_id": wanted}, {**pocket.headers, **deed})
            if again and n % again == 0:  # the answer was lost: the very same question once more
                second = patient(line, path, {"slot_id": wanted}, {**pocket.headers, **deed})
                assert (second.status, second.data) == (answer.status, answer.data) or answer.status == 409
            city.told.count(answer)
            told.append(answer)
            free = [slot for slot in answer.body.get("free", []) if slot in slots] if answer.status == 409 else []
            if answer.status == 201 or not free:
                return told
            wanted = free[n % len(free)]
        return told

    return crowd.all(go, len(people))


def places_of(slots: list[str]) -> tuple[int, int, int]:
    """Places taken by the slots' own count, appointments that have one, and people who have one."""
    with transaction("read") as current:
        counted = current.scalar(select(func.sum(Slot.taken)).where(Slot.id.in_(slots))) or 0
        mine = select(Appointment.resident_id).where(Appointment.slot_id.in_(slots), Appointment.state.in_(HAS_A_PLACE))
        people = list(current.scalars(mine))
    return int(counted), len(people), len(set(people))


@sizes
@pytest.mark.case("S1", "I17", "B1", "L2")
def test_as_many_are_booked_as_there_are_places(city: City, people, places, rounds):
    for turn in range(rounds):
        slots, everybody = released(city, places), crowd_of(city, people)
        with Crowd(city.served, people) as crowd:
            told = fight(city, everybody, slots, crowd, again=10 if turn % 2 else 0)
        ends = Counter(answers[-1].status for answers in told)
        assert ends == {201: places, 409: people - places}, (turn, ends)
        assert places_of(slots) == (places, places, places)
        refused = [answers[-1].body for answers in told if answers[-1].status == 409]
        assert {body["type"] for body in refused} == {"/problems/slot-taken"}
    assert invariants.broken(city) == []


@pytest.mark.proof
@pytest.mark.case("S1", "K10")
def test_a_process_killed_in_the_middle_sells_no_place_twice(city: City):
    """Everybody asks again under the same key until there is an answer, whoever was killed meanwhile."""
    slots, everybody = released(city, 50), crowd_of(city, 500)

    def insist(_line: Line, n: int) -> int:
        client = Client(city.served, city.told)
        if n == 250:
            city.served.kill_one(0)
        pocket, deed = everybody[n], new_deed()
        path = f"/api/v1/residents/{pocket.resident_id}/appointments"
        answer, _ = client.insist(path, {"slot_id": slots[n % 50]}, {**pocket.headers, **deed})
        return answer.status

    with Crowd(city.served, 500) as crowd:
        ends = Counter(crowd.all(insist, 500))
    assert ends == {201: 50, 409: 450}
    assert places_of(slots) == (50, 50, 50)
    assert invariants.broken(city) == []


@pytest.mark.proof
@pytest.mark.case("B1")
def test_the_fight_sees_a_place_that_is_looked_at_before_it_is_taken(settings, another_postgres):
    """The bug, planted: two who see the same last place both have it."""
    planted = lasting(settings_for(another_postgres, settings.folder))
    with (
        inside(planted) as (app, town),
        served(planted, processes=4, target="tests.proof.planted:books_after_looking") as running,
    ):
        city = City(app, planted, town, running, another_postgres)
        with Crowd(running, 100) as crowd:
            for _ in range(5):
                slots = released(city, 10)
                fight(city, crowd_of(city, 100), slots, crowd)
                if places_of(slots) != (10, 10, 10):
                    return
    pytest.fail("nobody noticed")
