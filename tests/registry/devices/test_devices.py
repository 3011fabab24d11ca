"""Devices: invited on paper, enrolled once, revoked at once."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from healthcode.core import clock as core_clock
from healthcode.core import p256
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from healthcode.registry.devices import enrolment_codes, service
from healthcode.registry.devices.models import Device
from tests.registry.people import Door, made
from tests.support.phones import fresh_key
from tests.support.sign_in import at_once
from tests.support.town import Town


def jwk() -> dict[str, str]:
    return p256.public_jwk(fresh_key().public_key())


@pytest.fixture
def invitation(admin: Door) -> dict[str, str]:
    return made(admin.post("/devices", {"kind": "pharmacy", "name": "一号窗"}))


def test_a_scanner_is_enrolled_with_the_code_on_its_slip(admin: Door, anyone: Door, town: Town, invitation):
    key = jwk()
    enrolled = made(
        anyone.post("/device-enrolments", {"enrolment_code": invitation["enrolment_code"], "public_key": key})
    )
    assert enrolled["institution"] == {"id": town.hospital, "name": "晋江市医院"}
    assert (enrolled["device_id"], enrolled["kind"], enrolled["station_id"]) == (
        invitation["device_id"],
        "pharmacy",
        "JJ-0001",
    )
    assert {one["use"] for one in enrolled["lists_keys"]} == {"lists"}
    assert enrolled["server_time"] == core_clock.now().isoformat()
    with transaction("read"):
        assert service.enrolled(invitation["device_id"]).public_key == key
        names = session().scalars(select(Event.name).where(Event.name.like("device.%"))).all()
        assert names == ["device.invited", "device.enrolled"]


def test_the_code_is_typed_as_people_type(admin: Door, anyone: Door, town: Town):
    assert enrolment_codes.normal("o0il1-ab cd") == "00111ABCD"
    assert enrolment_codes.normal("７Ｋ３Ｑ") == "7K3Q"
    code = made(admin.post("/devices", {"kind": "pharmacy", "name": "一号窗"}))["enrolment_code"]
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}", code)
    typed = code.lower().replace("-", " ").replace("0", "o")
    made(anyone.post("/device-enrolments", {"enrolment_code": typed, "public_key": jwk()}))


def test_wrong_used_expired_and_revoked_codes_are_refused_alike(admin: Door, anyone: Door, clock, invitation):
    used, late, revoked = (
        made(admin.post("/devices", {"kind": "pharmacy", "name": name})) for name in ("二号窗", "三号窗", "四号窗")
    )
    made(anyone.post("/device-enrolments", {"enrolment_code": used["enrolment_code"], "public_key": jwk()}))
    made(admin.post(f"/devices/{revoked['device_id']}/revocations", {"reason": "不用"}))
    clock.advance(hours=24)
    answers = [
        anyone.post("/device-enrolments", {"enrolment_code": code, "public_key": jwk()})
        for code in ("AAAAA-AAAAA-AAAAA", "王", *(one["enrolment_code"] for one in (used, late, revoked)))
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert len({re.sub(r'"instance":"[^"]*"', "", answer.get_data(as_text=True)) for answer in answers}) == 1


def test_of_two_machines_with_one_slip_one_is_enrolled(app: Flask, anyone: Door, invitation):
    body = {"enrolment_code": invitation["enrolment_code"]}
    answers = at_once(app, [lambda: anyone.post("/device-enrolments", body | {"public_key": jwk()})] * 5)
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403, 403]


def test_a_key_that_is_none_is_refused_before_the_code_is_looked_at(anyone: Door, invitation):
    good = jwk()
    for key in (good | {"x": "A" * 43}, good | {"crv": "P-384"}, good | {"d": good["x"]}, good | {"y": good["x"]}):
        answers = [
            anyone.post("/device-enrolments", {"enrolment_code": code, "public_key": key})
            for code in (invitation["enrolment_code"], "AAAAA-AAAAA-AAAAA")
        ]
        assert [answer.status_code for answer in answers] == [422, 422]
    made(anyone.post("/device-enrolments", {"enrolment_code": invitation["enrolment_code"], "public_key": good}))


def test_the_code_is_kept_nowhere(app: Flask, invitation):
    code = enrolment_codes.normal(invitation["enrolment_code"])
    with transaction("read"):
        rows = " ".join(repr(row) for row in session().execute(Device.__table__.select()))
        rows += " ".join(repr(row) for row in session().execute(Event.__table__.select()))
    assert code not in rows
    assert invitation["enrolment_code"] not in rows


def test_a_hundred_scanners_are_invited_at_once(admin: Door, town: Town):
    names = [f"{number} 号扫码器" for number in range(1, 101)]
    invited = made(admin.post("/device-batches", {"kind": "registration", "names": names}))["devices"]
    assert [one["name"] for one in invited] == names
    assert len({one["enrolment_code"] for one in invited}) == 100
    assert admin.post("/device-batches", {"kind": "registration", "names": [*names, "多"]}).status_code == 422
    assert admin.post("/device-batches", {"kind": "registration", "names": []}).status_code == 422


def test_a_lost_scanner_is_revoked_at_once(client: FlaskClient, admin: Door, town: Town):
    scanner = town.hospital_scanner
    lost = made(admin.post(f"/devices/{scanner.device_id}/revocations", {"reason": "遗失"}))
    assert (lost["state"], lost["revoked_reason"]) == ("revoked", "遗失")
    assert Door(client, scanner.headers).get("/me").status_code == 401
    again = admin.post(f"/devices/{scanner.device_id}/revocations", {"reason": "遗失"})
    assert (again.status_code, again.json["state"]) == (409, "revoked")
    with transaction("read"):
        assert service.enrolled(scanner.device_id) is None
        facts = session().scalars(select(Event).where(Event.name == "device.revoked")).one().facts
        assert facts == {"device_id": scanner.device_id, "institution_id": town.hospital}


def test_an_administrator_sees_and_revokes_only_the_houses_own(admin: Door, city: Door, town: Town, invitation):
    ids = {device["id"] for device in admin.get("/devices").json["items"]}
    assert ids == {town.hospital_scanner.device_id, invitation["device_id"]}
    assert admin.get("/devices", institution_id=town.station).status_code == 403
    path = f"/devices/{town.station_scanner.device_id}/revocations"
    assert admin.post(path, {"reason": "x"}).status_code == 404
    assert len(city.get("/devices").json["items"]) == 4
    assert len(city.get("/devices", state="invited").json["items"]) == 1
    assert city.get("/devices", institution_id=town.station, kind="station").json["items"][0]["state"] == "enrolled"
    made(city.post(path, {"reason": "遗失"}))


def test_devices_are_invited_for_ones_own_house(admin: Door, city: Door, town: Town):
    body = {"kind": "station", "name": "扫码器"}
    assert admin.post("/devices", body | {"institution_id": town.station}).status_code == 403
    assert city.post("/devices", body).json["errors"][0]["pointer"] == "/institution_id"
    assert city.post("/devices", body | {"institution_id": town.clerk.id}).status_code == 404
    made(city.post("/devices", body | {"institution_id": town.station}))


@pytest.mark.case("Z2")
def test_others_neither_invite_nor_list(client: FlaskClient, town: Town):
    for headers in (town.headers(town.clerk), town.headers(town.wang), town.hospital_scanner.headers):
        door = Door(client, headers)
        assert door.post("/devices", {"kind": "station", "name": "x"}).status_code == 403
        assert door.get("/devices").status_code == 403


def test_codes_cannot_be_tried_out(anyone: Door, town: Town, strict_rates: None):
    body = {"enrolment_code": "AAAAA-AAAAA-AAAAA", "public_key": jwk()}
    statuses = [anyone.post("/device-enrolments", body).status_code for _ in range(61)]
    assert statuses == [403] * 60 + [429]
