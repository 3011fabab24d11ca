"""Answers that are lost after the commit, questions that arrive twice or late: asked again, each deed has one effect."""

import contextlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from healthcode.core import clock, p256
from healthcode.core.caller import by_itself
from healthcode.core.db import session, transaction
from healthcode.core.outbox import Event
from healthcode.registry.devices import service as devices
from healthcode.trust.codes.models import Batch, IssuedCode, Showing, Verification
from tests.conftest import settings_for
from tests.proof.city import City, Pocket, inside, pass_request, signed
from tests.support.databases import copied
from tests.support.phones import Phone, Scanner, fresh_key, new_deed
from tests.support.servers import Answer, Line, Lost, served
from tests.support.town import batch_of
from tests.support.wires import How, Wire, wire_to_port

A = "/api/v1"
HURTS: tuple[How, ...] = ("whole", "loses replies", "doubles", "late")
_MANY: tuple[How, ...] = ("doubles", "late", "late")
rounds = pytest.mark.parametrize(("where", "rounds"), [
    ("sqlite", 8),
    pytest.param("sqlite", 120, marks=pytest.mark.proof),
    pytest.param("another_postgres", 120, marks=pytest.mark.proof),
])  # fmt: skip


@dataclass
class Deed:
    """Something that is to happen once, however often it is sent."""

    kind: str
    path: str
    body: Any
    headers: dict[str, str]


@dataclass
class Place:
    """A served town behind lines that are hurt in a way each, and what was asked of it."""

    city: City
    wires: dict[How, Wire]
    scanner: Scanner
    pocket: Pocket | None = None
    done: Counter[str] = field(default_factory=Counter)

    def send(self, deed: Deed, how: How = "whole") -> Answer:
        with contextlib.closing(Line("127.0.0.1", self.wires[how].port)) as line:
            return line.ask("POST", deed.path, deed.body, deed.headers)

    def deeds(self) -> list[Deed]:
        """One of each kind, new every time."""
        if self.pocket is None or self.pocket.needs_pass():  # a phone has shown every moment that is near
            (self.pocket,) = self.city.pockets(1)
            self.pocket.fetch(self.city.served.line())
            self.done["fetched"] += 1
        owner, resident = dict(self.pocket.headers), self.pocket.resident_id
        passes = pass_request(Phone(owner, resident))
        desk = self.city.town.headers(self.city.town.hotline)
        reading = {"text": signed(*self.pocket.show()), "read_at": clock.now().isoformat(), "step": "check-in"}
        with transaction():
            invited = devices.invite(
                by_itself("proof"), kind="his", names=["his"], institution_id=self.city.town.hospital
            )
        enrolment = {
            "enrolment_code": invited[0].enrolment_code,
            "public_key": p256.public_jwk(fresh_key().public_key()),
        }
        now = {"code": signed(*self.pocket.show()), "step": "check-in"}
        deeds = [
            Deed("pass", f"{A}/residents/{resident}/passes", passes, owner | new_deed()),
            Deed("card", f"{A}/residents/{resident}/cards", None, desk | new_deed()),
            Deed("verification", f"{A}/verifications", now, self.scanner.headers),
            Deed(
                "batch", f"{A}/verifications/batch", batch_of(self.done["batch"] + 1, [reading]), self.scanner.headers
            ),
            Deed("enrolment", f"{A}/device-enrolments", enrolment, {}),
        ]
        self.done.update(deed.kind for deed in deeds)
        return deeds

    def effects(self) -> dict[str, int]:
        """What stands in the tables."""
        with transaction("read"):
            return {
                "pass": _count(IssuedCode, IssuedCode.form == "pass") - self.done["fetched"],
                "card": _count(IssuedCode, IssuedCode.form == "card"),
                "verification": _count(Verification, Verification.is_offline.is_(False)),
                "batch": _count(Batch),
                "enrolment": _count(Event, Event.name == "device.enrolled"),
                "showings": _count(Showing),
            }

    def expected(self) -> dict[str, int]:
        once = {kind: count for kind, count in self.done.items() if kind != "fetched"}
        return once | {"showings": once["verification"] + once["batch"]}


def _count(table: Any, *which: Any) -> int:
    return session().scalar(select(func.count()).select_from(table).where(*which)) or 0


@contextlib.contextmanager
def placed(url: str, folder: Path, **how: str) -> Iterator[Place]:
    settings = settings_for(url, folder / "var")
    with (
        inside(settings) as (app, town),
        served(settings, processes=2, **how) as running,
        contextlib.ExitStack() as lines,
    ):
        wires = {hurt: lines.enter_context(wire_to_port(running.port, hurt)) for hurt in HURTS}
        yield Place(City(app, settings, town, running, url), wires, town.scanner(town.hospital))


@pytest.fixture
def place(request: pytest.FixtureRequest, where: str, tmp_path: Path) -> Iterator[Place]:
    if where == "sqlite":
        url = f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), tmp_path / 'a.db')}"
    else:
        url = request.getfixturevalue(where)
    with placed(url, tmp_path) as place:
        yield place


def is_same_again(deed: Deed, answer: Answer) -> bool:
    """An enrolment code opens once: whoever lost that answer is told so. Everything else is answered once more."""
    return answer.status in ((403,) if deed.kind == "enrolment" else (201, 200))


@rounds
@pytest.mark.case("F4", "I8")
def test_an_answer_lost_after_the_commit_is_asked_for_again(place: Place, rounds: int):
    for _ in range(rounds):
        for deed in place.deeds():
            with pytest.raises(Lost):
                place.send(deed, "loses replies")
            answer, again = place.send(deed), place.send(deed)
            assert is_same_again(deed, answer), (deed.kind, answer.status, answer.data)
            assert deed.kind == "enrolment" or answer.data == again.data
    assert place.effects() == place.expected()


@rounds
@pytest.mark.case("F5", "I8")
def test_questions_that_come_twice_and_late_have_one_effect(place: Place, rounds: int):
    """Each is doubled on the line, and sent by two clients more whose parts arrive late, in any order."""
    with ThreadPoolExecutor(4) as clients:
        for _ in range(rounds):
            for deed in place.deeds():
                told = [sent.result() for sent in [clients.submit(place.send, deed, how) for how in _MANY]]
                good = [answer for answer in told if answer.status in (200, 201)]
                assert deed.kind == "enrolment" or good, [answer.data for answer in told]
                assert len({answer.data for answer in good}) <= 1
                assert {answer.status for answer in told} <= {200, 201, 403, 409}
    assert place.effects() == place.expected()


@pytest.mark.case("B2")
def test_a_key_that_is_kept_in_a_second_transaction_would_be_seen(another_postgres: str, tmp_path: Path):
    """The bug, planted: two that come together both find no key, and both do the deed."""
    with (
        placed(another_postgres, tmp_path, target="tests.doors.planted:keeps_keys_apart") as place,
        pytest.raises(AssertionError),
    ):
        test_questions_that_come_twice_and_late_have_one_effect(place, 3)
