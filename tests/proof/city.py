"""A founded town that is really served, people with phones in it, and a record of what they were told."""

import contextlib
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import text

from config import Settings
from healthcode.core import clock, p256
from healthcode.core.db import db, transaction
from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.hp1.cose import signer
from tests.support.patience import PATIENCE, looks
from tests.support.phones import Phone, Scanner, new_deed
from tests.support.postgres import Cluster
from tests.support.servers import Answer, Line, Lost, Served, tail
from tests.support.town import Town, _resident, found_town

PATIENT = 3 * PATIENCE  # four processes that start at once on a loaded machine
EARLIEST, LATEST = -10, 20  # seconds round now from which a showing's moment is taken: accepted also after a slow retry


@dataclass
class Told:
    """What clients were told, and therefore must find again. Shared by their threads."""

    verified: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))  # (pass, moment): ids
    passes: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # Idempotency-Key: pass ids
    enrolled: dict[str, str] = field(default_factory=dict)  # x of the device's key: device id
    unsure: set[str] = field(default_factory=set)  # x of keys whose first answer was lost and the second a refusal
    statuses: Counter[int] = field(default_factory=Counter)
    rude: int = 0  # 503 without Retry-After
    lost: int = 0  # answers that never came
    ended: list[Future[None]] = field(default_factory=list)  # clients that ask no more
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answer: Answer) -> None:
        with self.lock:
            self.statuses[answer.status] += 1
            self.rude += answer.status == 503 and "Retry-After" not in answer.headers

    @property
    def answers(self) -> int:
        """How many there were; "not just now" (503) is none."""
        return sum(self.statuses.values()) - self.statuses[503]


@dataclass
class Client:
    """Somebody who does not give up: asks the very same thing again until there is an answer."""

    served: Served
    told: Told
    line: Line = field(init=False)
    asked: int = 0

    def __post_init__(self) -> None:
        self.line = self.served.line()

    def insist(self, path: str, body: Any, headers: Mapping[str, str] | None = None) -> tuple[Answer, bool]:
        """The answer, and whether an earlier one may have been lost."""
        was_lost = False
        for _ in looks(PATIENT, look=30):  # a server may end again before it came to this one
            self._change_lines()
            try:
                answer = self.line.post(path, json=body, headers=headers)
            except Lost:
                was_lost = True
                with self.told.lock:
                    self.told.lost += 1
                continue
            self.told.count(answer)
            if answer.status != 503:
                return answer, was_lost
            was_lost = True  # a commit whose answer the database did not give may be there all the same
            time.sleep(0.1)
        raise AssertionError(f"{path} was never answered")

    def _change_lines(self) -> None:
        """A new connection now and then, so that processes that were started again get their share."""
        self.asked += 1
        if self.asked % 25 == 0:
            self.line.close()


@dataclass
class Pocket:
    """A resident's phones. Every showing that comes out of it is one that was never shown before."""

    resident_id: str
    headers: Mapping[str, str]
    phone: Phone | None = None
    moment: int = 0  # the last one shown
    issued: int = 0

    def needs_pass(self) -> bool:
        return self.phone is None or self.moment >= clock.epoch() + LATEST

    def take(self, phone: Phone, issued: dict[str, Any]) -> None:
        phone.take(issued)
        self.phone, self.issued = phone, self.issued + 1
        self.moment = clock.epoch() + EARLIEST

    def show(self) -> tuple[Phone, int]:
        assert self.phone is not None
        self.moment = max(self.moment + 1, clock.epoch() + EARLIEST)
        return self.phone, self.moment

    def fetch(self, line: Line) -> None:
        phone = Phone(dict(self.headers), self.resident_id)
        self.take(phone, phone.fetch(line))  # type: ignore[arg-type]  # a line reads like Flask's client


def signed(phone: Phone, moment: int, audience: forms.Audience = forms.UNBOUND) -> str:
    """A showing of this moment. Signed twice it is two texts, and one showing."""
    return forms.write_pass(certificate=phone.certificate, iat=moment, sign=signer(phone.key), audience=audience)


@dataclass
class City:
    """The town, its service, and the same database from inside, for looking at what is there."""

    app: Flask
    settings: Settings
    town: Town
    served: Served
    database: str
    cluster: Cluster | None = None
    told: Told = field(default_factory=Told)

    @property
    def is_sqlite(self) -> bool:
        return self.cluster is None

    def pockets(self, count: int) -> list[Pocket]:
        """As many new residents, signed in, with phones without a pass."""
        with transaction():
            people = [_resident(f"居民{n}", "female", date(1980, 1, 1), None) for n in range(count)]
        return [Pocket(person.id, self.town.headers(person)) for person in people]

    def scanners(self, count: int) -> list[Scanner]:
        return [self.town.scanner(self.town.hospital) for _ in range(count)]

    def wait_for(self, more: int) -> None:
        """Until so many more answers were given."""
        wanted = self.told.answers + more
        for _ in looks(PATIENT, pause=0.005):
            if self.told.answers >= wanted:
                return
            for day in self.told.ended:
                day.result()  # a client's own complaint says more than that it is silent
        raise AssertionError(f"no answers any more: {self.told.statuses}, {self.told.lost} lost; {self._found()}")

    def _found(self) -> str:
        """What a person would look at who finds that nothing goes on."""
        busy = "SELECT state, wait_event_type, wait_event, query FROM pg_stat_activity WHERE backend_type = 'client backend'"
        with transaction("read") as session:
            rows = [] if self.is_sqlite else [tuple(row) for row in session.execute(text(busy))]
        processes = self.served.workers()
        return f"{len(processes)} processes, {self.served.listening()} listen; {rows}; {tail(self.served.log)}"

    def read(self, line: Line, scanner: Scanner, text: str, **more: Any) -> Answer:
        answer: Answer = scanner.read(line, text, **more)  # type: ignore[arg-type]
        self.told.count(answer)
        return answer


@contextlib.contextmanager
def inside(settings: Settings) -> Iterator[tuple[Flask, Town]]:
    """The same service inside the test, with the machine's time, and its town."""
    from healthcode import create_app

    clock.thaw()
    app = create_app(settings)
    with app.app_context():
        try:
            yield app, found_town(app)
        finally:
            db.session.remove()
            db.engine.dispose()


def pass_request(phone: Phone) -> dict[str, Any]:
    return {"keys": [{"public_key": p256.public_jwk(phone.key.public_key())}]}


__all__ = ["City", "Client", "Pocket", "Told", "inside", "new_deed", "pass_request", "signed"]
