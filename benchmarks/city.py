"""A city to measure: a PostgreSQL that flushes what it acknowledges, a model town, people with phones, scanners.

It is served as in production: two processes, production's settings and rates, a log line for every request. Clients stand
behind a trusted proxy's header, as they do in a city, so that each desk and each phone has an address of its own.
"""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from benchmarks.load import Heard, ask, request
from benchmarks.table import versions
from config import Settings
from healthcode import create_app
from healthcode.core import clock
from healthcode.core.db import db, durability, session, transaction
from healthcode.doors.cli import planting
from healthcode.registry.institutions.models import Institution
from healthcode.trust.codes.hp1 import forms
from healthcode.trust.codes.hp1.cose import signer
from tests.support.databases import create
from tests.support.phones import Phone, Scanner
from tests.support.postgres import Cluster, postgres_cluster
from tests.support.servers import Served, served
from tests.support.town import bearer, enrol

TOWN = "jinjiang"
SCANNERS = 32
PHONES = 800
EARLIEST, LATEST = -40, 29  # seconds round now between which a showing is signed: good for 20 s more, whatever comes
BARE = "benchmarks.bare:application"


@contextlib.contextmanager
def server() -> Iterator[Cluster]:
    """PostgreSQL with its own defaults: fsync, synchronous_commit and full_page_writes on."""
    with postgres_cluster() as cluster:
        with psycopg.connect(cluster.url.replace("+psycopg", "")) as line:
            version = f"PostgreSQL {str(line.info.parameter_status('server_version')).split()[0]}"
        if version not in versions:
            versions.append(version)
        yield cluster


@contextlib.contextmanager
def settings_of_production() -> Iterator[Settings]:
    """What a city's own settings would be; only the access tokens live longer, so that they outlive a measurement."""
    with tempfile.TemporaryDirectory(prefix="healthcode-benchmark-") as folder:
        yield Settings(
            database_url="",
            folder=Path(folder),
            master_keys={"first": os.urandom(32)},
            index_key=os.urandom(32),
            public_url="https://code.example.org",
            trusted_proxies=1,
            access_token_seconds=6 * 3600,
        )


@contextlib.contextmanager
def opened(cluster: Cluster, name: str, settings: Settings) -> Iterator[Flask]:
    """The service on a fresh, migrated database of that name, inside this process."""
    # Planting and counting take longer than a request may.
    here = replace(settings, database_url=create(cluster.url, name), statement_timeout_ms=3_600_000)
    app = create_app(here)
    with app.app_context():
        upgrade()
        app.config["SETTINGS"] = replace(here, statement_timeout_ms=settings.statement_timeout_ms)
        complaints = durability()
        assert not complaints, complaints
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def plant(residents: int) -> None:
    """The model town with so many residents, in the application that is open."""
    with contextlib.redirect_stdout(sys.stderr):
        planting.plant(TOWN, residents, whole=False)


def settle() -> None:
    """What follows a large load: statistics, and everything on the disk."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as line:
        line.execute(text("VACUUM (ANALYZE)"))
        line.execute(text("CHECKPOINT"))


def one(statement: str) -> Any:
    """What a statement finds."""
    with transaction("read") as current:
        return current.execute(text(statement)).scalar()


@dataclass
class Carrier:
    """A phone with a certificate, and the moments that it has not yet shown."""

    phone: Phone
    shown: int = 0  # the latest moment

    def show(self, moment: int) -> str:
        self.shown = moment
        return forms.write_pass(certificate=self.phone.certificate, iat=moment, sign=signer(self.phone.key))


@dataclass
class City:
    """A planted town that is served, with what its clients need."""

    app: Flask
    running: Served
    scanners: list[Scanner]
    carriers: list[Carrier]
    heard: list[Heard] = field(default_factory=list)
    _turn: int = 0

    def verify(self, seconds: int) -> float:
        """Scanners read showings for so long; verifications a second."""
        fastest = max((round_.per_second for round_ in self.heard), default=1000)
        stock = self.showings(int(fastest * seconds * 1.5))
        self.heard.append(ask(self.running.port, stock, seconds=seconds, status=201))
        return self.heard[-1].per_second

    def make_sure_all_is_written(self) -> None:
        """Every answer stands in the database, with its trail."""
        answers = sum(round_.answers for round_ in self.heard)
        with self.app.app_context():
            for counted in ("verifications", "showings", "trail WHERE door = 'codes.verify'"):
                assert one(f"SELECT count(*) FROM {counted}") == answers, f"{counted}: not one for each answer"

    def showings(self, count: int) -> list[bytes]:
        """So many verifications to ask for, each a showing that no phone showed before, signed now."""
        now = clock.epoch()
        stock: list[bytes] = []
        while len(stock) < count:
            carrier = self.carriers[self._turn % len(self.carriers)]
            scanner = self.scanners[self._turn % len(self.scanners)]
            self._turn += 1
            moment = max(carrier.shown + 1, now + EARLIEST)
            if moment > now + LATEST:
                raise RuntimeError("more showings than phones can make in a minute")
            body = json.dumps({"code": carrier.show(moment), "step": "check-in"}).encode()
            stock.append(request("POST", "/api/v1/verifications", scanner.headers, body))
        return stock

    def own_records(self) -> list[bytes]:
        """Every phone's owner asks for their own record."""
        return [
            request("GET", f"/api/v1/residents/{carrier.phone.resident_id}", carrier.phone.headers)
            for carrier in self.carriers
        ]


@contextlib.contextmanager
def peopled(app: Flask) -> Iterator[City]:
    """The planted town of the application that is open, with scanners, phones that hold a pass, and a server."""
    scanners, carriers = _scanners(app), _carriers(app)
    settle()
    with served(app.config["SETTINGS"]) as running:
        yield City(app, running, scanners, carriers)


def _scanners(app: Flask) -> list[Scanner]:
    """Spread over the institutions, each behind an address of its own."""
    with transaction():
        places = session().query(Institution).order_by(Institution.code).limit(SCANNERS).all()
        found = [enrol(app, places[number % len(places)], "registration") for number in range(SCANNERS)]
    for number, scanner in enumerate(found):
        scanner.headers["X-Forwarded-For"] = f"10.1.0.{number + 1}"
    return found


def _carriers(app: Flask) -> list[Carrier]:
    """People from all over the register fetch today's pass, each from a network of their own."""
    with transaction("read") as current:
        drawn = text("SELECT id FROM residents WHERE phone_index IS NOT NULL ORDER BY md5(id::text) LIMIT :most")
        people = [str(found) for found in current.execute(drawn, {"most": PHONES}).scalars()]
    with transaction():
        headers = [bearer(app, "resident", resident_id) for resident_id in people]
    client = app.test_client()
    carriers = []
    for number, (resident_id, header) in enumerate(zip(people, headers, strict=True)):
        address = {"X-Forwarded-For": f"10.2.{number // 250}.{number % 250 + 1}"}
        phone = Phone(header | address, resident_id)
        phone.fetch(client)
        carriers.append(Carrier(phone))
    return carriers


@contextlib.contextmanager
def bare(settings: Settings) -> Iterator[Served]:
    """The yardstick of the doors, served the same way."""
    with served(replace(settings, folder=settings.folder / "bare"), target=BARE) as running:
        yield running
