"""What the wall knows, and how it is told."""

import json
import re

import pytest

from healthcode.care.appointments.queue import service as queue
from healthcode.core import clock as city_clock
from healthcode.core import events
from healthcode.core.caller import Caller
from healthcode.core.db import db, session, transaction
from healthcode.registry.devices import service as devices
from healthcode.trust.audit.deeds import DEEDS
from tests.support import queues

A = "/api/v1"


@pytest.fixture
def screen(town):
    return town.scanner(town.hospital, "display")


@pytest.fixture
def slot_id(town) -> str:
    return queues.clinic(town.hospital)


@pytest.fixture
def soon(monkeypatch):
    """Streams that look ten times a second and are over within one."""
    monkeypatch.setattr(events, "PAUSE", 0.1)
    monkeypatch.setattr(events, "LASTS", 0.8)
    monkeypatch.setattr(events, "HEARTBEAT", 0.3)


def call(town, queue_id: str) -> None:
    doctor = Caller(kind="staff", id=town.doctor.id, institution_id=town.hospital)
    with transaction():
        queue.call_next(doctor, queue_id=queue_id)


def shown(client, screen) -> dict:
    answer = client.get(f"{A}/wall", headers=screen.headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_the_wall_shows_numbers_places_and_masked_names_alone(client, town, screen, slot_id):
    for person in (town.wang, town.son, town.stranger):
        queues.arrived(slot_id, person)
        city_clock.advance(seconds=1)
    (place,) = shown(client, screen)["places"]
    assert (place["place"], place["waiting"], place["called"], place["next"]) == ("内科", 3, [], [1, 2, 3])
    call(town, place["queue_id"])
    told = client.get(f"{A}/wall", headers=screen.headers)
    (place,) = told.json["places"]
    assert [(one["number"], one["display_name"]) for one in place["called"]] == [(1, "王*英")]
    assert (place["waiting"], place["next"]) == (2, [2, 3])
    for person in (town.wang, town.son, town.stranger):
        assert person.name not in told.text
        assert person.id not in told.text


def test_it_is_a_wall_of_one_institution_and_of_today(client, town, screen, slot_id, clock):
    queues.arrived(slot_id, town.wang)
    assert shown(client, town.scanner(town.station, "display"))["places"] == []
    clock.advance(days=1)
    assert shown(client, town.scanner(town.hospital, "display"))["places"] == []


@pytest.mark.parametrize("path", ["wall", "wall/events"])
def test_nobody_but_a_display_looks(client, town, path):
    for headers in (town.hospital_scanner.headers, town.headers(town.clerk), town.headers(town.wang)):
        assert client.get(f"{A}/{path}", headers=headers).status_code == 403
    assert client.get(f"{A}/{path}").status_code == 401


def test_a_display_reads_no_codes(client, town, screen):
    phone = town.phone(town.wang)
    phone.fetch(client)
    assert screen.read(client, phone.show()).status_code == 403


def test_a_stream_says_what_changed_and_ends_by_itself(client, town, screen, slot_id, soon):
    queues.arrived(slot_id, town.wang)
    answer = client.get(f"{A}/wall/events", headers=screen.headers)
    assert (answer.status_code, answer.mimetype, answer.headers["X-Accel-Buffering"]) == (
        200,
        "text/event-stream",
        "no",
    )
    assert answer.headers["Cache-Control"] == "no-store"
    parts = iter(answer.response)
    first = read(next(parts))
    assert first["places"][0]["called"] == []
    assert not db.session.is_active or not session().in_transaction(), "nothing is held between two looks"
    call(town, first["places"][0]["queue_id"])
    assert [one["number"] for one in read(next(parts))["places"][0]["called"]] == [1]
    rest = list(parts)
    assert set(rest) == {b": still here\n\n"}, "nothing changed, and nothing is said twice"
    answer.close()


def read(part: bytes) -> dict:
    name, data = part.decode().removesuffix("\n\n").split("\n")
    assert name == "event: wall"
    return json.loads(data.removeprefix("data: "))


def test_a_look_at_nothing_new_is_two_short_statements(client, screen, slot_id, town, soon, count_statements):
    queues.arrived(slot_id, town.wang)
    answer = client.get(f"{A}/wall/events", headers=screen.headers)
    stream = iter(answer.response)
    next(stream)
    with count_statements() as seen:
        next(stream)  # a sign of life, after some looks
    assert 2 <= len(seen) <= 8
    assert {re.search(r"FROM (\w+)", statement)[1] for statement in seen} == {"devices", "queues"}
    answer.close()


def test_a_display_that_was_stopped_sees_nothing_more(client, town, screen, slot_id, soon):
    answer = client.get(f"{A}/wall/events", headers=screen.headers)
    parts = iter(answer.response)
    next(parts)
    with transaction():
        devices.stop(screen.device_id, reason="lost")
    queues.arrived(slot_id, town.wang)
    assert list(parts) == []
    answer.close()


def test_beyond_its_seats_a_process_says_when_to_come_back(client, screen):
    open_now = [client.get(f"{A}/wall/events", headers=screen.headers) for _ in range(events.MOST)]
    full = client.get(f"{A}/wall/events", headers=screen.headers)
    assert (full.status_code, full.headers["Retry-After"]) == (503, str(events.BUSY))
    assert client.get(f"{A}/wall", headers=screen.headers).status_code == 200
    for answer in open_now:
        answer.close()
    for _ in range(events.MOST + 1):  # a question without a body takes no seat either
        assert client.head(f"{A}/wall/events", headers=screen.headers).status_code == 200
    client.get(f"{A}/wall/events", headers=screen.headers).close()


@pytest.mark.case("Z18")
def test_what_hangs_on_the_wall_was_told_by_the_call(client, town, screen, slot_id):
    """The wall writes that it was opened; that a name was on it is said by the call, on that person's own trail."""
    queues.arrived(slot_id, town.wang)
    call_path = client.get(f"{A}/institutions/{town.hospital}/queues", headers=town.headers(town.doctor)).json["items"]
    client.post(
        f"{A}/queues/{call_path[0]['id']}/calls", headers=town.headers(town.doctor) | {"Idempotency-Key": "12345678"}
    )
    shown(client, screen)
    told = client.get(f"{A}/residents/{town.wang.id}/accesses", headers=town.headers(town.wang)).json["items"]
    assert [str(told).count(DEEDS[deed].zh) for deed in ("queues.call_next", "queues.show_wall")] == [1, 0]
