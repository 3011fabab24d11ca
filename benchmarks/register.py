"""A large city: how long it takes to bring everybody in, sealed, and whether a verification notices how many they are.

The seed is measured in parts, and each part beside its yardstick: the same people brought in by COPY as plain text, into
tables with the same keys and indexes. People are made up before the clock runs. Afterwards everybody holds a code, and
the same verifications are asked of this city and of one of 10,000, in turn.
"""

import statistics
import sys
from collections.abc import Iterator
from itertools import islice
from operator import attrgetter
from time import perf_counter
from typing import Any

from sqlalchemy import text

from benchmarks.city import TOWN, one, opened, peopled, plant, server, settings_of_production
from benchmarks.table import Row, in_turn, ratio, size
from healthcode.core import clock, ids
from healthcode.core.db import session, transaction
from healthcode.doors.cli import planting
from healthcode.registry.residents import service as residents
from seeds import load_town
from seeds import residents as strangers

PART = 100_000
SMALL = 10_000
SEED, GROWTH = 4.0, 1.2  # times the yardstick's time

_TWINS = """
CREATE TABLE plain_residents (
    id uuid PRIMARY KEY, name text, birth_date date, phone text UNIQUE, registers text, sex text NOT NULL, district text,
    coverage text, identity text NOT NULL, created_at timestamptz NOT NULL, merged_into_id uuid REFERENCES plain_residents,
    version integer NOT NULL
);
CREATE INDEX ON plain_residents (merged_into_id);
CREATE TABLE plain_documents (
    id uuid PRIMARY KEY, resident_id uuid NOT NULL REFERENCES plain_residents, kind text NOT NULL, country text NOT NULL,
    number text NOT NULL, claim text UNIQUE, seen_by uuid, created_at timestamptz NOT NULL
);
CREATE INDEX ON plain_documents (resident_id);
CREATE INDEX ON plain_documents (number);
"""
_CODES = """
INSERT INTO issued_codes (id, resident_id, form, issued_at, valid_from, expires_at)
SELECT gen_random_uuid(), id, 'pass', now(), now(), now() + interval '1 day' FROM residents
"""


def rows() -> list[Row]:
    """Seeding, and verifying afterwards."""
    count, rounds, seconds = size("residents", 2_000_000), size("rounds", 9), size("seconds", 5)
    with server() as cluster, settings_of_production() as settings, opened(cluster, "small", settings) as village:
        plant(SMALL)
        _give_everybody_a_code()
        with peopled(village) as small, opened(cluster, "large", settings) as app:
            seeded = _seed(count)
            _give_everybody_a_code()
            assert one("SELECT count(*) FROM residents") >= count
            with peopled(app) as large:
                took = in_turn(lambda: 1 / large.verify(seconds), lambda: 1 / small.verify(seconds), rounds)
                large.make_sure_all_is_written()
            small.make_sure_all_is_written()
    return [_seed_row(count, *seeded), _growth_row(count, *took)]


def _seed_row(count: int, ours: list[float], theirs: list[float]) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"bulk seed of {_many(count)} residents with encryption, COPY",
        f"{sum(ours):,.0f} s",
        f"COPY of the same as plain text: {sum(theirs):,.0f} s",
        f"{times:.1f}×",
        f"≤ {SEED:.0f}×",
        times <= SEED,
    )


def _growth_row(count: int, ours: list[float], theirs: list[float]) -> Row:
    times = ratio(ours, theirs)
    return Row(
        f"online verification among {_many(count)} residents",
        f"{statistics.median(ours) * 1000:.2f} ms",
        f"among 10 k: {statistics.median(theirs) * 1000:.2f} ms",
        f"{times:.2f}×",
        f"≤ {GROWTH}×",
        times <= GROWTH,
    )


def _many(count: int) -> str:
    return f"{count / 1e6:g} M" if count >= 1e6 else f"{count / 1e3:g} k"


def _give_everybody_a_code() -> None:
    with transaction() as current:
        current.execute(text(_CODES))


def _seed(count: int) -> tuple[list[float], list[float]]:
    """Seconds of each part, ours and the yardstick's."""
    plant(0)
    with transaction() as current:
        current.execute(text(_TWINS))
    town = load_town(TOWN)
    people = planting._newcomers(strangers(count, town=town), {})
    ours, theirs = [], []
    while part := list(islice(people, PART)):
        ours.append(_timed(_seal_in, part))
        theirs.append(_timed(_copy_in, part))
        print(f"{len(ours) * PART:,} of {count:,}: {ours[-1]:.1f} s, plain {theirs[-1]:.1f} s", file=sys.stderr)
    with transaction() as current:
        current.execute(text("DROP TABLE plain_documents, plain_residents"))
    return ours, theirs


def _timed(deed: Any, part: list[residents.Newcomer]) -> float:
    began = perf_counter()
    with transaction():
        deed(part)
    return perf_counter() - began


def _seal_in(part: list[residents.Newcomer]) -> None:
    residents.load(part, seen_by=planting.SYSTEM, told=lambda _come: None)


def _copy_in(part: list[residents.Newcomer]) -> None:
    """The yardstick, by the same driver's COPY and in the same slices of rows."""
    driver: Any = session().connection().connection.driver_connection
    with driver.cursor() as cursor:
        for table, found in (("plain_residents", _plain_residents(part)), ("plain_documents", _plain_documents(part))):
            names = next(found)
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
                for row in found:
                    copy.write_row(row)


def _plain_residents(part: list[residents.Newcomer]) -> Iterator[tuple[Any, ...]]:
    names = ("id", "name", "birth_date", "phone", "registers", "sex", "district", "coverage", "identity")
    yield *names, "created_at", "version"
    known, moment = attrgetter(*names), clock.now()
    for person in part:
        yield *known(person), moment, 1


def _plain_documents(part: list[residents.Newcomer]) -> Iterator[tuple[Any, ...]]:
    yield "id", "resident_id", "kind", "country", "number", "claim", "seen_by", "created_at"
    moment = clock.now()
    for person in part:
        for paper in person.papers:
            said = (paper.kind, paper.document.country, paper.document.number)
            # Every kind that the seeds make can be claimed once: a newborn's with its day.
            claim = " ".join((*said, str(paper.born_on or "")))
            yield ids.new(), person.id, *said, claim, planting.SYSTEM, moment
