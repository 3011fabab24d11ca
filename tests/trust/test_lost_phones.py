"""A phone in other hands: what it shows, what it is signed in to, and what it could fetch, all end."""

from datetime import timedelta

import pytest

from healthcode.core import outbox, p256
from healthcode.core.db import session, transaction
from healthcode.trust.codes.models import IssuedCode
from healthcode.trust.family.models import Grant
from tests.support.phones import fresh_key, new_deed
from tests.support.sign_in import Visitor, bearer
from tests.trust.family.test_family import granted

A = "/api/v1"


@pytest.fixture
def thief(client, town) -> dict[str, str]:
    """What the lost phone sends: it is signed in as Wang."""
    return bearer(Visitor(client, town.wang.phone).sign_in())


def is_in(client, headers) -> bool:
    return client.get(f"{A}/me", headers=headers).status_code == 200


def report(client, town, reason, headers):
    path = f"{A}/residents/{town.wang.id}/code-revocations"
    assert client.post(path, json={"reason": reason}, headers=headers).status_code == 201
    outbox.deliver()


@pytest.mark.case("Q13", "Z13")
@pytest.mark.parametrize("reason", ["lost", "stolen"])
def test_a_desk_that_hears_of_it_signs_it_out(client, town, thief, reason):
    report(client, town, reason, town.headers(town.hotline))
    assert not is_in(client, thief)


@pytest.mark.case("Q13")
def test_who_reports_it_from_another_device_stays_signed_in_there(client, town, thief):
    report(client, town, "lost", town.headers(town.wang))
    assert (is_in(client, thief), is_in(client, town.headers(town.wang))) == (False, True)


def test_a_card_that_is_replaced_signs_nobody_out(client, town, thief):
    report(client, town, "replaced", town.headers(town.hotline))
    assert is_in(client, thief)


@pytest.mark.case("Q13")
def test_a_block_signs_everybody_out(client, town, thief):
    blocks, desk = f"{A}/residents/{town.wang.id}/code-blocks", town.headers(town.hotline)
    block = client.post(blocks, json={"reason": "stolen"}, headers=desk).json["id"]
    client.post(f"{A}/code-blocks/{block}/confirmations", headers=town.headers(town.city_admin))
    outbox.deliver()
    assert not is_in(client, thief)


@pytest.mark.case("Z13")
def test_a_new_number_ends_what_the_old_one_opened(client, town, thief):
    record = client.get(f"{A}/residents/{town.wang.id}", headers=town.headers(town.hotline))
    changed = client.patch(
        f"{A}/residents/{town.wang.id}",
        json={"phone": "13987654321", "reason": "换号"},
        headers=town.headers(town.hotline) | {"If-Match": record.headers["ETag"]},
    )
    assert changed.status_code == 200, changed.json
    outbox.deliver()
    assert not is_in(client, thief)
    assert is_in(client, bearer(Visitor(client, "13987654321").sign_in()))


@pytest.mark.case("Z7")
def test_a_proxy_stops_what_is_on_the_own_phone_and_nothing_else(client, town):
    """The son may show his mother's code; hers on her own phone is not his to stop, one by one neither."""
    granted(client, town)
    mothers, sons = town.phone(town.wang), town.phone(town.son)
    mothers.fetch(client)
    sons.fetch(client, for_resident=town.wang.id)
    stop = lambda phone: client.post(  # noqa: E731
        f"{A}/codes/{phone.pass_id}/revocations", json={"reason": "replaced"}, headers=town.headers(town.son)
    )
    assert (stop(mothers).status_code, stop(sons).status_code) == (404, 204)
    assert town.hospital_scanner.read(client, mothers.show()).status_code == 201
    assert town.hospital_scanner.read(client, sons.show()).json["type"] == "/problems/code-revoked"


@pytest.mark.case("Z13")
@pytest.mark.parametrize("days", [0, 1, 7])
def test_no_pass_on_a_proxys_phone_outlives_the_grant(client, town, clock, days):
    """A scanner without a line knows no grants: the certificate itself is over when the grant is."""
    granted(client, town, days=2)
    with transaction("read"):
        until = session().query(Grant).one().until_at
    key = {
        "public_key": p256.public_jwk(fresh_key().public_key()),
        "valid_from": (clock.now() + timedelta(days=days)).isoformat(),
    }
    answer = client.post(
        f"{A}/residents/{town.wang.id}/passes", json={"keys": [key]}, headers=town.headers(town.son) | new_deed()
    )
    assert answer.status_code == 201
    with transaction("read"):
        code = session().query(IssuedCode).one()
        assert code.expires_at <= until
        assert code.expires_at - code.valid_from == timedelta(hours=24)
