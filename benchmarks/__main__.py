"""Run the benchmarks named on the command line, or all that stand in the one table, one after the other.

python -m benchmarks                              # the table, ready to be pasted into docs/performance.md
python -m benchmarks register --residents 200000  # one file's rows, smaller
python -m benchmarks servers                      # not in the table: which server holds out against slow clients
"""

import argparse
import os
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from time import perf_counter

from benchmarks.table import HEAD, Row, load, machine, write

ROWS = ("online", "verify_in_process", "register", "first_code", "booking", "bills")
APART = ("servers",)
SIZES = {
    "residents": "how many the large city has (register; usually 2,000,000)",
    "rounds": "how often each is measured, beside its yardstick",
    "seconds": "how long a round over HTTP lasts",
    "bills": "how many are issued in a round (bills; usually 400)",
    "lines": "how many a channel's statement has (bills; usually 1,000,000)",
    "slots": "among how many one is searched (booking; usually 10,000,000)",
}


def main(arguments: list[str]) -> int:
    """Prints rows as they come; returns how many files could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=f"files: {', '.join(ROWS + APART)}")
    parser.add_argument("names", nargs="*", metavar="file")
    for name, told in SIZES.items():
        parser.add_argument(f"--{name}", type=int, help=told)
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - {*ROWS, *APART}:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    for name in SIZES:
        if (count := getattr(asked, name)) is not None:
            os.environ[f"BENCH_{name.upper()}"] = str(count)
    for name in (one for one in asked.names if one in APART):
        import_module(f"benchmarks.{name}").main()
    in_table = [one for one in asked.names or ROWS if one in ROWS]
    return _table(in_table) if in_table else 0


def _table(names: list[str]) -> int:
    # The table alone on standard output; what servers and bars say of themselves goes where errors go.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    failed: list[str] = []
    before, began = load(), perf_counter()
    print(HEAD, file=out, flush=True)
    for name in names:
        for row in _rows(name, failed):
            print(write(row), file=out, flush=True)
    minutes = (perf_counter() - began) / 60
    print(f"\n{machine()}. {minutes:.0f} minutes; load {before} before, {load()} at the end.", file=out, flush=True)
    return len(failed)


def _rows(name: str, failed: list[str]) -> Iterator[Row]:
    try:
        yield from import_module(f"benchmarks.{name}").rows()
    except Exception:  # one that cannot be measured here (no PostgreSQL, no Chromium) does not take the others along
        traceback.print_exc()
        failed.append(name)
        yield Row(name, "could not be measured", "–", "–", "–", None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
