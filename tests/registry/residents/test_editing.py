"""Editing: what is one's own, what needs a desk, what ends, what is erased."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from healthcode.core.secrets import Unreadable, Vault
from healthcode.registry.residents import service
from healthcode.registry.residents.models import IdentityDocument, Resident, ResidentChange
from tests.registry.people import Door, identity, made, newcomer, open_visit, passport, woman
from tests.support.town import Town

EVERYBODY = by_itself("test")


@pytest.fixture
def me(client: FlaskClient, town: Town) -> Door:
    return newcomer(client, "13900000001")


@pytest.fixture
def mine(me: Door) -> str:
    return made(me.post("/residents", woman()))["id"]


def changes_of(resident_id: str) -> list[ResidentChange]:
    return list(
        session().scalars(
            ResidentChange.visible_to(EVERYBODY)
            .where(ResidentChange.resident_id == resident_id)
            .order_by(ResidentChange.id)
        )
    )


def test_a_resident_moves_to_another_district(me: Door, mine: str):
    changed = me.patch(f"/residents/{mine}", {"district": "梅岭街道"})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert me.get(f"/residents/{mine}").json["district"] == "梅岭街道"


def test_nobody_overwrites_what_they_have_not_read(me: Door, mine: str):
    assert me.patch(f"/residents/{mine}", {"district": "梅岭街道"}, version=None).status_code == 428
    assert me.patch(f"/residents/{mine}", {"district": "梅岭街道"}, version=7).status_code == 412
    assert me.get(f"/residents/{mine}").json["district"] is None


def test_who_one_is_changes_only_at_a_desk(me: Door, mine: str):
    before = me.get(f"/residents/{mine}").json
    for field in ({"sex": "male"}, {"birth_date": "1980-01-01"}, {"phone": "13900000003"}, {"coverage": "employee"}):
        refused = me.patch(f"/residents/{mine}", field)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, f"/{next(iter(field))}")
    assert me.get(f"/residents/{mine}").json == before


def test_a_name_is_ones_own_until_it_is_proved(me: Door, mine: str, clerk: Door, town: Town):
    assert me.patch(f"/residents/{mine}", {"name": "王芬"}).json["name"] == "王芬"
    open_visit(mine, town.hospital)
    made(clerk.post(f"/residents/{mine}/documents", identity()))
    assert me.get(f"/residents/{mine}").json["identity"] == "proved"
    assert me.patch(f"/residents/{mine}", {"name": "王芳"}, version=3).status_code == 422


def test_a_desk_corrects_with_a_reason_and_what_was_is_kept_sealed(clerk: Door, me: Door, mine: str, town: Town):
    open_visit(mine, town.hospital)
    assert clerk.patch(f"/residents/{mine}", {"sex": "other"}).json["errors"][0]["pointer"] == "/reason"
    corrected = clerk.patch(f"/residents/{mine}", {"name": "王芬", "reason": "户口簿"})
    assert corrected.json["name"] == "王芬"
    with transaction("read"):
        [change] = changes_of(mine)
        assert (change.fields, change.reason, change.by_id) == (["name"], "户口簿", town.clerk.id)
        resident = session().scalars(Resident.visible_to(EVERYBODY).where(Resident.id == mine)).one()
        context = f"resident_changes.before_sealed:{change.id}"
        assert Vault.open(change.before_sealed, key=resident.data_key, context=context) == '{"name":"王芳"}'.encode()
        facts = session().scalars(select(Event).where(Event.name == "resident.corrected")).one().facts
        assert facts == {"resident_id": mine, "fields": ["name"]}


def test_what_was_changed_cannot_be_rewritten(me: Door, mine: str):
    me.patch(f"/residents/{mine}", {"district": "梅岭街道"})
    for statement in ("UPDATE resident_changes SET reason = 'x'", "DELETE FROM resident_changes"):
        with pytest.raises(DBAPIError, match="append-only"), transaction():
            session().execute(text(statement))


def test_a_new_number_is_given_at_a_desk_and_the_old_phone_opens_nothing(
    me: Door, mine: str, clerk: Door, town: Town, client: FlaskClient
):
    open_visit(mine, town.hospital)
    changed = clerk.patch(f"/residents/{mine}", {"phone": "13900000002", "reason": "手机丢失"})
    assert changed.json["phone"] == "139****0002"
    assert newcomer(client, "13900000001").get("/me").json["resident_id"] is None
    assert newcomer(client, "13900000002").get("/me").json["resident_id"] == mine


def test_a_phone_of_somebody_else_is_not_given(me: Door, mine: str, clerk: Door, town: Town):
    made(clerk.post("/residents", woman(4, phone="13900000002")))
    open_visit(mine, town.hospital)
    refused = clerk.patch(f"/residents/{mine}", {"phone": "13900000002", "reason": "更换"})
    assert refused.json["type"] == "/problems/phone-in-use"
    assert me.get(f"/residents/{mine}").json["phone"] == "139****0001"


@pytest.mark.case("N6")
def test_a_number_corrected_by_the_police_is_a_new_document(clerk: Door, town: Town):
    person = made(clerk.post("/residents", woman(2)))
    open_visit(person["id"], town.hospital)
    made(clerk.post(f"/residents/{person['id']}/documents", identity(4)))
    path = f"/residents/{person['id']}/documents/{person['documents'][0]['id']}/endings"
    assert made(clerk.post(path, {"reason": "公安更正"}))["ended_at"] is not None
    assert clerk.post(path, {"reason": "公安更正"}).json["state"] == "ended"
    with transaction("read"):
        assert service.holder_of(**identity(2)) is None
        assert service.holder_of(**identity(4)).id == person["id"]
    assert len(clerk.get(f"/residents/{person['id']}").json["documents"]) == 2  # nothing is forgotten


def test_without_any_seen_document_nobody_is_proved(clerk: Door, town: Town):
    person = made(clerk.post("/residents", woman()))
    open_visit(person["id"], town.hospital)
    made(clerk.post(f"/residents/{person['id']}/documents/{person['documents'][0]['id']}/endings", {"reason": "冒用"}))
    assert clerk.get(f"/residents/{person['id']}").json["identity"] == "declared"
    assert made(clerk.post("/residents", woman()))["id"] != person["id"]


def test_a_document_of_somebody_else_is_not_given(clerk: Door, me: Door, mine: str, town: Town):
    holder = made(clerk.post("/residents", woman()))
    open_visit(mine, town.hospital)
    refused = clerk.post(f"/residents/{mine}/documents", identity())
    assert (refused.status_code, refused.json["card"]["resident_id"]) == (409, holder["id"])
    assert me.get(f"/residents/{mine}").json["identity"] == "declared"


def test_a_record_holds_at_most_ten_documents(me: Door, mine: str):
    for number in range(9):
        made(me.post(f"/residents/{mine}/documents", passport(f"E1234567{number}", "CHN")))
    refused = me.post(f"/residents/{mine}/documents", passport("E99999999", "CHN"))
    assert refused.json["type"] == "/problems/too-many-documents"


def test_the_dead_sign_in_nowhere_until_it_was_a_mistake(city: Door, me: Door, mine: str):
    assert me.get(f"/residents/{mine}").status_code == 200
    assert city.post(f"/residents/{mine}/deaths", {"died_on": "2026-11-24", "reason": "证明"}).status_code == 422
    assert made(city.post(f"/residents/{mine}/deaths", {"died_on": "2026-11-22", "reason": "证明"}))["age"] == 74
    assert city.post(f"/residents/{mine}/deaths", {"died_on": "2026-11-22", "reason": "证明"}).json["state"] == "died"
    assert me.get(f"/residents/{mine}").status_code == 401
    made(city.post(f"/residents/{mine}/death-corrections", {"reason": "登记错误"}))
    assert me.get(f"/residents/{mine}").status_code == 200


def test_who_was_erased_can_never_be_read_again(city: Door, clerk: Door, me: Door, mine: str):
    me.patch(f"/residents/{mine}", {"name": "王芬"})
    with transaction("read"):
        sealed = session().scalars(Resident.visible_to(EVERYBODY).where(Resident.id == mine)).one().name_sealed
        session().expunge_all()
    assert city.post(f"/residents/{mine}/erasures", {"reason": "本人申请"}).status_code == 204
    assert city.get(f"/residents/{mine}").status_code == 404
    assert me.get(f"/residents/{mine}").status_code == 401
    assert clerk.post("/resident-searches", identity()).json == {"items": []}
    with transaction("read"):
        resident = session().scalars(Resident.visible_to(EVERYBODY).where(Resident.id == mine)).one()
        assert (resident.data_key, resident.name, resident.phone_index) == (None, None, None)
        documents = session().scalars(IdentityDocument.visible_to(EVERYBODY)).all()
        assert [(one.number, one.number_index, one.claim) for one in documents] == [(None, None, None)]
        assert len(changes_of(mine)) == 2  # that something was changed stays, what it was does not
        with pytest.raises(Unreadable):
            Vault.open(sealed, key=bytes(32), context=f"residents.name_sealed:{mine}")
    assert made(clerk.post("/residents", woman()))["identity"] == "proved"  # the number is free


@pytest.mark.case("Z2")
def test_only_the_city_erases_and_corrects_deaths(clerk: Door, admin: Door, me: Door, mine: str, town: Town):
    open_visit(mine, town.hospital)
    for door in (clerk, admin, me):
        for deed in ("erasures", "death-corrections"):
            assert door.post(f"/residents/{mine}/{deed}", {"reason": "x"}).status_code == 403
    with transaction("read"):
        assert session().scalar(select(func.count()).select_from(Event).where(Event.name == "resident.erased")) == 0
