"""Merging: only on proof, never by a move, and always to be taken back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from healthcode.core import ids
from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from healthcode.core.trail import TrailRow
from healthcode.registry.residents import service
from healthcode.registry.residents.models import Merge, Resident
from tests.registry.people import Door, identity, made, newcomer, open_visit, passport, woman
from tests.support.sign_in import at_once
from tests.support.town import Town


def merging(stays: str, leads: str, *documents: dict[str, str]) -> dict[str, object]:
    return {"resident_id": stays, "merged_id": leads, "documents": list(documents), "reason": "同一人"}


@pytest.fixture
def proved(clerk: Door) -> str:
    """Registered at the hospital with an identity card."""
    return made(clerk.post("/residents", woman()))["id"]


@pytest.fixture
def me(client: FlaskClient, town: Town) -> Door:
    return newcomer(client, "13900000001")


@pytest.fixture
def declared(me: Door) -> str:
    """The same number, declared from a phone."""
    return made(me.post("/residents", woman()))["id"]


@pytest.mark.case("N6")
def test_somebody_carried_in_gets_their_own_record_back(clerk: Door, city: Door, proved: str, town: Town):
    nameless = clerk.carry_in()
    merge = made(clerk.post("/resident-merges", merging(proved, nameless["id"], identity())))
    wristband = {"kind": "temporary", "number": nameless["documents"][0]["number"]}
    found = clerk.post("/resident-searches", wristband).json["items"]
    assert [card["resident_id"] for card in found] == [proved]
    assert len(city.get(f"/residents/{proved}").json["documents"]) == 2
    made(city.post(f"/resident-merges/{merge['id']}/reversals", {"reason": "另一人"}))
    found = clerk.post("/resident-searches", wristband).json["items"]
    assert [card["resident_id"] for card in found] == [nameless["id"]]


def test_who_merely_declared_a_number_is_not_merged_into_its_holder(clerk: Door, proved: str, declared: str, me: Door):
    """The holder stands at the desk with the card; the phone that declared it is somebody else's."""
    refused = clerk.post("/resident-merges", merging(proved, declared, identity()))
    assert refused.json["type"] == "/problems/evidence-too-weak"
    assert me.get(f"/residents/{proved}").status_code == 404


def test_who_shows_phone_and_card_at_one_desk_is_merged(clerk: Door, proved: str, declared: str, me: Door, town: Town):
    open_visit(declared, town.hospital)
    merge = made(clerk.post("/resident-merges", merging(proved, declared, identity())))
    assert me.get("/me").json["resident_id"] == proved
    assert me.get(f"/residents/{proved}").json["name"] == "王芳"
    open_visit(proved, town.hospital)
    made(clerk.post(f"/resident-merges/{merge['id']}/reversals", {"reason": "误合并"}))
    assert me.get("/me").json["resident_id"] == declared
    assert me.get(f"/residents/{proved}").status_code == 404


@pytest.mark.case("N6", "N8")
def test_what_is_not_unique_in_the_world_proves_nothing(clerk: Door, town: Town):
    birth = {"name": "王小", "sex": "male", "birth_date": "2026-11-22", "mother": identity()}
    twins = [made(clerk.post("/newborns", birth | {"birth_order": order}))["id"] for order in (1, 2)]
    for twin in twins:
        open_visit(twin, town.hospital)
    refused = clerk.post("/resident-merges", merging(*twins, identity()))
    assert refused.json["type"] == "/problems/evidence-too-weak"  # the mother's card is the mother's
    assert clerk.post("/resident-merges", merging(*twins)).status_code == 422
    with transaction("read"):
        assert session().scalars(Merge.visible_to(by_itself("test"))).all() == []


def test_two_documents_in_one_hand_join_their_records(clerk: Door, proved: str):
    second = made(clerk.post("/residents", woman(documents=[passport("E12345678", "CHN")])))["id"]
    assert clerk.post("/resident-merges", merging(proved, second, identity())).status_code == 404
    made(clerk.post("/resident-merges", merging(proved, second, identity(), passport("E12345678", "CHN"))))
    with transaction("read"):
        assert service.holder_of(**passport("E12345678", "CHN")).id == proved
        assert service.holds_document(second, **identity())


def test_a_merge_moves_no_row(clerk: Door, proved: str, declared: str, town: Town):
    open_visit(declared, town.hospital)
    with transaction("read"):
        before = {row.id: row.name_sealed for row in session().scalars(Resident.visible_to(by_itself("test")))}
    made(clerk.post("/resident-merges", merging(proved, declared, identity())))
    with transaction("read"):
        assert before == {row.id: row.name_sealed for row in session().scalars(Resident.visible_to(by_itself("test")))}
        facts = session().scalars(select(Event).where(Event.name == "resident.merged")).one().facts
        assert (facts["resident_id"], facts["merged_id"]) == (proved, declared)


def test_a_record_others_lead_to_does_not_lead_on(clerk: Door, proved: str):
    nameless, unknown = (clerk.carry_in()["id"] for _ in range(2))
    made(clerk.post("/resident-merges", merging(proved, nameless, identity())))
    again = clerk.post("/resident-merges", merging(proved, nameless, identity()))
    assert again.json["state"] == "merged"
    assert clerk.post("/resident-merges", merging(nameless, unknown, identity())).json["state"] == "merged"
    second = made(clerk.post("/residents", woman(documents=[passport("E12345678", "CHN")])))["id"]
    both = (identity(), passport("E12345678", "CHN"))
    assert clerk.post("/resident-merges", merging(second, proved, *both)).json["state"] == "leads"
    made(clerk.post("/resident-merges", merging(proved, second, *both)))


def test_two_desks_that_merge_crosswise_agree(app: Flask, clerk: Door, far_clerk: Door, proved: str):
    second = made(clerk.post("/residents", woman(documents=[passport("E12345678", "CHN")])))["id"]
    both = (identity(), passport("E12345678", "CHN"))
    answers = at_once(
        app,
        [
            lambda: clerk.post("/resident-merges", merging(proved, second, *both)),
            lambda: far_clerk.post("/resident-merges", merging(second, proved, *both)),
        ],
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_merge_is_taken_back_once(clerk: Door, city: Door, proved: str, town: Town):
    nameless = clerk.carry_in()["id"]
    merge = made(clerk.post("/resident-merges", merging(proved, nameless, identity())))
    path = f"/resident-merges/{merge['id']}/reversals"
    assert clerk.post(path, {"reason": "x"}).status_code == 404  # not somebody who came to this desk
    assert made(city.post(path, {"reason": "误合并"}))["reversed_reason"] == "误合并"
    assert city.post(path, {"reason": "误合并"}).json["state"] == "reversed"


@pytest.mark.case("Z2")
def test_merging_is_not_for_everybody(client: FlaskClient, city: Door, me: Door, town: Town, proved: str):
    body = merging(proved, town.wang.id, identity())
    assert me.post("/resident-merges", body).status_code == 403
    assert city.post("/resident-merges", body).status_code == 403  # it takes documents in hand
    assert Door(client, town.headers(town.doctor)).post("/resident-merges", body).status_code == 403


def test_a_record_that_is_not_there_is_not_found(clerk: Door, proved: str, town: Town):
    assert clerk.post("/resident-merges", merging(proved, town.clerk.id, identity())).status_code == 404
    assert clerk.post("/resident-merges", merging(proved, proved, identity())).status_code == 422


@pytest.mark.case("Z1")
def test_a_record_that_is_not_before_the_desk_is_as_good_as_missing(clerk: Door, proved: str, town: Town):
    """Neither here, nor named by a document in hand: whether it exists, and was merged, is not told. They see the try."""
    missing, hidden = ids.new(), town.stranger.id
    with transaction():
        session().execute(update(Resident).where(Resident.id == town.son.id).values(merged_into_id=town.wang.id))
    pairs = [
        (one, other)
        for unseen in (missing, hidden, town.son.id, town.wang.id)
        for one, other in ((proved, unseen), (unseen, proved))
    ]
    answers = [clerk.post("/resident-merges", merging(*pair, identity())).json for pair in pairs]
    assert [(answer["type"], answer["status"]) for answer in answers] == [("/problems/not-found", 404)] * 8
    assert len({frozenset(answer.items() - {("instance", answer["instance"])}) for answer in answers}) == 1
    with transaction("read"):
        seen = session().scalars(select(TrailRow).where(TrailRow.resident_id == hidden)).all()
        assert {(row.outcome, row.problem) for row in seen} == {("refused", "not-found")}


@pytest.mark.case("Z1")
def test_somebody_nameless_is_told_of_only_to_whoever_may_merge_them(clerk: Door, town: Town):
    nameless = clerk.carry_in()["id"]
    for unseen in (town.stranger.id, ids.new()):
        assert clerk.post("/resident-merges", merging(unseen, nameless, identity())).status_code == 404
