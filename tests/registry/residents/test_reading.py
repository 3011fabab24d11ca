"""Reading and searching: who sees whom, and how much."""

import pytest
from flask.testing import FlaskClient

from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.trail import TrailRow
from tests.registry.people import Door, identity, identity_number, made, newcomer, open_visit, woman
from tests.support.town import Town


@pytest.mark.case("Z1", "Z11")
def test_a_desk_sees_nobody_who_did_not_come_to_it(clerk: Door, town: Town):
    """Somebody else's record and a record that is not there are the same answer."""
    there, nowhere = (clerk.get(f"/residents/{resident}") for resident in (town.wang.id, town.clerk.id))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert {**there.json, "instance": ""} == {**nowhere.json, "instance": ""}


def test_a_desk_sees_who_came_to_it_until_the_visit_is_over(client, clerk: Door, far_clerk: Door, town: Town, clock):
    open_visit(town.wang.id, town.hospital)
    assert clerk.get(f"/residents/{town.wang.id}").json["name"] == "王秀英"
    assert far_clerk.get(f"/residents/{town.wang.id}").status_code == 404
    clock.advance(hours=13)
    town._headers.clear()  # the clerk signs in again
    later = Door(client, town.headers(town.clerk))
    assert later.get(f"/residents/{town.wang.id}").status_code == 404


@pytest.mark.case("Z4")
def test_a_cashier_sees_the_card_and_not_the_name(client: FlaskClient, admin: Door, city: Door, town: Town):
    open_visit(town.wang.id, town.hospital)
    made(city.post(f"/institutions/{town.hospital}/posts", {"username": "doctor", "role": "cashier"}))
    [post] = [
        post["id"]
        for colleague in admin.get(f"/institutions/{town.hospital}/staff").json["items"]
        for post in colleague["posts"]
        if post["role"] == "doctor"
    ]
    assert admin.delete(f"/posts/{post}").status_code == 204
    seen = Door(client, town.headers(town.doctor)).get(f"/residents/{town.wang.id}").json
    assert seen["display_name"] == "王*英"
    assert not {"name", "birth_date"} & seen.keys()


@pytest.mark.case("Z4")
def test_no_answer_shows_a_whole_number_or_phone(clerk: Door, city: Door, client: FlaskClient):
    me = newcomer(client, "13900000001")
    mine = me.post("/residents", woman())
    answers = [
        mine,
        me.get(f"/residents/{mine.json['id']}"),
        clerk.post("/residents", woman(phone="13900000007")),
        clerk.post("/residents", woman()),
        clerk.post("/resident-searches", identity()),
        city.get(f"/residents/{mine.json['id']}"),
        city.get("/resident-duplicates"),
    ]
    for answer in answers:
        told = answer.get_data(as_text=True)
        assert identity_number() not in told
        assert identity_number()[4:14] not in told
        assert "3900000" not in told


def test_a_search_answers_with_masked_cards_and_is_on_the_trail(clerk: Door, far_clerk: Door):
    holder = made(clerk.post("/residents", woman()))
    found = far_clerk.post("/resident-searches", identity())
    assert found.status_code == 200
    assert found.json["items"] == [
        {
            "resident_id": holder["id"],
            "display_name": "王*",
            "sex": "female",
            "age": 74,
            "identity": "proved",
            "is_seen": True,
        }
    ]
    with transaction("read"):
        rows = session().scalars(TrailRow.visible_to(by_itself("test")).where(TrailRow.purpose == "search")).all()
        assert [(row.resident_id, row.door) for row in rows] == [(holder["id"], "residents.search")]


def test_who_is_not_found_is_an_empty_list(clerk: Door):
    made(clerk.post("/residents", woman(2)))
    assert clerk.post("/resident-searches", identity(4)).json == {"items": []}


@pytest.mark.case("Z21")
def test_half_a_number_or_a_name_finds_nobody(clerk: Door):
    made(clerk.post("/residents", woman()))
    for body in (identity() | {"number": identity_number()[:14]}, identity() | {"number": "3505%"}, {"name": "王芳"}):
        assert clerk.post("/resident-searches", body).status_code == 422


@pytest.mark.case("Z2", "Z16")
def test_residents_and_machines_cannot_search(client: FlaskClient, town: Town):
    for headers, status in (
        (town.headers(town.wang), 403),
        (town.hospital_scanner.headers, 403),
        (town.headers(town.auditor), 403),
        ({}, 401),
    ):
        assert Door(client, headers).post("/resident-searches", identity()).status_code == status


def test_a_newborn_is_found_by_its_mothers_number_and_place(clerk: Door):
    mother = made(clerk.post("/residents", woman()))
    birth = {"name": "王小", "sex": "male", "birth_date": "2026-11-22", "mother": identity(), "birth_order": 1}
    child = made(clerk.post("/newborns", birth))
    found = clerk.post("/resident-searches", identity() | {"birth_order": 1}).json["items"]
    assert [card["resident_id"] for card in found] == [child["id"]]
    found = clerk.post("/resident-searches", identity()).json["items"]
    assert [card["resident_id"] for card in found] == [mother["id"]]
