"""An Idempotency-Key that is sent while its deed is still running, or whose deed came to nothing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from healthcode.core import clock as city_clock
from healthcode.core.db import session, transaction
from healthcode.core.once import KeptAnswer
from healthcode.core.problems import Refused
from healthcode.trust.family import service as family
from healthcode.trust.family.problems import NotYourself
from tests.support.phones import new_deed


@pytest.fixture
def invite(app, town):
    """Send the same invitation under the same key, once more each time."""
    until = (city_clock.now() + timedelta(days=30)).isoformat()
    body = {"phone": town.son.phone, "relation": "child", "scopes": ["codes:show"], "until": until}
    headers = town.headers(town.wang) | new_deed()

    def send():
        with app.app_context():
            return app.test_client().post(f"/api/v1/residents/{town.wang.id}/grants", json=body, headers=headers)

    return send


@pytest.mark.case("I8")
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite lets nobody write beside the first
def test_a_key_whose_deed_is_running_is_told_so(invite, monkeypatch):
    """And gets the answer as soon as there is one."""
    began, may_end, real = threading.Event(), threading.Event(), family.invite

    def slowly(*who, **what):
        began.set()
        assert may_end.wait(30)
        return real(*who, **what)

    monkeypatch.setattr(family, "invite", slowly)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(invite)
        assert began.wait(10)
        second = invite()
        may_end.set()
        assert first.result().status_code == 201
    assert (second.status_code, second.json["type"]) == (409, "/problems/still-running")
    assert second.headers["Retry-After"] == "1"
    third = invite()
    assert (third.json, third.headers["Idempotency-Replayed"]) == (first.result().json, "true")


@pytest.mark.case("I8")
def test_a_deed_that_was_refused_and_remembered_leaves_no_key(invite, monkeypatch):
    """What it counted stays; the key is free for when the deed can be done."""
    with monkeypatch.context() as patched:
        patched.setattr(family, "invite", lambda *_who, **_what: Refused(NotYourself()))
        assert [invite().json["type"] for _ in range(2)] == ["/problems/not-yourself"] * 2
        with transaction("read"):
            assert session().scalar(select(func.count()).select_from(KeptAnswer)) == 0
    assert invite().status_code == 201
