"""The two doors that a city knocks at most, over HTTP, beside a bare Flask route behind the same server.

32 kept connections from a process of its own, two server processes, one PostgreSQL; all on this one machine, so that
clients and database take their share of its cores.
"""

import statistics

from benchmarks.city import bare, one, opened, peopled, plant, server, settings_of_production
from benchmarks.load import Heard, ask, request
from benchmarks.table import Row, in_turn, ratio, size

RESIDENTS = 10_000
VERIFY, READ = 0.25, 0.35  # of the bare route's throughput


def rows() -> list[Row]:
    """Verifying a pass, and reading one's own record."""
    rounds, seconds = size("rounds", 9), size("seconds", 5)
    with server() as cluster, settings_of_production() as settings, opened(cluster, "online", settings) as app:
        plant(RESIDENTS)
        with peopled(app) as city, bare(settings) as plain:
            sample = city.showings(1)[0].partition(b"\r\n\r\n")[2]
            posting = [request("POST", "/verifications", city.scanners[0].headers, sample)]
            getting = [request("GET", "/record", city.carriers[0].phone.headers)]
            reading: list[Heard] = []

            def read() -> float:
                reading.append(ask(city.running.port, city.own_records(), seconds=seconds, status=200, again=True))
                return reading[-1].per_second

            def bare_post() -> float:
                return ask(plain.port, posting, seconds=seconds, status=201, again=True).per_second

            def bare_get() -> float:
                return ask(plain.port, getting, seconds=seconds, status=200, again=True).per_second

            verified = in_turn(lambda: city.verify(seconds), bare_post, rounds)
            city.make_sure_all_is_written()
            read_own = in_turn(read, bare_get, rounds)
            looked = one("SELECT count(*) FROM trail WHERE door = 'residents.show'")
            assert looked == sum(heard.answers for heard in reading), "a look without its trail"
    how = "2 processes, PostgreSQL, 32 connections"
    return [
        _row(f"online verification of a pass ({how})", "POST", verified, VERIFY),
        _row(f"signed-in read of one's own record ({how})", "GET", read_own, READ),
    ]


def _row(what: str, method: str, measured: tuple[list[float], list[float]], reach: float) -> Row:
    ours, theirs = (statistics.median(rounds) for rounds in measured)
    share = ratio(*measured)
    yardstick = f"bare Flask {method}: {theirs:,.0f}/s"
    return Row(what, f"{ours:,.0f}/s", yardstick, f"{share:.1%}", f"≥ {reach:.0%}", share >= reach)
