"""The browser's half of the house, tested where it runs: in JavaScript, by node."""

import subprocess
from pathlib import Path

import pytest

from tests.support.node import SECONDS, node

HERE = Path(__file__).parent
SUITES = sorted(HERE.glob("*.test.mjs"))
CASES = {"line.test.mjs": pytest.mark.case("L4")}


@pytest.fixture(scope="session")
def node_path() -> str:
    return node()


@pytest.mark.parametrize(
    "suite",
    [pytest.param(one, marks=CASES.get(one.name, ()), id=one.name.removesuffix(".test.mjs")) for one in SUITES],
)
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
