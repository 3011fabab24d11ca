"""Phones that signed in and that nobody has registered yet: each is somebody of their own."""

import pytest
from flask import Flask

from tests.registry.people import Door, made, newcomer, woman
from tests.support.sign_in import Visitor, bearer

PHONE = "13900000001"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_busy_new_phone_takes_nothing_from_another(app: Flask, clock, strict_rates):
    """Each has its own rate, wherever it asks from: one that asks without end is alone in having to wait."""
    client = app.test_client(use_cookies=False)
    busy, quiet = (bearer(Visitor(client, f"1390000000{n}").sign_in()) for n in (1, 2))

    def look(headers: dict[str, str], n: int) -> int:
        address = {"REMOTE_ADDR": f"192.0.2.{n % 200}"}
        return client.get("/api/v1/me", headers=headers, environ_overrides=address).status_code

    assert [look(busy, n) for n in range(602)] == [200] * 600 + [429] * 2
    assert look(quiet, 1) == 200


@pytest.fixture
def before(client, town, clock) -> Door:
    """Whoever held the phone first signed in with it, and never registered."""
    return newcomer(client, PHONE)


def test_a_phone_that_registers_goes_on_in_the_same_session(before: Door):
    mine = made(before.post("/residents", woman()))["id"]
    assert before.get("/me").json["resident_id"] == mine
    assert before.get(f"/residents/{mine}").status_code == 200


@pytest.mark.case("O6")
@pytest.mark.parametrize("how", ["registers its next holder", "gives it to a record"])
def test_a_desk_opens_no_record_to_whoever_held_the_phone_before(client, town, before: Door, how):
    """A number that was given to somebody else, or a digit that was mistyped: the old session is over."""
    desk = Door(client, town.headers(town.city_admin))
    if how == "registers its next holder":
        theirs = made(Door(client, town.headers(town.clerk)).post("/residents", woman(phone=PHONE)))["id"]
    else:
        theirs = town.child.id
        given = desk.patch(f"/residents/{theirs}", {"phone": PHONE, "reason": "已核对"})
        assert given.status_code == 200
    for path in ("/me", f"/residents/{theirs}", f"/residents/{theirs}/codes", "/sessions"):
        assert before.get(path).status_code == 401
    assert before.post("/residents", woman(4)).status_code == 401
    after = newcomer(client, PHONE)
    assert after.get("/me").json["resident_id"] == theirs
    assert len(after.get("/sessions").json["items"]) == 1  # and the other one's device is not among theirs


def test_another_session_of_a_phone_that_registered_signs_in_again(client, town, before: Door):
    other = newcomer(client, PHONE)
    mine = made(before.post("/residents", woman()))["id"]
    assert other.get("/me").status_code == 401
    assert newcomer(client, PHONE).get("/me").json["resident_id"] == mine


def test_a_registration_that_is_refused_binds_nothing(before: Door):
    assert before.post("/residents", woman(name="")).status_code == 422
    assert before.get("/me").json["resident_id"] is None
    made(before.post("/residents", woman()))
    assert before.post("/residents", woman()).json["type"] == "/problems/already-registered"
