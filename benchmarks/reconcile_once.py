"""One comparison of a statement with the books, in a process whose memory is told: `python -m benchmarks.reconcile_once FILE DAY`."""

import os
import sys
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

from benchmarks.bills import peak_mib
from healthcode import create_app
from healthcode.care.bills import channels
from healthcode.care.bills.reconciling import service
from tests.conftest import settings_for
from tests.support.double import DoubleChannel


def main(statement: str, day: str) -> None:
    """Prints seconds, memory, what matched, and how often progress was told."""
    told: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(os.environ["BENCH_DATABASE"], Path(folder)))
        with app.app_context():
            channels.register("sandbox", DoubleChannel())
            began = perf_counter()
            file = Path(statement).open("rb")  # noqa: SIM115  # the reader closes it
            lines = channels.read_statement(file)
            service.reconcile("sandbox", date.fromisoformat(day), statement=lines, progress=told.append)
            took = perf_counter() - began
            matched = service.of_day("sandbox", date.fromisoformat(day)).matched
    print(f"{took:.2f} s, {peak_mib()} MiB, {matched} matched, {len(told)} told")


if __name__ == "__main__":
    main(*sys.argv[1:])
