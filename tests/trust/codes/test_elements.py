"""Lists of things, own and foreign, good and bad together: each is judged for itself, and there are only so many."""

import hashlib

import pytest

from healthcode.core import p256
from healthcode.core.db import session, transaction
from healthcode.trust.codes.models import IssuedCode, Verification
from tests.support.phones import Phone, fresh_key, new_deed
from tests.support.town import batch_of
from tests.trust.codes.hp1 import mint
from tests.trust.codes.test_offline import item


@pytest.fixture
def shown(client, town):
    phone = town.phone(town.wang)
    phone.fetch(client)
    return phone


@pytest.mark.case("Z19")
def test_each_reading_of_a_batch_is_judged_for_itself(client, town, shown, clock):
    """Between good ones: another city's code, a forged one, another's challenge, one from tomorrow, one sent twice."""
    forger = Phone({}, town.wang.id, key=fresh_key(), certificate=shown.certificate)
    good, request = shown.show(), town.far_scanner.ask()
    valuable = {"step": "collect", "challenge": request}
    items = [
        item(clock, good),
        item(clock, mint.text(mint.showing(iat=int(clock.epoch())))),
        item(clock, forger.show(off_by=1)),
        item(clock, shown.show(request=request), **valuable),
        item(clock, shown.show(off_by=2)) | {"read_at": "2026-11-24T09:00:00+08:00"},
        item(clock, good),
        item(clock, shown.show(off_by=3)),
    ]
    answer = client.post("/api/v1/verifications/batch", json=batch_of(1, items), headers=town.station_scanner.headers)
    judged = [(one["status"], one["problem"]) for one in answer.json["results"]]
    assert judged == [
        ("accepted", None),
        ("refused", "code-not-ours"),
        ("refused", "code-not-ours"),
        ("refused", "challenge-mismatch"),
        ("refused", "code-not-ready"),
        ("duplicate", None),
        ("accepted", None),
    ]
    with transaction("read"):
        assert session().query(Verification).count() == 2
    assert sum(one["verification_id"] is not None for one in answer.json["results"]) == 3


@pytest.mark.case("Z19", "K16")
def test_a_batch_holds_so_many_and_no_more(client, town, shown, clock):
    texts = [item(clock, f"HP1:{number}") for number in range(101)]
    refused = client.post("/api/v1/verifications/batch", json=batch_of(1, texts), headers=town.station_scanner.headers)
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json["errors"]} == {"/count", "/items"}
    full = client.post(
        "/api/v1/verifications/batch", json=batch_of(1, texts[:100]), headers=town.station_scanner.headers
    )
    assert [one["status"] for one in full.json["results"]] == ["refused"] * 100


@pytest.mark.case("Z19")
def test_another_devices_batch_is_not_answered_from_its_memory(client, town, shown, clock):
    """Number and hash of a batch are its device's own: brought by another, they are that one's first batch."""
    batch = batch_of(1, [item(clock, shown.show())])
    first = client.post("/api/v1/verifications/batch", json=batch, headers=town.station_scanner.headers).json["results"]
    other = client.post("/api/v1/verifications/batch", json=batch, headers=town.far_scanner.headers).json["results"]
    assert ([one["status"] for one in first], [one["status"] for one in other]) == (["accepted"], ["conflict"])
    assert hashlib.sha256(batch["items"][0]["text"].encode()).hexdigest() == batch["hash"]


@pytest.mark.case("Z19")
def test_one_bad_key_among_good_ones_certifies_none(client, town):
    """Keys are one deed: whole or not at all; and one person's, whoever else's id stands in the body."""
    good = {"public_key": p256.public_jwk(fresh_key().public_key())}
    bad = {"public_key": good["public_key"] | {"x": "A" * 43}}
    path = f"/api/v1/residents/{town.wang.id}/passes"
    for keys, status in (
        ([good, bad, good], 422),
        ([good] * 9, 422),
        ([], 422),
        ([good | {"resident_id": town.son.id}], 422),
    ):
        answer = client.post(path, json={"keys": keys}, headers=town.headers(town.wang) | new_deed())
        assert answer.status_code == status
    with transaction("read"):
        assert session().query(IssuedCode).count() == 0


@pytest.mark.case("Z19")
def test_a_scope_nobody_can_give_takes_the_others_with_it(client, town):
    until = "2027-01-01T00:00:00+08:00"
    invitation = {"phone": "13900000001", "relation": "child", "until": until}
    for scopes in (["codes:show", "grants:manage"], ["codes:show", "*"], ["codes:show", "visit"], ["codes:show"] * 7):
        answer = client.post(
            f"/api/v1/residents/{town.wang.id}/grants",
            json=invitation | {"scopes": scopes},
            headers=town.headers(town.wang) | new_deed(),
        )
        assert answer.status_code == 422, scopes
    assert client.get("/api/v1/grants", headers=town.headers(town.wang)).json["items"] == []
