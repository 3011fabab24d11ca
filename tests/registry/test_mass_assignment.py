"""Whatever a table has and a door does not ask for: sent along, it is refused, and no row moves."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from healthcode.core.db import Table, session, transaction
from healthcode.registry.devices.routes import room as devices
from healthcode.registry.institutions.routes import room as institutions
from healthcode.registry.residents.routes import room as residents
from tests.registry.people import Door, identity, made, newcomer, open_visit, passport, woman
from tests.support.phones import fresh_key, new_deed
from tests.support.town import Town

REGISTRY = (
    "residents",
    "identity_documents",
    "merges",
    "resident_changes",
    "institutions",
    "departments",
    "staff",
    "posts",
    "devices",
)
BESIDES = ("resident_id", "status", "verified", "is_admin", "roles", "price_fen", "institution_id")
WRITES = {
    door.name: door for room in (residents, institutions, devices) for door in room.doors if door.body is not None
}


@pytest.fixture
def attempts(client: FlaskClient, town: Town, clerk: Door, admin: Door, city: Door) -> dict[str, Callable[[dict], Any]]:
    """For every door with a body: somebody whom it lets in, with a body that it would take, but for what is added."""
    from healthcode.core import p256

    person = made(clerk.post("/residents", woman(2, phone="13900000006")))
    other = clerk.carry_in("male")
    invited = made(admin.post("/devices", {"kind": "pharmacy", "name": "一号窗"}))
    merge = made(
        clerk.post(
            "/resident-merges",
            {"resident_id": person["id"], "merged_id": other["id"], "documents": [identity()], "reason": "苏醒"},
        )
    )
    third = clerk.carry_in("male")
    open_visit(person["id"], town.hospital)
    own = newcomer(client, "13900000001")
    resident, document = f"/residents/{person['id']}", person["documents"][0]["id"]
    birth = {"name": "王小", "sex": "male", "birth_date": "2026-11-22", "mother": identity(), "birth_order": 1}
    key = p256.public_jwk(fresh_key().public_key())

    def sending(door: Door, path: str, body: dict[str, Any]) -> Callable[[dict], Any]:
        return lambda extra: door.post(path, body | extra)

    return {
        "residents.register": sending(own, "/residents", woman(4)),
        "residents.register_newborn": sending(clerk, "/newborns", birth),
        "residents.register_temporary": lambda extra: clerk.post(
            "/temporary-residents", {"sex": "male"} | extra, **new_deed()
        ),
        "residents.edit": lambda extra: clerk.patch(
            resident, {"district": "梅岭", "reason": "搬家"} | extra, version=2
        ),
        "residents.search": sending(clerk, "/resident-searches", identity()),
        "residents.add_document": sending(clerk, f"{resident}/documents", passport("E12345678", "CHN")),
        "residents.end_document": sending(clerk, f"{resident}/documents/{document}/endings", {"reason": "作废"}),
        "residents.merge": sending(
            clerk,
            "/resident-merges",
            {"resident_id": person["id"], "merged_id": third["id"], "documents": [identity()], "reason": "苏醒"},
        ),
        "residents.reverse_merge": sending(city, f"/resident-merges/{merge['id']}/reversals", {"reason": "误"}),
        "residents.record_death": sending(city, f"{resident}/deaths", {"died_on": "2026-11-22", "reason": "证明"}),
        "residents.correct_death": sending(city, f"{resident}/death-corrections", {"reason": "误"}),
        "residents.erase": sending(city, f"{resident}/erasures", {"reason": "申请"}),
        "institutions.appoint": sending(
            admin, f"/institutions/{town.hospital}/posts", {"username": "worker", "role": "clerk"}
        ),
        "devices.invite": sending(admin, "/devices", {"kind": "pharmacy", "name": "二号窗"}),
        "devices.invite_many": sending(admin, "/device-batches", {"kind": "pharmacy", "names": ["三号窗"]}),
        "devices.enrol": sending(
            admin, "/device-enrolments", {"enrolment_code": invited["enrolment_code"], "public_key": key}
        ),
        "devices.revoke": sending(admin, f"/devices/{invited['device_id']}/revocations", {"reason": "丢失"}),
    }


def rows() -> dict[str, list[tuple[Any, ...]]]:
    with transaction("read"):
        tables = Table.metadata.tables
        return {name: sorted(map(repr, session().execute(tables[name].select()))) for name in REGISTRY}


@pytest.mark.case("Z3")
def test_no_column_can_be_sent_through_a_door(app: Flask, attempts: dict[str, Callable[[dict], Any]]):
    assert attempts.keys() == WRITES.keys(), "a new door needs an attempt"
    columns = {column.name for name in REGISTRY for column in Table.metadata.tables[name].columns} | set(BESIDES)
    before = rows()
    for name, attempt in attempts.items():
        smuggled = columns - WRITES[name].body.fields.keys()
        answer = attempt(dict.fromkeys(smuggled, "x"))
        assert answer.status_code == 422, (name, answer.json)
        assert {error["pointer"] for error in answer.json["errors"]} == {f"/{field}" for field in smuggled}, name
        assert len(smuggled) > 40
    assert rows() == before


@pytest.mark.case("Z3")
def test_a_field_within_a_field_is_no_way_in_either(clerk: Door, town: Town):
    before = rows()
    body = woman(documents=[identity() | {"claim": "x"}])
    assert clerk.post("/residents", body).json["errors"][0]["pointer"] == "/documents/0/claim"
    assert rows() == before


def test_the_bodies_are_taken_without_the_addition(attempts: dict[str, Callable[[dict], Any]]):
    """Else the refusals above would prove nothing. In an order in which none is in the way of another."""
    last = ("residents.record_death", "residents.correct_death", "residents.end_document", "residents.erase")
    for name in [
        *(name for name in attempts if name not in last and name != "devices.revoke"),
        *last,
        "devices.revoke",
    ]:
        assert attempts[name]({}).status_code in (200, 201, 204), (name, attempts[name]({}).json)
