"""The rates are counted in each process's memory. Losing that loses their counting, and nothing that must not be guessed."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from healthcode import create_app
from healthcode.core import rates
from healthcode.core.db import db
from healthcode.trust.sessions.models import TRIES
from tests.conftest import settings_for
from tests.proof.city import inside
from tests.support.databases import copied
from tests.support.servers import served
from tests.support.sign_in import Visitor, newest_digits, wrong

Restart = Callable[[], FlaskClient]


@pytest.fixture
def restart(app: Flask, town) -> Iterator[Restart]:
    """A new process on the same database: nothing is left of what the old one counted in its memory."""
    contexts = []

    def begin() -> FlaskClient:
        fresh = create_app(app.config["SETTINGS"])
        rates.configure(1)
        contexts.append(fresh.app_context())
        contexts[-1].push()
        return fresh.test_client()

    yield begin
    for context in reversed(contexts):
        db.session.remove()
        db.engine.dispose()
        context.pop()
    rates.configure(app.config["SETTINGS"].rate_factor)


@pytest.mark.case("K8")
def test_a_restart_forgets_how_often_somebody_asked(restart: Restart, strict_rates):
    client = restart()
    statuses = [client.get("/api/v1/institutions").status_code for _ in range(601)]
    assert (statuses[599], statuses[600]) == (200, 429)
    assert restart().get("/api/v1/institutions").status_code == 200


@pytest.mark.case("K8", "O1")
def test_a_restart_gives_no_new_tries_for_a_one_time_password(restart: Restart, strict_rates):
    first = Visitor(restart(), "13900000001")
    first.ask()
    digits = newest_digits(first.phone)
    for number in range(TRIES):
        assert Visitor(restart(), first.phone, address=f"192.0.2.{number}").try_with(wrong(digits)).status_code == 401
    assert Visitor(restart(), first.phone, address="192.0.2.99").try_with(digits).status_code in (401, 429)


@pytest.mark.case("K8", "O5")
def test_a_restart_forgets_no_wait(restart: Restart, strict_rates, clock):
    """Five wrong passwords from one place, and twenty wrong digits typed at a scanner: the wait stands in the database."""
    body = {"username": "nobody", "password": "wrong", "totp": "000000"}
    statuses = [restart().post("/api/v1/staff-sessions", json=body).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


@pytest.mark.case("K8", "Q18")
def test_a_restart_gives_a_scanner_no_new_guesses(restart: Restart, strict_rates, town):
    told = [town.hospital_scanner.read(restart(), "86123456789012345670").json["type"] for _ in range(6)]
    assert told == ["/problems/code-not-ours"] * 5 + ["/problems/too-many-wrong-tries"]


@pytest.mark.case("K8", "O4")
def test_a_restart_makes_no_message_cheaper(restart: Restart, strict_rates):
    statuses = [Visitor(restart(), "13900000001").ask().status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]


@pytest.mark.case("K8")
def test_a_server_that_really_ended_has_forgotten_no_wait(sqlite_template: Path, tmp_path: Path):
    settings = settings_for(f"sqlite:///{copied(sqlite_template, tmp_path / 'a.db')}", tmp_path / "var")
    body = {"username": "nobody", "password": "wrong", "totp": "000000"}
    with inside(settings) as (_, town), served(replace(settings, rate_factor=1), processes=1) as running:

        def tried() -> tuple[int, str]:
            read = town.hospital_scanner.read(running.line(), "86123456789012345670")  # type: ignore[arg-type]
            return running.ask("POST", "/api/v1/staff-sessions", body).status, read.body["type"]

        assert [tried() for _ in range(5)] == [(401, "/problems/code-not-ours")] * 5
        running.restart(signal.SIGKILL)
        running.insist("GET", "/readyz")
        assert tried() == (429, "/problems/too-many-wrong-tries")
