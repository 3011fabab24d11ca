"""Machines sign in by their enrolled key."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from healthcode.core import clock as city_clock
from healthcode.core import ids, keyring, signing
from healthcode.core.db import transaction
from healthcode.core.http import Credentials
from healthcode.registry.devices import service as devices
from healthcode.trust.sessions import service
from tests.conftest import b64
from tests.support.phones import Scanner, fresh_key
from tests.support.sign_in import at_once, bearer


@dataclass
class Machine:
    """Writes assertions as a scanner's own program does."""

    scanner: Scanner

    def assertion(self, key: Any = None, header: dict[str, Any] | None = None, **changes: Any) -> str:
        moment = city_clock.epoch()
        name = self.scanner.device_id
        claims = {
            "iss": name,
            "sub": name,
            "aud": signing.issuer(),
            "iat": moment,
            "exp": moment + 60,
            "jti": ids.secret(),
        }
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        head = {"alg": "ES256", "typ": "client-authentication+jwt"} if header is None else header
        signed = ".".join(b64(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{b64(raw_signature(key or self.scanner.key, signed.encode()))}"


def raw_signature(key: Any, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(key.sign(message, ECDSA(hashes.SHA256())))
    n = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    return r.to_bytes(32, "big") + min(s, n - s).to_bytes(32, "big")


def sign_in(client: FlaskClient, assertion: str) -> Any:
    return client.post("/api/v1/device-sessions", json={"client_assertion": assertion})


@pytest.fixture
def machine(town) -> Machine:
    return Machine(town.hospital_scanner)


def caller_of(answer: Any):
    with transaction("read"):
        return service.resolve(Credentials(answer.json["access_token"], None, ""))


def test_a_scanner_signs_in_by_its_key(client, machine, town):
    answer = sign_in(client, machine.assertion())
    assert answer.status_code == 201, answer.json
    caller = caller_of(answer)
    assert (caller.kind, caller.id) == ("device", machine.scanner.device_id)
    assert (caller.institution_id, caller.roles) == (town.hospital, {"registration"})


def test_a_laboratorys_system_is_a_system(client, town):
    machine = Machine(town.scanner(town.hospital, kind="lis"))
    caller = caller_of(sign_in(client, machine.assertion()))
    assert (caller.kind, caller.roles) == ("system", {"lis"})


def test_an_assertion_is_good_once(client, machine):
    assertion = machine.assertion()
    assert sign_in(client, assertion).status_code == 201
    assert sign_in(client, assertion).status_code == 401


def test_of_many_who_bring_the_same_assertion_at_once_one_is_in(app: Flask, machine):
    assertion = machine.assertion()
    outcomes = at_once(app, [lambda: sign_in(app.test_client(), assertion).status_code] * 12)
    assert outcomes.count(201) == 1


def test_an_assertion_cannot_be_replayed_as_long_as_it_could_be_read(client, machine, clock):
    assertion = machine.assertion(exp=city_clock.epoch() + 300)
    assert sign_in(client, assertion).status_code == 201
    for _ in range(7):
        clock.advance(seconds=50)
        with transaction():
            service.forget_old(city_clock.now())
        assert sign_in(client, assertion).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "XX"},
        {"aud": None},
        {"iss": "somebody-else"},
        {"sub": "somebody-else"},
        {"exp": None},
        {"exp": 1},
        {"exp": 99_999_999_999},
        {"jti": None},
        {"jti": "short"},
        {"iat": 99_999_999_999},
    ],
    ids=str,
)
def test_an_assertion_that_is_not_for_us_now_opens_nothing(client, machine, changes):
    assert sign_in(client, machine.assertion(**changes)).status_code == 401


@pytest.mark.case("Q7")
@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256", "jwk": {}}, {"alg": "ES384"}], ids=str
)
def test_the_header_decides_nothing(client, machine, header):
    assert sign_in(client, machine.assertion(header=header)).status_code == 401


def test_another_key_opens_nothing(client, machine, town):
    assert sign_in(client, machine.assertion(key=fresh_key())).status_code == 401
    assert sign_in(client, machine.assertion(key=town.station_scanner.key)).status_code == 401


def test_rubbish_opens_nothing(client):
    for text in ("x", "a.b.c", "e30.e30." + "A" * 86, "." * 4000):
        assert sign_in(client, text).status_code == 401


@pytest.mark.case("Q10")
def test_an_access_token_is_no_assertion_and_an_assertion_no_access_token(client, machine):
    access = sign_in(client, machine.assertion()).json["access_token"]
    assert sign_in(client, access).status_code == 401
    assert client.get("/api/v1/sessions", headers={"Authorization": f"Bearer {machine.assertion()}"}).status_code == 401


@pytest.mark.case("Q10")
@pytest.mark.parametrize("use", sorted(set(keyring.USES) - {"token", "pass", "ticket", "card"}))
def test_what_other_keys_of_the_city_signed_is_no_access_token(client, machine, use):
    session_id = sign_in(client, machine.assertion()).json["session_id"]
    text = signing.sign(use, {"sid": session_id, "kind": "device"}, typ="at+jwt", lifetime_seconds=60)
    assert client.get("/api/v1/sessions", headers={"Authorization": f"Bearer {text}"}).status_code == 401


@pytest.mark.case("Q14")
def test_a_stolen_scanner_is_refused_from_the_next_request_on(client, machine):
    signed_in = sign_in(client, machine.assertion()).json
    assert client.get("/api/v1/sessions", headers=bearer(signed_in)).status_code == 200
    with transaction():
        devices.stop(machine.scanner.device_id, reason="stolen")
    assert client.get("/api/v1/sessions", headers=bearer(signed_in)).status_code == 401
    assert sign_in(client, machine.assertion()).status_code == 401


def test_a_machines_session_is_as_long_as_its_token(client, machine, clock, app):
    signed_in = sign_in(client, machine.assertion()).json
    assert signed_in["expires_in"] == app.config["SETTINGS"].access_token_seconds
    clock.advance(seconds=signed_in["expires_in"] - 1)
    assert client.get("/api/v1/sessions", headers=bearer(signed_in)).status_code == 200
    clock.advance(seconds=1)
    assert client.get("/api/v1/sessions", headers=bearer(signed_in)).status_code == 401
