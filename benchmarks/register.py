"""A register of two millions: what it takes to bring it in, and whether verifying notices how large it is.

Bringing in is measured whole: people are made by the seeds, sealed under keys of their own on every core, indexed blind,
and streamed by COPY. The yardstick makes the same people and streams the same columns as plain text, without sealing,
into tables with the same indexes; how much of that is COPY alone is told too.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter

from psycopg import Connection
from sqlalchemy import text

from benchmarks.city import TOWN, City, one, opened, peopled, plant, server, settings_of_production
from benchmarks.load import ask
from benchmarks.table import Row, in_turn, ratio, size
from healthcode.core import clock
from healthcode.core.db import db
from healthcode.doors.cli.planting import SYSTEM, _newcomers
from healthcode.registry.residents.service.loading import SLICE, Newcomer
from seeds import load_town, residents

FEW, STOCK = 10_000, 6_000
BRING_IN, NOTICE = 4.0, 1.2
_PLAIN = """
    CREATE TABLE plain_residents (
        id uuid PRIMARY KEY, name text, birth_date text, phone text, registers text, sex text, district text,
        coverage text, identity text, created_at timestamptz, version int);
    CREATE INDEX ON plain_residents (phone);
    CREATE TABLE plain_documents (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(), resident_id uuid REFERENCES plain_residents, kind text,
        country text, number text, seen_by uuid, created_at timestamptz);
    CREATE INDEX ON plain_documents (resident_id);
    CREATE INDEX ON plain_documents (number);
"""


def rows() -> list[Row]:
    """Bringing in, twice told, and verifying in a large register beside a small one."""
    many = size("residents", 2_000_000)
    with server() as cluster, settings_of_production() as settings, opened(cluster, "many", settings) as large:
        sealed = _seconds(lambda: plant(many))
        assert one("SELECT count(*) FROM residents") >= many
        whole, copying = _plain(many)
        with peopled(large) as crowded, opened(cluster, "few", settings) as small:
            plant(FEW)
            with peopled(small) as quiet:
                times = in_turn(lambda: _one(crowded), lambda: _one(quiet), size("rounds", 7))
    return [
        _brought_in(f"bulk seed of {many:,} residents, sealed", "the same as plain text", sealed, whole),
        _brought_in("the same, beside COPY alone", "COPY of rows that are there", sealed, copying),
        _noticed(many, times),
    ]


def _seconds(deed: Callable[[], object]) -> float:
    began = perf_counter()
    deed()
    return perf_counter() - began


def _plain(many: int) -> tuple[float, float]:
    """Seconds for the whole, and for COPY alone."""
    with db.engine.connect() as connection:
        connection.execute(text(_PLAIN))
        driver: Connection[tuple[object, ...]] = connection.connection.driver_connection  # type: ignore[assignment]
        began, copying = perf_counter(), 0.0
        for part in _slices(_newcomers(residents(many, town=load_town(TOWN)), {})):
            copying += _seconds(lambda part=part: _copy(driver, part))  # type: ignore[misc]
        copying += _seconds(connection.commit)
        took = perf_counter() - began
        connection.execute(text("DROP TABLE plain_documents, plain_residents"))
        connection.commit()
    return took, copying


def _slices(people: Iterator[Newcomer]) -> Iterator[list[Newcomer]]:
    return iter(lambda: list(islice(people, SLICE)), [])


def _copy(driver: "Connection[tuple[object, ...]]", part: list[Newcomer]) -> None:
    moment = clock.now()
    with driver.cursor() as cursor:
        with cursor.copy("COPY plain_residents FROM STDIN") as copy:
            for person in part:
                known = (person.name, person.birth_date, person.phone, person.registers, person.sex, person.district)
                copy.write_row((person.id, *known, person.coverage, person.identity, moment, 1))
        columns = "resident_id, kind, country, number, seen_by, created_at"
        with cursor.copy(f"COPY plain_documents ({columns}) FROM STDIN") as copy:
            for person in part:
                for paper in person.papers:
                    said = (paper.kind, paper.document.country, paper.document.number)
                    copy.write_row((person.id, *said, SYSTEM, moment))


def _one(city: City) -> float:
    """Seconds for one verification, of 32 at a time."""
    return 1 / ask(city.running.port, city.showings(STOCK), seconds=size("seconds", 5), status=201).per_second


def _brought_in(what: str, yardstick: str, took: float, beside: float) -> Row:
    times = took / beside
    return Row(
        what, f"{took:,.0f} s", f"{yardstick} {beside:,.0f} s", f"{times:.1f}×", f"≤ {BRING_IN:.0f}×", times <= BRING_IN
    )


def _noticed(many: int, times: tuple[list[float], list[float]]) -> Row:
    ours, theirs = (sorted(rounds)[len(rounds) // 2] * 1000 for rounds in times)
    share = ratio(*times)
    what = f"verification among {many:,} residents"
    return Row(
        what,
        f"{ours:.2f} ms",
        f"among {FEW:,} {theirs:.2f} ms",
        f"{share:.2f}×",
        f"≤ {NOTICE}×",
        share <= NOTICE,
    )
