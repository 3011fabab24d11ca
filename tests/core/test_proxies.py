"""X-Forwarded-For and its kin are believed from the hops that the settings name, and from nobody else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from healthcode import create_app
from healthcode.core.db import db, session, transaction
from healthcode.trust.sessions.models import OneTimePassword
from healthcode.trust.sessions.service.one_time_passwords import digest_of_address

PEER = "203.0.113.9"  # who really holds the connection: a stranger, or our own proxy
HERE = "127.0.0.1"
REAL = "198.51.100.7"  # whom our proxy saw


@pytest.fixture(params=[0, 1])
def hops(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def behind(settings: Settings, clock: object, hops: int) -> Iterator[Flask]:
    app = create_app(replace(settings, trusted_proxies=hops, rate_factor=1))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def ask(client: FlaskClient, path: str, **headers: str):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return client.get(path, headers=named, environ_overrides={"REMOTE_ADDR": PEER})


@pytest.mark.case("K15")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_says_of_himself_that_he_is_this_machine(behind: Flask, hops: int):
    """/metrics is for this machine only. A stranger writes the header; behind a proxy, the proxy adds whom it saw."""
    client = behind.test_client()
    assert client.get("/metrics").status_code == 200
    assert ask(client, "/metrics").status_code == 404
    added = f", {REAL}" if hops else ""
    for spoofed in (HERE, "::1", f"{HERE}, {HERE}", f"{HERE}, {REAL}, {HERE}"):
        assert ask(client, "/metrics", X_Forwarded_For=spoofed + added).status_code == 404, spoofed
    for other in ("Forwarded", "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"):
        assert ask(client, "/metrics", **{other: f"for={HERE}" if other == "Forwarded" else HERE}).status_code == 404


@pytest.mark.case("K15")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_new_address_a_time_is_no_way_round_the_rates(behind: Flask, hops: int):
    """Signing in: 120 a minute for one address, whatever the client writes before what the proxy adds."""
    client = behind.test_client()
    statuses = []
    for number in range(125):
        chain = f"192.0.2.{number}" + (f", {REAL}" if hops else "")
        answer = client.post(
            "/api/v1/sessions",
            json={"phone": f"139{number:08d}", "one_time_password": "123456"},
            headers={"X-Forwarded-For": chain},
            environ_overrides={"REMOTE_ADDR": PEER},
        )
        statuses.append(answer.status_code)
    assert statuses[119] != 429
    assert statuses[120:] == [429] * 5


@pytest.mark.case("K15")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_written_down_is_the_address_that_was_seen(behind: Flask, hops: int):
    behind.test_client().post(
        "/api/v1/one-time-passwords",
        json={"phone": "13900000000"},
        headers={"X-Forwarded-For": f"{HERE}, {REAL}"},
        environ_overrides={"REMOTE_ADDR": PEER},
    )
    with transaction("read"):
        (code,) = session().query(OneTimePassword).all()
    assert code.address_digest == digest_of_address(REAL if hops else PEER)


@pytest.mark.case("K15", "Z22")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_made_up_host_makes_no_foreign_page_ours(behind: Flask, hops: int):
    """With a cookie, a write must come from our own origin; X-Forwarded-Host counts only where a proxy sets it."""
    client = behind.test_client()
    client.set_cookie("healthcode_session", "resident.nobody")
    spoofed = {"Origin": "https://evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"}
    if hops:  # nginx sets both to what it saw itself, and one hop believes the last
        spoofed |= {"X-Forwarded-Host": "evil.test, localhost", "X-Forwarded-Proto": "https, http"}
    assert client.delete("/api/v1/sessions/current", headers=spoofed).status_code == 403
    own = {"Origin": "http://localhost"}
    assert client.delete("/api/v1/sessions/current", headers=own).status_code == 401
