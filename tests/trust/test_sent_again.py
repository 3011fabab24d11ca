"""Deeds that are sent again after their Idempotency-Key was forgotten: the rules of the things themselves still hold.

Nothing new happens for what happens once: an invitation, a paper grant, a guardianship, a showing, a batch, an enrolment,
a registration, a newborn. A card sent again replaces the one before, and is the only one. A pass sent again is a new
certificate for the same key, as a phone may have many; so many are alive and no more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from healthcode.core import once, p256, tidying
from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.once import KeptAnswer
from healthcode.core.outbox import Event
from healthcode.registry.devices import service as devices
from healthcode.registry.devices.models import Device
from healthcode.registry.residents.models import IdentityDocument, Resident
from healthcode.trust.codes.models import Batch, IssuedCode, Showing, Verification
from healthcode.trust.codes.service.issuing import MOST_ALIVE
from healthcode.trust.family.models import Grant
from healthcode.trust.grounds.models import Ground
from tests.registry.people import identity, open_visit, woman
from tests.support.phones import fresh_key, new_deed
from tests.support.town import batch_of

TABLES = (Grant, Ground, Verification, Showing, Batch, Device, Resident, IdentityDocument, Event)
Send = Callable[[], Any]


def rows() -> dict[str, int]:
    with transaction("read"):
        return {
            table.__tablename__: session().scalar(select(func.count()).select_from(table)) or 0 for table in TABLES
        } | {"enrolled": session().scalar(select(func.count()).where(Device.state == "enrolled")) or 0}


def forget_keys(clock) -> None:
    """The keys' four days are over; sessions are not what is asked here, so the clock goes back."""
    now = clock.now()
    clock.advance(seconds=once.KEPT.total_seconds() + 1)
    tidying.tidy()
    clock.freeze(now)
    with transaction("read"):
        assert session().scalar(select(func.count()).select_from(KeptAnswer)) == 0


@pytest.fixture
def deeds(client, town, clock) -> dict[str, Send]:
    """Each sends the same body, with the same key where the door wants one."""
    for person in (town.wang, town.son, town.child):
        open_visit(person.id, town.hospital)
    until = (clock.now() + timedelta(days=30)).isoformat()
    phone = town.phone(town.wang)
    phone.fetch(client)
    showing, reading = phone.show(), phone.show(off_by=1)
    with transaction():
        code = devices.invite(by_itself("test"), kind="station", names=["站"], institution_id=town.station)[
            0
        ].enrolment_code
    grant = {"relation": "child", "scopes": ["codes:show"], "until": until}
    clerk, wang = town.headers(town.clerk), town.headers(town.wang)

    def sending(path: str, body: Any, headers: dict[str, str], *, keyed: bool = False) -> Send:
        headers = headers | new_deed() if keyed else headers
        return lambda: client.post(f"/api/v1/{path}", json=body, headers=headers)

    newborn = {"name": "王小宝", "sex": "male", "birth_date": "2026-11-22", "mother": identity(6), "birth_order": 1}
    item = {"text": reading, "read_at": clock.now().isoformat(), "step": "check-in"}
    enrolment = {"enrolment_code": code, "public_key": p256.public_jwk(fresh_key().public_key())}
    people = {"resident_id": town.wang.id, "proxy_id": town.son.id}
    guardian = {"resident_id": town.child.id, "guardian_id": town.son.id, "relation": "parent"}
    return {
        "invitation": sending(f"residents/{town.wang.id}/grants", grant | {"phone": "13900000001"}, wang, keyed=True),
        "paper grant": sending("paper-grants", grant | people, clerk, keyed=True),
        "guardianship": sending("guardianships", guardian, clerk, keyed=True),
        "showing": sending("verifications", {"code": showing, "step": "check-in"}, town.hospital_scanner.headers),
        "batch": sending("verifications/batch", batch_of(1, [item]), town.station_scanner.headers),
        "enrolment": sending("device-enrolments", enrolment, {}),
        "registration": sending("residents", woman(), clerk),
        "newborn": sending("newborns", newborn, clerk),
    }


REFUSED_AGAIN = {"enrolment": 403, "registration": 409, "newborn": 409}


@pytest.mark.case("M13")
def test_what_happens_once_does_not_happen_again_without_its_key(client, town, clock, deeds):
    first = {name: send() for name, send in deeds.items()}
    assert {name: answer.status_code for name, answer in first.items() if answer.status_code not in (200, 201)} == {}
    before = rows()
    forget_keys(clock)
    for name, send in deeds.items():
        again = send()
        assert again.status_code == REFUSED_AGAIN.get(name, first[name].status_code), name
        if name not in REFUSED_AGAIN:
            assert again.json == first[name].json, name
            assert "Idempotency-Replayed" not in again.headers
    assert rows() == before


@pytest.mark.case("M13")
def test_a_card_sent_again_is_the_only_one(client, town, clock):
    deed = town.headers(town.hotline) | new_deed()
    send = lambda: client.post(f"/api/v1/residents/{town.wang.id}/cards", headers=deed)  # noqa: E731
    first, replayed = send(), send()
    assert replayed.json == first.json
    forget_keys(clock)
    assert send().json["card_id"] != first.json["card_id"]
    assert [form for (form,) in alive(town.wang.id)] == ["card"]


@pytest.mark.case("M13")
def test_passes_sent_again_are_new_and_so_many_and_no_more(client, town, clock):
    body = {"keys": [{"public_key": p256.public_jwk(fresh_key().public_key())}] * 8}
    deed = town.headers(town.wang) | new_deed()
    statuses = []
    for _ in range(MOST_ALIVE // 8 + 2):
        statuses.append(client.post(f"/api/v1/residents/{town.wang.id}/passes", json=body, headers=deed).status_code)
        forget_keys(clock)
    assert statuses == [201] * (MOST_ALIVE // 8) + [409, 409]
    assert len(alive(town.wang.id)) == MOST_ALIVE


def alive(resident_id: str) -> list[Any]:
    with transaction("read"):
        codes = select(IssuedCode.form).where(IssuedCode.resident_id == resident_id, IssuedCode.revoked_at.is_(None))
        return list(session().execute(codes))
