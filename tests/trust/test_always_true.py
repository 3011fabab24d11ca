"""After hundreds of deeds by chance: no right outlives its reason, no scanner's numbers have a gap, no step was forbidden."""

import contextlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from healthcode.core import clock as city_clock
from healthcode.core import signing
from healthcode.core.db import session, transaction
from healthcode.core.outbox import announce
from healthcode.registry.devices.models import Device
from healthcode.registry.institutions.models import Post
from healthcode.trust.codes.models import Batch, CodeBlock
from healthcode.trust.family.models import Grant
from healthcode.trust.grounds.models import Ground
from tests.support.town import batch_of
from tests.trust import truths
from tests.trust.family.test_family import invite
from tests.trust.walk import Walk

seeds = pytest.mark.parametrize(("seed", "steps"), [
    (1, 250), *(pytest.param(seed, 800, marks=pytest.mark.proof) for seed in range(2, 10)),
])  # fmt: skip


@pytest.fixture
def settings(settings):
    """Access tokens that outlive a walk."""
    return replace(settings, access_token_seconds=10**6)


@pytest.fixture
def walk(app, client, town) -> Walk:
    return Walk(app, client, town, random.Random(0))


def complaints() -> list[str]:
    return [
        *truths.rights_without_a_reason(),
        *truths.numbers_with_gaps(),
        *truths.histories_with_a_step_that_was_not_allowed(),
    ]


def untrue() -> list[str]:
    with transaction("read"):
        return complaints()


@seeds
@pytest.mark.case("I10", "I13", "I14")
def test_whatever_was_done_it_is_still_true(walk: Walk, seed: int, steps: int):
    walk.chance.seed(seed)
    walk.go(steps)
    assert untrue() == []
    done = {name for name, status in walk.answers if status in (200, 201, 204)}
    assert len(done) >= 15, f"hardly anything was done: {sorted(done)}"
    city_clock.advance(days=30)  # everything that has an end comes to it, with no job running
    assert untrue() == []


def in_two_steps(client, town, days: int) -> str:
    """A grant in force. Ids are ordered by time, and the clock of a test stands still: so it is moved."""
    invited = invite(client, town, by=town.wang, phone=town.son.phone, days=days).json["id"]
    city_clock.advance(seconds=1)
    client.post(f"/api/v1/grants/{invited}/acceptances", headers=town.headers(town.son))
    city_clock.advance(seconds=1)
    return invited


class TakenBack(Exception):
    """Ends a transaction without its deeds."""


def with_bug(plant: Callable[[], object]) -> list[str]:
    """What would be complained of if this had happened; it is taken back."""
    told: list[str] = []
    with contextlib.suppress(TakenBack), transaction() as current:
        plant()
        current.flush()
        told += complaints()
        raise TakenBack
    assert untrue() == []
    return told


@pytest.mark.case("I10", "I13", "I14")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_each_of_them_would_be_seen(walk: Walk, client, town):
    """The bugs, planted one by one: rights that are longer or wider, gaps, and steps that nobody may take."""
    grant_id, ended_id = (in_two_steps(client, town, days) for days in (30, 9))
    client.post(f"/api/v1/grants/{ended_id}/endings", headers=town.headers(town.wang))
    item = {"text": "HP1:0", "read_at": city_clock.now().isoformat(), "step": "check-in"}
    for number in (1, 2):
        answer = client.post(
            "/api/v1/verifications/batch", json=batch_of(number, [item]), headers=town.hospital_scanner.headers
        )
        assert answer.status_code == 201
    revoked_id = walk.post("devices", {"kind": "station", "name": "站"}, town.institution_admin).json["device_id"]
    city_clock.advance(seconds=1)
    walk.post(f"devices/{revoked_id}/revocations", {"reason": "丢失"}, town.institution_admin)
    walk.post(f"residents/{town.wang.id}/code-blocks", {"reason": "lost"}, town.hotline)
    town.visit(client, town.wang, town.hospital_scanner)
    city_clock.advance(seconds=1)
    now = city_clock.now()

    def one(table: Any, *which: Any) -> Any:
        return session().scalars(select(table).where(*which)).first()

    def change(row: Any, **values: Any) -> Callable[[], None]:
        return lambda: [setattr(row(), name, value) for name, value in values.items()] and None

    ground = lambda: one(Ground, Ground.source_id == grant_id)  # noqa: E731
    visit = lambda: one(Ground, Ground.source == "verification")  # noqa: E731
    device = lambda: session().get(Device, town.hospital_scanner.device_id)  # noqa: E731
    bugs = {
        "outlives its grant": change(lambda: session().get(Grant, grant_id), state="ended", ended_at=now),
        "outlives its grant, which is active": change(ground, until_at=None),
        "is more than its grant gives": change(ground, scope="*"),
        "outlives its visit": change(visit, until_at=now + timedelta(days=1)),
        "and sent [1, 2]": change(device, last_sequence=3),
        "and sent [2]": lambda: session().execute(delete(Batch).where(Batch.sequence == 1)),
        "grant.accepted after grant.ended": lambda: announce("grant.accepted", grant_id=ended_id),
        "device.enrolled after device.revoked": lambda: announce("device.enrolled", device_id=revoked_id),
        "was confirmed by who proposed it": lambda: change(
            lambda: one(CodeBlock), confirmed_by=one(CodeBlock).proposed_by, confirmed_at=now, state="in-force"
        )(),
        "is lifted, and its moments say proposed": change(lambda: one(CodeBlock), state="lifted"),
    }
    for sentence, plant in bugs.items():
        told = with_bug(plant)
        assert any(sentence in complaint for complaint in told), (sentence, told)


@pytest.mark.case("I10")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_session_that_outlives_its_post_would_be_seen(walk: Walk, town, monkeypatch):
    """The bug, planted in the service: it remembers what somebody was when it first asked."""
    town.headers(town.clerk)
    remembered: dict[str, Any] = {}
    real = truths.resolve

    def from_memory(credentials: Any) -> Any:
        session_id = _session_of(credentials)
        if session_id not in remembered:
            remembered[session_id] = real(credentials)
        return remembered[session_id]

    monkeypatch.setattr(truths, "resolve", from_memory)
    assert untrue() == []
    with transaction():
        for post in session().scalars(select(Post).where(Post.staff_id == town.clerk.id)):
            post.until_at = city_clock.now()
    assert any("opens with ['clerk'], and holds []" in sentence for sentence in untrue())


def _session_of(credentials: Any) -> str:
    return signing.read(credentials.bearer, use="token", typ=truths.ACCESS_TYPE)["sid"]
