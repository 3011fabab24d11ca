"""Money: a bill of twenty lines issued with its split and its ledger, beside the same rows bare; ten years of bills beside
one; and a channel's day of a million lines, beside `sort` of the same file.
"""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from sqlalchemy import text

from benchmarks.city import City, opened, peopled, plant, server, settings_of_production, settle
from benchmarks.load import ask, request
from benchmarks.table import Row, in_turn, ratio, size
from healthcode.care.bills import service
from healthcode.care.bills.service import Item
from healthcode.core import clock
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import transaction
from healthcode.registry.institutions.models import Institution
from tests.support.phones import new_deed
from tests.support.town import _staff, bearer

ISSUE, HISTORY, RECONCILE = 0.35, 1.5, 6.0
MOST_MIB = 300
RESIDENTS, LINES, CONNECTIONS = 2_000, 20, 16
YEARS, BILLS_A_YEAR = 10, 40
STATEMENT = 1_000_000
LOOKS = 15  # a round; with all rounds fewer than anybody may ask in a minute
DAY = date(2026, 11, 23)


def rows() -> list[Row]:
    """Issuing, a long history, reconciling."""
    with server() as cluster, settings_of_production() as settings:
        with opened(cluster, "bills", settings) as app:
            plant(RESIDENTS)
            with peopled(app) as city:
                desk = _Desk(city)
                issued = in_turn(desk.issue, desk.bare, size("rounds", 5))
            long, short = _history(app, YEARS), _history(app, 1)
            seen = in_turn(lambda: _look(app, long), lambda: _look(app, short), size("rounds", 9))
        with opened(cluster, "statement", settings) as app, tempfile.TemporaryDirectory() as folder:
            plant(10)
            compared = _Compared(app, Path(folder), size("lines", STATEMENT))
            took = in_turn(compared.reconcile, compared.sort, size("rounds", 1), warm_up=0)
    return [_issue_row(*issued), _history_row(*seen), _reconcile_row(*took, compared)]


# Issuing


class _Desk:
    """Clerks of one institution, and drafts of twenty lines."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.url = city.app.config["SETTINGS"].database_url.replace("+psycopg", "")
        with city.app.app_context(), transaction() as current:
            self.place = str(current.query(Institution.id).order_by(Institution.code).limit(1).scalar())
            clerks = [_staff(f"issuing-clerk-{number}", "文员", self.place, "clerk") for number in range(CONNECTIONS)]
            self.headers = [
                bearer(city.app, "staff", clerk.id, self.place) | {"X-Forwarded-For": f"10.5.0.{number + 1}"}
                for number, clerk in enumerate(clerks)
            ]
            found = current.execute(text("SELECT id FROM residents ORDER BY id")).scalars()
            self.people = [str(row) for row in found]
            codes = text("SELECT DISTINCT code FROM catalogue_items ORDER BY code LIMIT :most")
            self.codes = list(current.execute(codes, {"most": LINES}).scalars())
        self.turn = count()

    def _drafts(self, many: int) -> list[str]:
        """Each of another person, so that nobody waits for anybody's year."""
        caller = Caller(kind="staff", institution_id=self.place, sight=EVERYBODY)
        items = [Item(code, 1 + number) for number, code in enumerate(self.codes)]
        found = []
        with self.city.app.app_context():
            for _ in range(many):
                with transaction():
                    person = self.people[next(self.turn) % len(self.people)]
                    found.append(service.open_bill(caller, resident_id=person, items=items).id)
        return found

    def issue(self) -> float:
        """Bills issued a second, over HTTP."""
        stock = [
            request("POST", f"/api/v1/bills/{bill}/issues", self.headers[number % CONNECTIONS] | new_deed())
            for number, bill in enumerate(self._drafts(size("bills", 400)))
        ]
        heard = ask(self.city.running.port, stock, seconds=60, status=201, connections=CONNECTIONS)
        return heard.per_second

    def bare(self) -> float:
        """The rows that an issue leaves behind, as often, one transaction for each, by psycopg alone."""
        with psycopg.connect(self.url) as line:
            bill = line.execute("SELECT id FROM bills WHERE state = 'issued' ORDER BY id DESC LIMIT 1").fetchone()
            assert bill is not None
            kept = {
                table: _of(line, table, bill[0]) for table in ("bills", "bill_lines", "ledger_entries", "bill_changes")
            }
            for table in kept:
                line.execute(f"DROP TABLE IF EXISTS bare_{table}")
                line.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
                line.execute(f"ALTER TABLE bare_{table} ALTER COLUMN id SET DEFAULT gen_random_uuid()")
        many = size("bills", 400)
        with ThreadPoolExecutor(CONNECTIONS) as hands:
            began = perf_counter()
            list(hands.map(lambda _: self._insert(kept, many // CONNECTIONS), range(CONNECTIONS)))
            return many // CONNECTIONS * CONNECTIONS / (perf_counter() - began)

    def _insert(self, kept: dict[str, list[dict[str, Any]]], many: int) -> None:
        with psycopg.connect(self.url) as line:
            for _ in range(many):
                own = {"bill_id": uuid4()}
                with line.transaction(), line.cursor() as cursor:
                    for table, found in kept.items():
                        names = [name for name in found[0] if name not in _UNIQUE]
                        places = ", ".join(["%s"] * len(names))
                        into = f"INSERT INTO bare_{table} ({', '.join(names)}) VALUES ({places})"
                        cursor.executemany(into, [[own.get(name, row[name]) for name in names] for row in found])


_UNIQUE = ("id", "number", "cancellation_number", "appointment_id")  # of a bill; all but the id may be missing


def _of(line: Any, table: str, bill_id: Any) -> list[dict[str, Any]]:
    name = "id" if table == "bills" else "bill_id"
    cursor = line.execute(f"SELECT * FROM {table} WHERE {name} = %s", [bill_id])
    names = [column.name for column in cursor.description]
    json_ = ("steps", "lines")
    return [
        {
            name: psycopg.types.json.Json(value) if name in json_ else value
            for name, value in zip(names, row, strict=True)
        }
        for row in cursor.fetchall()
    ]


def _issue_row(ours: list[float], theirs: list[float]) -> Row:
    share = ratio(ours, theirs)
    return Row(
        f"issue a bill of {LINES} lines with split and ledger (2 processes, PostgreSQL, {CONNECTIONS} connections)",
        f"{statistics.median(ours):,.0f}/s",
        f"the same rows inserted bare {statistics.median(theirs):,.0f}/s",
        f"{share:.1%}",
        f"≥ {ISSUE:.0%}",
        share >= ISSUE,
    )


# A long history

_BILLS = """
INSERT INTO bills (id, resident_id, institution_id, state, day, is_chronic, number, total_fen, pool_fen, supplement_fen, own_fen,
                   credited_fen, credited_own_fen, paid_fen, deductible_used_fen, pool_used_fen, chronic_used_fen, steps,
                   created_at, issued_at, changed_at)
SELECT gen_random_uuid(), :resident, :institution, 'balanced', day, false, 'B' || substr(md5(random()::text), 1, 20),
       20000, 12000, 0, 8000, 0, 0, 8000, 0, 12000, 0, '[]', day, day, day
FROM (SELECT (now() - make_interval(days => number * 365 / :a_year))::date AS day FROM generate_series(0, :bills - 1) AS number) AS each
"""


def _history(app: Flask, years: int) -> tuple[str, dict[str, str]]:
    """A resident with so many years of bills, and what they sign in with."""
    with app.app_context():
        with transaction() as current:
            place = str(current.query(Institution.id).order_by(Institution.code).limit(1).scalar())
            drawn = text("SELECT id FROM residents ORDER BY id DESC OFFSET :years LIMIT 1")
            person = str(current.execute(drawn, {"years": years}).scalar())
            asked = {"resident": person, "institution": place, "a_year": BILLS_A_YEAR, "bills": years * BILLS_A_YEAR}
            current.execute(text(_BILLS), asked)
            headers = bearer(app, "resident", person) | {"X-Forwarded-For": f"10.6.0.{years}"}
        settle()
    return person, headers


def _look(app: Flask, whose: tuple[str, dict[str, str]]) -> float:
    """Seconds for what the page asks: this year's bills, their sums by month, and what is still to be paid."""
    person, headers = whose
    took: list[float] = []
    year = clock.today().year
    with app.app_context():
        client = app.test_client()
        for _ in range(LOOKS):
            began = perf_counter()
            for path in (f"bills?year={year}&limit=20", f"bill-sums?year={year}", "bills?state=issued&limit=20"):
                answer = client.get(f"/api/v1/residents/{person}/{path}", headers=headers)
                assert answer.status_code == 200, answer.json
            took.append(perf_counter() - began)
    return statistics.median(took)


def _history_row(ours: list[float], theirs: list[float]) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"a resident's history, {YEARS} years of {BILLS_A_YEAR} bills",
        f"{statistics.median(ours) * 1000:.1f} ms",
        f"of 1 year {statistics.median(theirs) * 1000:.1f} ms",
        f"{times:.2f}×",
        f"≤ {HISTORY}×",
        times <= HISTORY,
    )


# Reconciling

_PAID = """
WITH each AS (
    SELECT gen_random_uuid() AS id, 'P20261123-' || lpad(number::text, 10, '0') AS number
    FROM generate_series(1, :lines) AS number),
paid AS (
    INSERT INTO payments (id, bill_id, resident_id, state, channel, number, amount_fen, refunded_fen, made_by_kind, created_at,
                          expires_at, changed_at)
    SELECT id, :bill, :resident, 'succeeded', 'sandbox', number, 1250, 0, 'resident', :at, :at, :at FROM each RETURNING id)
INSERT INTO ledger_entries (id, at, day, debit, credit, amount_fen, what, institution_id, resident_id, bill_id, payment_id)
SELECT gen_random_uuid(), :at, :day, 'channel:sandbox', 'resident', 1250, 'payment.succeeded', :institution, :resident, :bill, id FROM paid
"""


class _Compared:
    """A day of so many payments in our books, and the channel's statement of it in another order."""

    def __init__(self, app: Flask, folder: Path, lines: int) -> None:
        self.app, self.lines, self.statement, self.peak = app, lines, folder / "statement.csv", 0
        with app.app_context():
            with transaction() as current:
                place = str(current.query(Institution.id).order_by(Institution.code).limit(1).scalar())
                person = str(current.execute(text("SELECT id FROM residents ORDER BY id LIMIT 1")).scalar())
                asked = {"resident": person, "institution": place, "a_year": 1, "bills": 1}
                current.execute(text(_BILLS), asked)
                bill = current.execute(text("SELECT id FROM bills LIMIT 1")).scalar()
                moment = {"at": clock.start_of(DAY), "day": DAY}
                whose = {"lines": lines, "bill": bill, "resident": person, "institution": place}
                current.execute(text(_PAID), whose | moment)
            settle()
        numbers = sorted(range(1, lines + 1), key=lambda number: number * 2_654_435_761 % 2**32)
        with self.statement.open("w") as out:
            out.write("kind,number,provider_id,amount_fen,at\n")
            out.writelines(
                f"payment,P20261123-{number:010},42000{number:021},1250,{DAY}T10:00:00+08:00\n" for number in numbers
            )

    def reconcile(self) -> float:
        """Seconds of the comparison in a process of its own, whose memory is looked at."""
        settings = self.app.config["SETTINGS"]
        said = subprocess.run(
            [sys.executable, "-m", "benchmarks.reconcile_once", str(self.statement), DAY.isoformat()],
            env=os.environ | {"BENCH_DATABASE": settings.database_url},
            capture_output=True,
            text=True,
        )
        assert said.returncode == 0, said.stderr
        found = re.search(r"([0-9.]+) s, ([0-9]+) MiB, ([0-9]+) matched, ([0-9]+) told", said.stdout)
        assert found, said.stdout
        assert int(found[3]) == self.lines, said.stdout
        assert int(found[4]) >= self.lines // 10_000, "no progress was told"
        self.peak = max(self.peak, int(found[2]))
        return float(found[1])

    def sort(self) -> float:
        """Seconds of `sort` of the same file, in the order of bytes."""
        began = perf_counter()
        subprocess.run(
            ["sort", "-o", f"{self.statement}.sorted", str(self.statement)],
            check=True,
            env=os.environ | {"LC_ALL": "C"},
        )
        return perf_counter() - began


def _reconcile_row(ours: list[float], theirs: list[float], compared: _Compared) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"reconcile a statement of {compared.lines:,} lines ({compared.peak} MiB)",
        f"{statistics.median(ours):.1f} s",
        f"`sort` of the file {statistics.median(theirs):.1f} s",
        f"{times:.1f}×",
        f"≤ {RECONCILE:.0f}×, < {MOST_MIB} MiB",
        times <= RECONCILE and compared.peak < MOST_MIB,
    )


def peak_mib() -> int:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
