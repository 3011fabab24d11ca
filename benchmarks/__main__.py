"""One table, each row beside its yardstick of the same run: `python -m benchmarks`, or some of it by name.

BENCH_RESIDENTS, BENCH_ROUNDS and BENCH_SECONDS make it smaller or larger. `servers`, which is long, has a table of its own and
is printed only when it is named.
"""

import sys
from importlib import import_module
from time import perf_counter

from benchmarks.table import HEAD, load, machine, write

ROWS = ("online", "verify_in_process", "register", "first_code")
APART = ("servers",)


def main(names: list[str]) -> None:
    """Measure what is named, or every row of the table, and print as it comes."""
    if unknown := set(names) - {*ROWS, *APART}:
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join((*ROWS, *APART))}")
    began = perf_counter()
    if wanted := [name for name in names or ROWS if name in ROWS]:
        print(f"{machine()}, load {load()}\n\n{HEAD}", flush=True)
    for name in wanted:
        for row in import_module(f"benchmarks.{name}").rows():
            print(write(row), flush=True)
    for name in set(names) & set(APART):
        import_module(f"benchmarks.{name}").main()
    print(f"\n{perf_counter() - began:,.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
