"""The two doors that a city knocks at most, over HTTP, beside a bare Flask route behind the same server.

32 kept connections from a process of its own, two server processes, one PostgreSQL; all on this one machine, so the
clients and the database take their share of its cores.
"""

from benchmarks.city import bare, one, opened, peopled, plant, server, settings_of_production
from benchmarks.load import Heard, ask, request
from benchmarks.table import Row, in_turn, ratio, size

RESIDENTS = 10_000
STOCK = 6_000  # showings signed for one round; more than it will use
VERIFY, READ = 0.25, 0.35


def rows() -> list[Row]:
    """Verifying a pass, and reading one's own record."""
    rounds, seconds = size("rounds", 7), size("seconds", 5)
    with server() as cluster, settings_of_production() as settings, opened(cluster, "online", settings) as app:
        plant(RESIDENTS)
        with peopled(app) as city, bare(settings) as plain:
            verifying: list[Heard] = []
            reading: list[Heard] = []

            def verify() -> float:
                verifying.append(ask(city.running.port, city.showings(STOCK), seconds=seconds, status=201))
                return verifying[-1].per_second

            def read() -> float:
                reading.append(ask(city.running.port, city.own_records(), seconds=seconds, status=200, again=True))
                return reading[-1].per_second

            sample = city.showings(1)[0].partition(b"\r\n\r\n")[2]
            posting = [request("POST", "/verifications", body=sample, **city.scanners[0].headers)]
            getting = [request("GET", "/record", **city.carriers[0].phone.headers)]

            verified = in_turn(
                verify,
                lambda: ask(plain.port, posting, seconds=seconds, status=201, again=True).per_second,
                rounds,
            )
            written = one("SELECT count(*) FROM verifications")
            assert written == sum(heard.answers for heard in verifying), "an answer without its verification"
            shown = one("SELECT count(*) FROM trail WHERE door = 'codes.verify'")
            assert shown == written, "a verification without its trail"
            read_own = in_turn(
                read,
                lambda: ask(plain.port, getting, seconds=seconds, status=200, again=True).per_second,
                rounds,
            )
            looked = one("SELECT count(*) FROM trail WHERE door = 'residents.show'")
            assert looked == sum(heard.answers for heard in reading), "a look without its trail"
    return [
        _row("online verification of a pass (2 processes, PostgreSQL, 32 connections)", "POST", verified, VERIFY),
        _row("signed-in read of one's own record (gate, trail)", "GET", read_own, READ),
    ]


def _row(what: str, method: str, measured: tuple[list[float], list[float]], reach: float) -> Row:
    ours, theirs = (sorted(rounds)[len(rounds) // 2] for rounds in measured)
    share = ratio(*measured)
    yardstick = f"bare Flask {method} {theirs:,.0f}/s"
    return Row(what, f"{ours:,.0f}/s", yardstick, f"{share:.0%}", f"≥ {reach:.0%}", share >= reach)


__all__ = ["rows"]
