"""What happens around the service: its database goes away, its log cannot be written, two hundred clients are slow."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import make_url

from benchmarks import servers as sieges
from config import Settings
from tests.conftest import settings_for
from tests.proof.city import inside
from tests.support.databases import copied
from tests.support.servers import Answer, Served, served
from tests.support.wires import Wire, wire_to_socket

CROWD = 40
OPEN = "/.well-known/healthcode/revocations"  # anybody's read, of the database


@pytest.fixture(scope="module")
def wire(postgres: str) -> Iterator[Wire]:
    """A line to the test run's PostgreSQL that this file may cut."""
    folder = make_url(postgres).query["host"]
    with wire_to_socket(f"{folder}/.s.PGSQL.5432") as wire:
        yield wire


@pytest.fixture
def far_from_its_database(another_postgres: str, wire: Wire, tmp_path: Path) -> Iterator[Served]:
    name = make_url(another_postgres).database
    url = f"postgresql+psycopg://postgres@127.0.0.1:{wire.port}/{name}"
    wire.become("whole")
    with served(settings_for(url, tmp_path / "var"), processes=1) as running:
        yield running
    wire.become("whole")


def at_once(running: Served, path: str, size: int) -> list[tuple[Answer, float]]:
    """So many ask at the same time; each answer, and the seconds it took."""

    def ask(_: int) -> tuple[Answer, float]:
        began = time.monotonic()
        return running.ask("GET", path), time.monotonic() - began

    with ThreadPoolExecutor(size) as clients:
        return list(clients.map(ask, range(size)))


def threads_of(pid: int) -> int | None:
    """How many threads a process has, where the system tells (Linux)."""
    tasks = Path(f"/proc/{pid}/task")
    return len(list(tasks.iterdir())) if tasks.exists() else None


@pytest.mark.case("K7")
@pytest.mark.parametrize("how", ["cut", "deaf"])
def test_while_the_database_is_away_everybody_is_told_soon(far_from_its_database: Served, wire: Wire, how):
    """Connections refused, or taken and never answered: 503 within two seconds, threads as many as before, and then on."""
    running = far_from_its_database
    (pid,) = running.workers()
    assert {answer.status for answer, _ in at_once(running, OPEN, CROWD)} == {200}
    threads = threads_of(pid)
    wire.become(how)
    for _ in range(3):
        told = at_once(running, OPEN, CROWD)
        assert {answer.status for answer, _ in told} == {503}
        assert all(answer.headers["Retry-After"] for answer, _ in told)
        assert max(took for _, took in told) < 2.6  # two seconds for a connection, and this machine's own time
    quick = at_once(running, OPEN, CROWD)
    assert sorted(took for _, took in quick)[-2] < 1  # but one, all are told without trying
    assert (threads_of(pid) or 0) <= (threads or 0) + 16  # what a process has for answering, however many asked
    assert running.ask("GET", "/healthz").status == 200
    wire.become("whole")
    until = time.monotonic() + 5
    while running.ask("GET", OPEN).status != 200:
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.fixture
def settings(sqlite_template: Path, tmp_path: Path) -> Settings:
    return settings_for(f"sqlite:///{copied(sqlite_template, tmp_path / 'a.db')}", tmp_path / "var")


@pytest.mark.case("F10")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_of_the_logs_costs_lines_and_no_answers(settings: Settings):
    settings.folder.mkdir(parents=True)
    (settings.folder / "server.log").symlink_to("/dev/full")
    with inside(settings) as (_, town), served(settings, processes=1) as running:
        for _ in range(50):
            assert (
                running.ask("GET", f"/api/v1/residents/{town.wang.id}", headers=town.headers(town.wang)).status == 200
            )


@pytest.mark.case("F16", "K12")
def test_two_hundred_slow_clients_are_hardly_noticed(settings: Settings):
    """A byte a second each of a head or a body, or none read: whoever asks beside them is answered every time, and soon."""
    with served(replace(settings, log_level="warning"), processes=1) as running:
        calm = asked_beside(running)
        for kind in ("200 slow heads", "200 slow bodies", "200 slow readers"):
            with besieged(running.port, kind):
                took = asked_beside(running)
            assert median(took) < 3 * median(calm) + 0.02, kind
            assert sorted(took)[-2] < 1, kind


def asked_beside(running: Served) -> list[float]:
    """Seconds of each of sixty questions on connections of their own."""
    told = [at_once(running, OPEN, 1)[0] for _ in range(60)]
    assert {answer.status for answer, _ in told} == {200}
    return [seconds for _, seconds in told]


class besieged:  # noqa: N801  # reads like a function
    """The slow ones of benchmarks/servers.py, in a thread beside the block."""

    def __init__(self, port: int, kind: str) -> None:
        self._port, self._kind = port, kind
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()
        slow = [one(self._port) for one in sieges.SIEGES[self._kind]]
        asyncio.run_coroutine_threadsafe(self._gather(slow), self._loop)
        time.sleep(1)  # until they all hold what they can hold

    async def _gather(self, slow) -> None:
        await asyncio.gather(*slow, return_exceptions=True)

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _end(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
