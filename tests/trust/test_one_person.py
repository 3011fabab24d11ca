"""Two records, one person: what is done to the person is done to both, and she sees what was done with either."""

import pytest

from healthcode.core import outbox
from healthcode.core.db import session, transaction
from healthcode.registry.residents.models import IdentityDocument, Resident
from healthcode.trust.codes.models import Verification
from tests.support.phones import Phone, new_deed
from tests.trust.family.test_family import granted

A = "/api/v1"


@pytest.fixture
def older(client, town) -> Phone:
    """Wang's phone with a pass of her record, fetched before the record was found to be the stranger's as well."""
    phone = town.phone(town.wang)
    phone.fetch(client)
    return phone


@pytest.fixture
def merged(client, town, older) -> Phone:
    """From now on Wang's record leads to the one that was a stranger's."""
    lead(town.wang.id, to=town.stranger.id)
    return older


def lead(resident_id: str, *, to: str | None) -> None:
    with transaction():
        session().get_one(Resident, resident_id).merged_into_id = to


def post(client, path, body, headers):
    answer = client.post(f"{A}/{path}", json=body, headers=headers | new_deed())
    assert answer.status_code in (200, 201, 204), answer.json
    return answer.json if answer.data else None


def test_a_code_of_the_older_record_is_still_hers(client, town, merged):
    assert town.hospital_scanner.read(client, merged.show()).status_code == 201
    with transaction("read"):
        assert session().query(Verification).one().resident_id == town.stranger.id


@pytest.mark.case("Q13", "Z13")
@pytest.mark.parametrize("whose", ["wang", "stranger"])
def test_every_code_of_the_person_is_stopped(client, town, merged, whose):
    """Whichever of the two records the desk has before it."""
    path = f"residents/{getattr(town, whose).id}/code-revocations"
    assert post(client, path, {"reason": "replaced"}, town.headers(town.hotline)) == {"count": 1}
    assert town.hospital_scanner.read(client, merged.show()).json["type"] == "/problems/code-revoked"


def test_a_code_of_the_older_record_stands_on_her_list(client, town, merged):
    listed = client.get(f"{A}/residents/{town.stranger.id}/codes", headers=town.headers(town.stranger)).json["items"]
    assert [code["id"] for code in listed] == [merged.pass_id]


def test_a_block_stops_the_whole_person(client, town, merged):
    block = post(client, f"residents/{town.wang.id}/code-blocks", {"reason": "stolen"}, town.headers(town.hotline))
    post(client, f"code-blocks/{block['id']}/confirmations", None, town.headers(town.city_admin))
    assert town.hospital_scanner.read(client, merged.show()).json["type"] == "/problems/code-revoked"
    refused = client.post(f"{A}/residents/{town.stranger.id}/tickets", headers=town.headers(town.stranger))
    assert refused.json["type"] == "/problems/code-blocked"
    seen = client.get(f"{A}/residents/{town.stranger.id}/code-blocks", headers=town.headers(town.stranger)).json
    assert [one["id"] for one in seen["items"]] == [block["id"]]


@pytest.mark.case("Z13")
def test_who_died_died_with_every_record(client, town, older):
    granted(client, town)
    lead(town.wang.id, to=town.stranger.id)
    died = {"died_on": "2026-11-23", "reason": "死亡证明"}
    refused = client.post(f"{A}/residents/{town.wang.id}/deaths", json=died, headers=town.headers(town.city_admin))
    assert (refused.json["type"], refused.json["state"]) == ("/problems/wrong-state", "merged")
    post(client, f"residents/{town.stranger.id}/deaths", died, town.headers(town.city_admin))
    assert town.hospital_scanner.read(client, older.show()).json["type"] == "/problems/code-revoked"
    assert client.get(f"{A}/me", headers=town.headers(town.wang)).status_code == 401
    outbox.deliver()
    lead(town.wang.id, to=None)
    assert client.get(f"{A}/grants", headers=town.headers(town.son)).json["items"][0]["state"] == "ended"


def test_who_is_erased_is_erased_with_every_record(client, town, merged):
    post(client, f"residents/{town.stranger.id}/erasures", {"reason": "本人要求"}, town.headers(town.city_admin))
    with transaction("read"):
        assert session().get_one(Resident, town.wang.id).is_erased
        assert session().query(IdentityDocument).filter_by(resident_id=town.wang.id, ended_at=None).count() == 0
    assert town.hospital_scanner.read(client, merged.show()).json["type"] == "/problems/code-revoked"


@pytest.mark.case("R14")
def test_she_sees_who_looked_at_the_older_record(client, town, older, clock):
    clock.advance(seconds=1)  # the list is in the order of moments
    client.get(f"{A}/residents/{town.wang.id}", headers=town.headers(town.hotline))
    clock.advance(seconds=1)
    lead(town.wang.id, to=town.stranger.id)
    told = client.get(f"{A}/residents/{town.stranger.id}/accesses", headers=town.headers(town.stranger)).json["items"]
    assert [one["what"] for one in told[:2]] == ["查看档案", "在手机上领取了码"]
