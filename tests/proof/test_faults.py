"""The database restarts, dies or is full, clocks jump: the service says so, comes back, and has lost nothing."""

import random
import signal

import pytest
from sqlalchemy import event, make_url

from config import Settings
from healthcode.core import clock as city_clock
from healthcode.core.db import db
from tests.proof import invariants
from tests.proof.city import City, inside
from tests.proof.traffic import CLIENTS, traffic
from tests.support.phones import Phone
from tests.support.postgres import Cluster
from tests.support.servers import served
from tests.support.town import bearer

on_postgres = pytest.mark.parametrize("city", ["postgresql"], indirect=True)
faults = pytest.mark.parametrize("faults", [3, pytest.param(50, marks=pytest.mark.proof)])


def cluster_of(city: City) -> Cluster:
    assert city.cluster is not None
    return city.cluster


@on_postgres
@faults
@pytest.mark.case("K11", "F6", "I1", "I8", "I9", "I11", "I17")
def test_a_killed_database_process_takes_all_connections_and_nothing_else(city: City, faults: int):
    invariants.refresh()
    with traffic(city):
        for _ in range(faults):
            city.wait_for(2 * CLIENTS)
            assert cluster_of(city).kill_backend(str(make_url(city.database).database))
    invariants.refresh()
    assert invariants.broken(city) == []


@on_postgres
@faults
@pytest.mark.case("F6", "I1", "I8", "I9", "I11", "I17")
def test_a_database_that_restarts_comes_back_with_what_it_acknowledged(city: City, faults: int):
    """Politely, at once, and as if the power were gone, in turn."""
    chance = random.Random(11)
    invariants.refresh()
    with traffic(city):
        for _ in range(faults):
            city.wait_for(2 * CLIENTS)
            cluster_of(city).restart(chance.choice([signal.SIGINT, signal.SIGQUIT, signal.SIGKILL]))
    invariants.refresh()
    assert invariants.broken(city) == []


@pytest.mark.case("K9", "F15", "Q11")
@pytest.mark.parametrize(
    ("offset", "slug"), [(2 * 86_400, "code-expired"), (3_600, "code-expired"), (-3_600, "code-not-ready")]
)
def test_a_clock_that_jumped_judges_by_the_new_time(settings: Settings, offset: int, slug: str):
    """A phone of the old time is told about clocks, one of the new time is known at once."""
    with inside(settings) as (app, town):
        phone = town.phone(town.wang)
        phone.fetch(app.test_client())
        old = phone.show()
        try:
            city_clock.configure(settings.zone, offset)
            scanner = town.scanner(town.hospital)
            phone = Phone(bearer(app, "resident", town.wang.id), town.wang.id)
            phone.fetch(app.test_client())
            with served(settings, processes=1, HEALTHCODE_CLOCK_OFFSET_SECONDS=str(offset)) as server:
                line = server.line()
                assert scanner.read(line, old).body["type"] == f"/problems/{slug}"
                assert scanner.read(line, phone.show()).status == 201
        finally:
            city_clock.configure(settings.zone)


@pytest.mark.case("K6", "F8", "I1")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_refuses_writes_and_goes_on_reading(client, town, clock):
    """Simulated: SQLite is told that its file may not grow (max_page_count). What was acknowledged stays there."""
    phone = town.phone(town.wang)
    phone.fetch(client)
    assert town.hospital_scanner.read(client, phone.show()).status_code == 201
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def full(connection, _record, _proxy) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "checkout", full)
    db.engine.dispose()
    answers = []
    while not answers or answers[-1].status_code == 201:
        clock.advance(seconds=1)
        answers.append(town.hospital_scanner.read(client, phone.show()))
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (503, "1")
    assert client.get("/.well-known/healthcode/revocations").status_code == 200
    event.remove(db.engine, "checkout", full)
    db.engine.dispose()
    clock.advance(seconds=1)
    assert town.hospital_scanner.read(client, phone.show()).status_code == 201
    with db.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM verifications").scalar()
    assert kept == len(answers) + 1
