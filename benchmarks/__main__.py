"""Run the benchmarks named on the command line, or all of them, one after the other, each in a process of its own."""

import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """Returns the number of those that failed."""
    here = Path(__file__).resolve().parent
    known = sorted(file.stem for file in here.glob("[a-z]*.py"))
    if unknown := set(names) - set(known):
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    failed = 0
    for name in names or known:
        print(f"\n{name}\n{'=' * len(name)}", flush=True)
        failed += (
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=here.parent, check=False).returncode != 0
        )
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
