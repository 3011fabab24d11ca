"""The morning's release: bookings that fight for few slots, beside pgbench; finding a free slot among ten million; and
calling whoever is next in a long queue.

Everybody books in the same few slots, so every booking waits for the row of its slot, as at seven o'clock. The yardstick is
pgbench's own `tpcb-like` on the same server with as many connections, for it too updates one row that many want.
"""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product
from time import perf_counter
from typing import Any

from flask import Flask
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import text

from benchmarks.city import City, one, opened, peopled, plant, server, settings_of_production, settle
from benchmarks.load import CONNECTIONS, ask, request
from benchmarks.table import Row, in_turn, ratio, size
from healthcode.care.appointments.models import DAYS, Schedule
from healthcode.care.appointments.service.clinics import make_slots
from healthcode.core import clock, ids
from healthcode.core.db import session, transaction
from healthcode.registry.institutions.models import Institution
from tests.support import queues
from tests.support.databases import create
from tests.support.phones import new_deed
from tests.support.postgres import Cluster
from tests.support.town import Person, _staff, bearer

BOOKING, CALL, SEARCH = 0.15, 1.5, 2.0
LONG, SHORT, CALLS = 2_000, 20, 15
RESIDENTS, CLINICS, SLOTS_OF_CLINIC = 4_000, 40, 5
FEW, MANY = 10_000, 10_000_000
INSTITUTIONS, DAYS_AHEAD = 3_000, 30
SEARCHES = 200


def rows() -> list[Row]:
    """Booking under contention, calling the next, searching."""
    with server() as cluster, settings_of_production() as settings:
        with opened(cluster, "release", settings) as app:
            plant(RESIDENTS)
            with peopled(app) as city:
                booked = in_turn(lambda: _book(city), _Bench(cluster).per_second, size("rounds", 9))
            long, short = _queue(app, "长队", LONG), _queue(app, "短队", SHORT)
            called = in_turn(lambda: _call(app, long), lambda: _call(app, short), size("rounds", 9))
        with opened(cluster, "few", settings) as few:
            _fill(FEW)
            with opened(cluster, "many", settings) as many:
                _fill(size("slots", MANY))
                searched = in_turn(lambda: _search(many), lambda: _search(few), size("rounds", 9))
    return [_booking_row(*booked), _call_row(*called), _search_row(*searched)]


# Bookings


def _book(city: City) -> float:
    """Bookings a second, each by somebody else or in another clinic, all in the same few slots of each."""
    with city.app.app_context():
        slots = _contested()
        people = _people(city, size("people", 600))
        stock = [
            request(
                "POST",
                f"/api/v1/residents/{resident_id}/appointments",
                headers | new_deed(),
                json.dumps({"slot_id": slots[clinic][number % SLOTS_OF_CLINIC]}).encode(),
            )
            for clinic, (number, (resident_id, headers)) in product(range(4), enumerate(people))
        ]
        heard = ask(city.running.port, stock, seconds=size("seconds", 5), status=201)
        taken = one("SELECT sum(taken) FROM slots WHERE schedule_id IN (SELECT id FROM schedules WHERE title = '放号')")
        assert taken == heard.answers == one("SELECT count(*) FROM appointments"), "a booking without its place"
        with transaction() as current:
            current.execute(text("TRUNCATE appointments, appointment_changes, returned_places CASCADE"))
            current.execute(text("UPDATE slots SET taken = 0 WHERE taken > 0"))
    return heard.per_second


def _contested() -> list[list[str]]:
    """Four clinics of tomorrow, one after the other, each of few slots with places for everybody."""
    tomorrow = clock.today() + timedelta(days=1)
    with transaction() as current:
        found = current.execute(text("SELECT id FROM schedules WHERE title = '放号' ORDER BY starts")).scalars().all()
        if not found:
            place = current.query(Institution.id).order_by(Institution.code).limit(1).scalar()
            for hour in (8, 10, 13, 15):
                _clinic(str(place), f"{hour:02}:00", f"{hour + 1:02}:00", capacity=1_000_000)
            found = (
                current.execute(text("SELECT id FROM schedules WHERE title = '放号' ORDER BY starts")).scalars().all()
            )
        rows_of = text("SELECT id FROM slots WHERE schedule_id = :clinic AND day = :day ORDER BY id")
        return [
            [str(slot) for slot in current.execute(rows_of, {"clinic": str(one_), "day": tomorrow}).scalars()]
            for one_ in found
        ]


def _clinic(institution_id: str, starts: str, ends: str, capacity: int) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    schedule = Schedule(
        id=ids.new(), institution_id=institution_id, kind="clinic", title="放号", weekday=DAYS[tomorrow.weekday()],
        starts=starts, ends=ends, slot_minutes=60 // SLOTS_OF_CLINIC, capacity=capacity, released_days_ahead=7,
        released_at="00:00", from_on=tomorrow, until_on=tomorrow, created_at=clock.now(),
    )  # fmt: skip
    session().add(schedule)
    session().flush()
    make_slots(schedule)


_known: dict[str, list[tuple[str, dict[str, str]]]] = {}


def _people(city: City, count: int) -> list[tuple[str, dict[str, str]]]:
    """People with a session, each behind an address of their own."""
    if "people" not in _known:
        with transaction() as current:
            found = current.execute(text("SELECT id FROM residents ORDER BY id LIMIT :most"), {"most": count}).scalars()
            _known["people"] = [
                (
                    str(row),
                    bearer(city.app, "resident", str(row)) | {"X-Forwarded-For": f"10.3.{n // 250}.{n % 250 + 1}"},
                )
                for n, row in enumerate(found)
            ]
    return _known["people"]


class _Bench:
    """pgbench in a database of its own on the same server, with its usual scale for two cores."""

    def __init__(self, cluster: Cluster) -> None:
        self._url = create(cluster.url, "pgbench").replace("+psycopg", "")
        self._run("-i", "-s", "10", "-q")

    def per_second(self) -> float:
        """Transactions a second of tpcb-like over as many connections."""
        said = self._run("-c", str(CONNECTIONS), "-j", "2", "-T", str(size("seconds", 5)), "-n")
        found = re.search(r"tps = ([0-9.]+)", said)
        assert found, said
        return float(found[1])

    def _run(self, *arguments: str) -> str:
        place: dict[str, Any] = conninfo_to_dict(self._url)
        where = ["-h", str(place["host"]), "-p", str(place.get("port", 5432)), "-U", str(place["user"])]
        done = subprocess.run(["pgbench", *arguments, *where, str(place["dbname"])], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def _booking_row(ours: list[float], theirs: list[float]) -> Row:
    share = ratio(ours, theirs)
    return Row(
        f"booking under contention (2 processes, PostgreSQL, {CONNECTIONS} connections)",
        f"{statistics.median(ours):,.0f}/s",
        f"pgbench tpcb-like: {statistics.median(theirs):,.0f}/s",
        f"{share:.1%}",
        f"≥ {BOOKING:.0%}",
        share >= BOOKING,
    )


# The queue


@dataclass(frozen=True)
class _Queue:
    id: str
    headers: dict[str, str]


def _queue(app: Flask, place: str, count: int) -> _Queue:
    """So many who wait at a place of the first institution, as a clerk's check-in leaves them."""
    with app.app_context():
        with transaction() as current:
            institution_id = str(current.query(Institution.id).order_by(Institution.code).limit(1).scalar())
            clerk = _staff(f"clerk-{count}", "文员", institution_id, "clerk")
            people = list(
                current.execute(text("SELECT id FROM residents ORDER BY id LIMIT :most"), {"most": count}).scalars()
            )
            headers = bearer(app, "staff", clerk.id, institution_id)
        slot_id = queues.clinic(institution_id, place, capacity=count)
        for resident_id in people:
            queues.arrived(slot_id, Person(str(resident_id), ""))
        queue_id = str(one(f"SELECT id FROM queues WHERE place = '{place}'"))  # our own names
        settle()
    return _Queue(queue_id, headers)


def _call(app: Flask, queue: _Queue) -> float:
    """Seconds of one call of the next, the median of CALLS; afterwards all wait again."""
    took: list[float] = []
    with app.app_context():
        client = app.test_client()
        for _ in range(CALLS):
            began = perf_counter()
            answer = client.post(f"/api/v1/queues/{queue.id}/calls", headers=queue.headers | new_deed())
            took.append(perf_counter() - began)
            assert answer.status_code == 201, answer.json
        with transaction() as current:
            again = text("UPDATE tickets SET state = 'arrived' WHERE queue_id = :queue AND state = 'in-progress'")
            current.execute(again, {"queue": queue.id})
    return statistics.median(took)


def _call_row(ours: list[float], theirs: list[float]) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"call the next of a queue of {LONG:,} tickets",
        f"{statistics.median(ours) * 1000:.2f} ms",
        f"of {SHORT}: {statistics.median(theirs) * 1000:.2f} ms",
        f"{times:.2f}×",
        f"≤ {CALL}×",
        times <= CALL,
    )


# Searches

_SLOTS = """
INSERT INTO slots (id, schedule_id, institution_id, day, starts_at, ends_at, opens_at, capacity, taken, overbooked, kept, status)
SELECT (lpad(to_hex((extract(epoch FROM starts_at) * 1000)::bigint), 12, '0') || '7' || substr(md5(random()::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
       schedule_id, institution_id, (starts_at AT TIME ZONE 'Asia/Shanghai')::date, starts_at, starts_at + interval '4 minutes',
       starts_at - interval '40 days', 2, (random() * 2)::int, 0, 0, 'free'
FROM (SELECT id AS schedule_id, institution_id, :dawn + make_interval(days => day, mins => 4 * number) AS starts_at
      FROM schedules, generate_series(1, :days) AS day, generate_series(0, :a_day - 1) AS number) AS every
"""
_PLACES = """
INSERT INTO institutions (id, code, name, kind, level, district, opening_hours, is_open)
SELECT gen_random_uuid(), 'B-' || lpad(number::text, 5, '0'), '机构' || number, 'station', 'unrated', '区' || number % 10, '{}', true
FROM generate_series(1, :places) AS number
"""
_SCHEDULES = """
INSERT INTO schedules (id, institution_id, kind, title, weekday, starts, ends, slot_minutes, capacity, released_days_ahead,
                       released_at, has_draw, kept_for_referrals, kept_until_hours, from_on, created_at, made_until_on)
SELECT gen_random_uuid(), id, 'clinic', '门诊', 'mon', '08:00', '12:00', 5, 2, 40, '07:00', false, 0, 0, now(), now(), now()
FROM institutions
"""


def _fill(slots: int) -> None:
    """So many slots: 3,000 institutions for thirty days, or as many institutions as it takes of the same days."""
    a_day = 111
    places = max(min(INSTITUTIONS, slots // (DAYS_AHEAD * a_day)), 1)
    began = perf_counter()
    with transaction() as current:
        current.execute(text(_PLACES), {"places": places})
        current.execute(text(_SCHEDULES))
        asked = {"dawn": clock.start_of(clock.today()) + timedelta(hours=8), "days": DAYS_AHEAD, "a_day": a_day}
        current.execute(text(_SLOTS), asked)
    settle()
    print(f"{one('SELECT count(*) FROM slots'):,} slots in {perf_counter() - began:.0f} s", file=sys.stderr)


def _search(app: Flask) -> float:
    """Seconds for one page of free slots: of an institution in some week, of the whole city on some day, and further pages."""
    with app.app_context():
        client = app.test_client()
        with transaction("read") as current:
            drawn = text("SELECT id FROM institutions ORDER BY md5(id::text) LIMIT 50")
            places = [str(place) for place in current.execute(drawn).scalars()]
        took: list[float] = []
        for number, asked in enumerate(islice(_questions(places), SEARCHES)):
            began = perf_counter()
            headers = {"X-Forwarded-For": f"10.4.0.{number % 250 + 1}"}
            answer = client.get("/api/v1/slots", query_string=asked, headers=headers)
            if answer.json["next"]:
                client.get("/api/v1/slots", query_string=asked | {"after": answer.json["next"]}, headers=headers)
            took.append(perf_counter() - began)
            assert answer.status_code == 200, answer.json
            assert answer.json["items"], asked
    return statistics.fmean(took)


def _questions(places: Sequence[str]) -> Any:
    today = clock.today()
    for number in range(SEARCHES):
        first = today + timedelta(days=1 + number % 20)
        week = {"from_on": first.isoformat(), "until_on": (first + timedelta(days=6)).isoformat()}
        if number % 4 == 0:
            yield week | {"limit": 20}
        elif number % 4 == 1:
            yield {"institution_id": places[number % len(places)], "limit": 20}
        else:
            yield week | {"institution_id": places[number % len(places)], "limit": 20}


def _search_row(ours: list[float], theirs: list[float]) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"two pages of free slots among {size('slots', MANY) / 1e6:g} M",
        f"{statistics.median(ours) * 1000:.2f} ms",
        f"among 10 k: {statistics.median(theirs) * 1000:.2f} ms",
        f"{times:.2f}×",
        f"≤ {SEARCH:.0f}×",
        times <= SEARCH,
    )
