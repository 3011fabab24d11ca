"""Answers that go on, over real HTTP: they come at once, hold nothing, and end with their reader."""

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from healthcode.core import events
from healthcode.core.db import db
from tests.conftest import settings_for
from tests.support import queues
from tests.support.databases import temporary
from tests.support.phones import new_deed
from tests.support.screens import Place, place

PATH = "/api/v1/wall/events"


@pytest.fixture(scope="module")
def hospital(postgres: str, postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("streams")
    with temporary(postgres, postgres_template) as url, place(settings_for(url, folder), processes=1) as town:
        yield town


@pytest.fixture
def screen(hospital: Place) -> dict[str, str]:
    with hospital.inside():
        return hospital.town.scanner(hospital.town.hospital, "display").headers


def opened(hospital: Place, headers: dict[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(hospital.running.host, hospital.running.port, timeout=20)
    connection.request("GET", PATH, headers=headers)
    return connection, connection.getresponse()


def heard(answer: http.client.HTTPResponse) -> dict:
    """The next event; signs of life are passed over."""
    for line in iter(answer.readline, b""):
        if line.startswith(b"data: "):
            return json.loads(line.removeprefix(b"data: "))
    raise AssertionError("the stream ended")


def test_a_call_is_on_the_wall_within_two_seconds(hospital: Place, screen: dict[str, str]):
    person = hospital.newcomer("黄秋水")
    with hospital.inside():
        queues.arrived(queues.clinic(hospital.town.hospital, "一诊室"), person)
        headers = hospital.town.headers(hospital.town.doctor)
    connection, answer = opened(hospital, screen)
    with closing(connection):
        assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (200, "text/event-stream")
        (first,) = heard(answer)["places"]
        began = time.monotonic()
        called = hospital.running.ask("POST", f"/api/v1/queues/{first['queue_id']}/calls", None, headers | new_deed())
        assert called.status == 201, called.data
        (then,) = heard(answer)["places"]
    assert [(one["number"], one["display_name"]) for one in then["called"]] == [(1, "黄*水")]
    assert time.monotonic() - began < 3


def test_streams_keep_nobody_else_from_being_answered_and_readers_who_go_leave_their_seats(hospital: Place, screen):
    lines = [opened(hospital, screen) for _ in range(events.MOST)]
    assert {answer.status for _, answer in lines} == {200}
    for _, answer in lines:
        heard(answer)
    full = hospital.running.ask("GET", PATH, None, screen)
    assert (full.status, full.headers["Retry-After"]) == (503, str(events.BUSY))
    with ThreadPoolExecutor(24) as crowd:  # more than there are threads, while every stream is open
        asked = crowd.map(lambda _: hospital.running.ask("GET", "/api/v1/wall", None, screen).status, range(48))
        assert set(asked) == {200}
    with hospital.inside(), db.engine.connect() as current:
        held = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        )
        assert current.exec_driver_sql(held).scalar() == 0, "no transaction is held"
    for connection, _ in lines:
        connection.close()
    until = time.monotonic() + 5
    while (again := opened(hospital, screen))[1].status == 503 and time.monotonic() < until:
        again[0].close()
        time.sleep(0.2)
    assert again[1].status == 200
    again[0].close()
