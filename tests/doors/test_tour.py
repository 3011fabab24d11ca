"""The tour of the README, taken against `healthcode run` from nothing."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.support.databases import missing

PATIENCE = 60  # seconds until a planted town answers


@pytest.fixture
def model_town(tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A fresh model town: its address, and the environment in which it lives."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    around = {name: value for name, value in os.environ.items() if not name.startswith("HEALTHCODE_")}
    around["HEALTHCODE_HOME"] = str(tmp_path / "var")
    command = [sys.executable, "-m", "healthcode", "run", "--port", str(port), "--residents", "20"]
    with (tmp_path / "run.log").open("w") as log:
        town = subprocess.Popen(command, cwd=ROOT, env=around, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", town, tmp_path / "run.log")
        yield f"http://127.0.0.1:{port}", around
    finally:
        town.send_signal(signal.SIGINT)
        town.wait(timeout=30)


def wait_for(address: str, town: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and town.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the town did not come up:\n{log.read_text()}")


def test_the_tour_can_be_taken_as_it_is_written(model_town):
    if shutil.which("curl") is None or not (ROOT / ".venv/bin/python").exists():
        missing("the tour needs curl, and make setup")
    address, around = model_town
    taken = subprocess.run(
        ["bash", "docs/tour.sh", address], cwd=ROOT, env=around, capture_output=True, text=True, timeout=60, check=False
    )
    assert taken.returncode == 0, taken.stdout + taken.stderr
    lines = taken.stdout.splitlines()
    answers = [json.loads(line) for line in lines if line.startswith('{"')]
    asked, me, passes, by_ticket, by_digits, refused = answers
    assert asked == {"expires_in": 300}
    assert me["display_name"] == "王秀英"
    assert passes["passes"][0]["certificate"]
    assert by_ticket["resident"] == {"display_name": "王*英", "sex": "female", "age": by_ticket["resident"]["age"]}
    assert by_digits["form"] == "digits"
    assert refused["type"] == "/problems/challenge-needed"
    assert [line for line in lines if re.fullmatch(r"HP1:[0-9A-Z $%*+\-./:]{174}", line)]
    looked = json.loads("\n".join(lines[lines.index("{") :]))["items"]
    assert {item["what"] for item in looked} >= {"Read the code", "Fetched twenty digits"}
