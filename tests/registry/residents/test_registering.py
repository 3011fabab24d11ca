"""Registering: from a phone, at a desk, at birth, without a name."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from healthcode.core import outbox
from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from healthcode.core.trail import TrailRow
from healthcode.registry.residents import service
from healthcode.registry.residents.models import Resident
from tests.registry.people import Door, identity, identity_number, made, newcomer, open_visit, passport, woman
from tests.support.phones import new_deed
from tests.support.sign_in import at_once
from tests.support.town import Town

ANY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def events(name: str) -> list[dict]:
    with transaction("read"):
        return [event.facts for event in session().scalars(select(Event).where(Event.name == name))]


def test_a_resident_registers_from_the_phone_and_declares(client: FlaskClient, town: Town):
    me = newcomer(client, "13900000001")
    mine = made(me.post("/residents", woman()))
    assert (mine["identity"], mine["name"], mine["phone"]) == ("declared", "王芳", "139****0001")
    assert [document["is_seen"] for document in mine["documents"]] == [False]
    assert me.get("/me").json["resident_id"] == mine["id"]
    assert me.get(f"/residents/{mine['id']}").json == mine
    assert [fact["resident_id"] for fact in events("resident.registered")] == [mine["id"]]


def test_a_phone_registers_once(client: FlaskClient, town: Town):
    me = newcomer(client, "13900000001")
    made(me.post("/residents", woman()))
    assert me.post("/residents", woman(4)).json["type"] == "/problems/already-registered"


def test_two_phones_of_one_number_at_once_register_once(app: Flask, client: FlaskClient, town: Town):
    one, two = newcomer(client, "13900000001"), newcomer(client, "13900000001")
    answers = at_once(app, [lambda: one.post("/residents", woman()), lambda: two.post("/residents", woman())])
    won, lost = sorted(answer.status_code for answer in answers)
    assert (won, lost in (401, 409)) == (201, True)  # 401 if the phone was the other's before it was asked who this is


@pytest.mark.case("Z16")
def test_declaring_a_known_number_answers_like_a_new_one(client: FlaskClient, clerk: Door):
    """Byte for byte, but for ids and the digits that were sent in."""
    made(clerk.post("/residents", woman(2)))
    answers = []
    for phone, order in (("13900000001", 2), ("13900000002", 4)):
        answer = newcomer(client, phone).post("/residents", woman(order))
        told = ANY_ID.sub("an-id", answer.get_data(as_text=True)).replace(phone[-4:], "digits")
        headers = {name: value for name, value in answer.headers if name not in ("X-Request-Id", "RateLimit")}
        last_digits = identity_number(order)[-4:]
        answers.append((answer.status_code, told.replace(last_digits, "####"), headers))
    assert answers[0] == answers[1]
    assert answers[0][0] == 201


@pytest.mark.case("Z16")
def test_adding_a_known_number_later_answers_like_a_new_one(client: FlaskClient, clerk: Door):
    made(clerk.post("/residents", woman(2)))
    me = newcomer(client, "13900000001")
    mine = made(me.post("/residents", woman(documents=[])))
    answers = [me.post(f"/residents/{mine['id']}/documents", identity(order)) for order in (2, 4)]
    told = [ANY_ID.sub("an-id", answer.get_data(as_text=True))[:150] for answer in answers]
    assert told[0].replace(identity_number(2)[-4:], "####") == told[1].replace(identity_number(4)[-4:], "####")
    assert [answer.status_code for answer in answers] == [201, 201]


def test_declaring_a_number_takes_nothing_from_its_holder(client: FlaskClient, clerk: Door):
    """A name plus a number never binds anybody to another's record."""
    holder = made(clerk.post("/residents", woman()))
    me = newcomer(client, "13900000001")
    mine = made(me.post("/residents", woman()))
    assert me.get(f"/residents/{holder['id']}").status_code == 404
    with transaction("read"):
        found = service.holder_of(**identity())
        assert found is not None
        assert found.id == holder["id"] != mine["id"]


def test_whoever_declares_first_does_not_keep_the_holder_out(client: FlaskClient, clerk: Door):
    squatter = made(newcomer(client, "13900000001").post("/residents", woman()))
    holder = made(clerk.post("/residents", woman()))
    assert holder["identity"] == "proved"
    with transaction("read"):
        assert service.holder_of(**identity()).id == holder["id"] != squatter["id"]


def test_a_number_held_twice_is_put_before_people(client: FlaskClient, clerk: Door, city: Door):
    holder = made(clerk.post("/residents", woman()))
    other = made(newcomer(client, "13900000001").post("/residents", woman()))
    outbox.deliver()
    pairs = {frozenset(fact.values()) for fact in events("resident.duplicate-found")}
    assert pairs == {frozenset({other["id"], holder["id"]})}
    suspicions = city.get("/resident-duplicates").json["items"]
    assert {item["card"]["resident_id"]: item["also_held_by"] for item in suspicions} == {
        holder["id"]: [other["id"]],
        other["id"]: [holder["id"]],
    }
    assert clerk.get("/resident-duplicates").status_code == 403


def test_a_desk_learns_who_holds_a_document_masked_and_on_the_trail(clerk: Door, far_clerk: Door):
    holder = made(clerk.post("/residents", woman()))
    refused = far_clerk.post("/residents", woman())
    assert refused.status_code == 409
    assert refused.json["type"] == "/problems/document-taken"
    assert refused.json["card"] == {
        "resident_id": holder["id"],
        "display_name": "王*",
        "sex": "female",
        "age": 74,
        "identity": "proved",
    }
    with transaction("read"):
        rows = session().scalars(TrailRow.visible_to(by_itself("test")).where(TrailRow.outcome == "refused")).all()
        assert [(row.resident_id, row.purpose) for row in rows] == [(holder["id"], "document-taken")]


def test_of_two_desks_at_once_one_gets_the_document(app: Flask, clerk: Door, far_clerk: Door):
    deeds = [lambda: clerk.post("/residents", woman()), lambda: far_clerk.post("/residents", woman())] * 3
    answers = at_once(app, deeds)
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]


@pytest.mark.case("N3")
def test_the_old_form_of_a_number_is_the_same_number(clerk: Door):
    old = identity_number()[:6] + identity_number()[8:17]
    holder = made(clerk.post("/residents", woman(documents=[{"kind": "resident-id", "number": old}])))
    assert clerk.post("/residents", woman()).json["card"]["resident_id"] == holder["id"]


@pytest.mark.case("N1", "N2")
def test_a_number_that_cannot_be_is_refused_and_never_repeated(clerk: Door):
    wrong = identity_number()[:17] + ("0" if identity_number()[17] != "0" else "1")
    for number in (wrong, identity_number(born=date(2027, 1, 1)), "35058219520230002X", "3505821952"):
        answer = clerk.post("/residents", woman(documents=[{"kind": "resident-id", "number": number}]))
        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/number"
        assert number not in answer.get_data(as_text=True)


@pytest.mark.case("N4")
def test_the_same_passport_number_of_two_countries_is_two_people(clerk: Door):
    people = [
        made(clerk.post("/residents", woman(documents=[passport("X1234567", country)]))) for country in ("USA", "PHL")
    ]
    assert people[0]["id"] != people[1]["id"]
    assert clerk.post("/residents", woman(documents=[passport("x1234567", "PHL")])).status_code == 409


@pytest.mark.case("N4")
def test_people_of_hong_kong_macao_and_taiwan_register_like_everybody(clerk: Door):
    for kind, number in (("hk-macao-permit", "H12345678"), ("taiwan-permit", "12345678")):
        documents = [{"kind": kind, "number": number}, passport("K12345678", "CHN" if kind[0] == "h" else "TWN")]
        assert len(made(clerk.post("/residents", woman(documents=documents)))["documents"]) == 2


def test_a_number_that_says_another_birth_date_or_sex_is_refused(clerk: Door):
    assert clerk.post("/residents", woman(birth_date="1952-03-09")).json["errors"][0]["pointer"] == "/birth_date"
    assert clerk.post("/residents", woman(sex="male")).json["errors"][0]["pointer"] == "/sex"


@pytest.mark.case("N5")
def test_twins_are_two_people_and_neither_is_registered_twice(clerk: Door):
    birth = {"name": "王小", "sex": "male", "birth_date": "2026-11-22", "mother": identity()}
    twins = [made(clerk.post("/newborns", birth | {"birth_order": order})) for order in (1, 2)]
    again = clerk.post("/newborns", birth | {"birth_order": 1})
    assert (again.status_code, again.json["card"]["resident_id"]) == (409, twins[0]["id"])
    assert len({twin["id"] for twin in twins}) == 2


@pytest.mark.case("N5")
def test_another_child_of_the_same_mother_is_nobodys_twin(clerk: Door):
    birth = {"name": "王小", "sex": "male", "mother": identity(), "birth_order": 1}
    older = made(clerk.post("/newborns", birth | {"birth_date": "2025-01-02"}))
    younger = made(clerk.post("/newborns", birth | {"birth_date": "2026-11-22"}))
    assert older["id"] != younger["id"]
    assert all(child["documents"][0]["kind"] == "newborn" for child in (older, younger))


@pytest.mark.case("N5")
def test_a_newborns_own_certificate_takes_the_mothers_place(clerk: Door, town: Town):
    birth = {"name": "王小", "sex": "male", "birth_date": "2026-11-22", "mother": identity(), "birth_order": 1}
    child = made(clerk.post("/newborns", birth))
    open_visit(child["id"], town.hospital)
    certificate = {"kind": "birth-certificate", "number": "T350000001"}
    made(clerk.post(f"/residents/{child['id']}/documents", certificate))
    documents = clerk.get(f"/residents/{child['id']}").json["documents"]
    assert {document["kind"]: document["ended_at"] is None for document in documents} == {
        "newborn": False,
        "birth-certificate": True,
    }


@pytest.mark.case("N8")
def test_same_name_and_birth_date_are_two_people(clerk: Door, city: Door):
    one, two = made(clerk.post("/residents", woman(2))), made(clerk.post("/residents", woman(4)))
    assert one["name"] == two["name"]
    assert one["id"] != two["id"]
    outbox.deliver()
    assert events("resident.duplicate-found") == []
    assert city.get("/resident-duplicates").json["items"] == []


def test_a_second_click_carries_nobody_in_twice(clerk: Door):
    """Nothing but its key says that it is the same deed: two people without a name may come in one minute."""
    body = {"sex": "unknown"}
    assert clerk.post("/temporary-residents", body).json["type"] == "/problems/idempotency-key-missing"
    deed = new_deed()
    first, again, other = (clerk.post("/temporary-residents", body, **key) for key in (deed, deed, new_deed()))
    assert (again.json, again.headers["Idempotency-Replayed"]) == (first.json, "true")
    assert made(other)["id"] != made(first)["id"]


def test_somebody_carried_in_is_found_by_the_wristband(clerk: Door, far_clerk: Door):
    nameless = clerk.carry_in("unknown")
    assert (nameless["identity"], nameless["age"]) == ("temporary", None)
    wristband = nameless["documents"][0]["number"]
    found = far_clerk.post("/resident-searches", {"kind": "temporary", "number": wristband}).json["items"]
    assert [card["resident_id"] for card in found] == [nameless["id"]]


@pytest.mark.case("N12")
def test_nobody_needs_a_phone(clerk: Door):
    assert made(clerk.post("/residents", woman()))["phone"] is None


def test_two_people_do_not_share_a_phone(clerk: Door):
    made(clerk.post("/residents", woman(2, phone="13900000001")))
    assert clerk.post("/residents", woman(4, phone="+86 139 0000 0001")).json["type"] == "/problems/phone-in-use"


@pytest.mark.case("N7")
def test_names_are_kept_as_given_and_masked(clerk: Door):
    for order, (given, kept) in enumerate(
        (("𠮷𬱖", "𠮷𬱖"), ("阿卜杜拉•买买提", "阿卜杜拉·买买提"), ("O'Neill Mary Jane", None))
    ):
        resident = made(clerk.post("/residents", woman(2 * order + 2, name=given)))
        assert resident["name"] == (kept or given)
        assert resident["display_name"] != resident["name"]
    assert clerk.post("/residents", woman(20, name="‮‏")).status_code == 422


def test_only_desks_register_others(client: FlaskClient, town: Town):
    for person in (town.doctor, town.institution_admin, town.city_admin, town.hotline, town.auditor):
        assert Door(client, town.headers(person)).post("/residents", woman()).status_code == 403
    assert Door(client, town.hospital_scanner.headers).post("/residents", woman()).status_code == 403
    assert Door(client, {}).post("/residents", woman()).status_code == 401
    with transaction("read"):
        named = session().scalars(Resident.visible_to(by_itself("test")).where(Resident.sex == "female"))
        assert "王芳" not in [resident.name for resident in named]


def test_a_phone_says_nothing_that_only_a_desk_may_say(client: FlaskClient, town: Town):
    me = newcomer(client, "13900000001")
    for field in ({"phone": "13900000005"}, {"coverage": "employee"}):
        assert me.post("/residents", woman(**field)).json["errors"][0]["pointer"] == f"/{next(iter(field))}"
