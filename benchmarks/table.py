"""One table for everything that is measured: each row beside its yardstick of the same run, and what is to be reached."""

import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count, environ, getloadavg, sysconf
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """What was measured, beside what, and how the two compare. `is_reached` is None where nothing was promised."""

    what: str
    measured: str
    yardstick: str
    ratio: str
    reach: str
    is_reached: bool | None


def size(name: str, usual: int) -> int:
    """How much of something is measured: BENCH_RESIDENTS, BENCH_ROUNDS, BENCH_SECONDS of the environment."""
    return int(environ.get(f"BENCH_{name.upper()}", usual))


def in_turn(
    measured: Callable[[], float], yardstick: Callable[[], float], rounds: int, warm_up: int = 1
) -> tuple[list[float], list[float]]:
    """Both in turn, so that a busy moment of the machine touches both; the first rounds warm up and are left out."""
    ours, theirs = [], []
    for turn in range(-warm_up, rounds):
        one, other = measured(), yardstick()
        if turn >= 0:
            ours.append(one)
            theirs.append(other)
    return ours, theirs


def ratio(measured: Sequence[float], yardstick: Sequence[float]) -> float:
    """The median of the rounds' own ratios: what slows a whole round falls out."""
    return statistics.median(one / other for one, other in zip(measured, yardstick, strict=True))


def machine() -> str:
    """Where this was measured, in a line."""
    cpu = platform.processor() or platform.machine()
    if (about := Path("/proc/cpuinfo")).exists():
        models = [line.partition(":")[2].strip() for line in about.read_text().splitlines() if "model name" in line]
        cpu = models[0] if models else cpu
    memory = sysconf("SC_PAGE_SIZE") * sysconf("SC_PHYS_PAGES") / 2**30
    what = [f"{cpu}, {cpu_count()} cores, {memory:.0f} GiB", f"Python {platform.python_version()}", *versions]
    return f"{datetime.now(UTC).date().isoformat()}: {'; '.join(what)}"


versions: list[str] = []  # of what took part besides; whoever starts a server adds its own


def load() -> str:
    """How much the machine has to do besides: the load of the last minute."""
    return f"{getloadavg()[0]:.1f}"


HEAD = "| what | measured | yardstick | ratio | to reach | |\n|---|---:|---:|---:|---:|---|"


def write(row: Row) -> str:
    """The row as a line of a Markdown table."""
    said = {True: "reached", False: "**short**", None: "–"}[row.is_reached]
    return f"| {row.what} | {row.measured} | {row.yardstick} | {row.ratio} | {row.reach} | {said} |"
