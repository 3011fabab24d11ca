"""What is installed: everything by version and hash, and nothing by a name that only sounds like a tool."""

import re

import pytest

from tests.house.sources import ROOT

LOCKS = sorted(ROOT.glob("requirements*.txt"))
# On the package index these names belong to others than the load tester, the connection pooler and the taint checker.
NOT_THE_TOOLS = {"k6", "pgbouncer", "pysa"}
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[a-z0-9, -]+\])?==([A-Za-z0-9.+!-]+)(?: ; [^\\]+)?(?: \\|$)")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def blocks(lock: str) -> list[str]:
    """Each pin with the lines that belong to it."""
    plain = [line for line in lock.splitlines() if line.strip() and not line.startswith(("#", "-c ", "--"))]
    return re.split(r"\n(?=\S)", "\n".join(plain))


def complaints(lock: str) -> list[str]:
    found = []
    for block in blocks(lock):
        first = block.splitlines()[0]
        pin = _PIN.match(first)
        if pin is None:
            found.append(f"not pinned: {first[:60]}")
        elif normal(pin[1]) in NOT_THE_TOOLS:
            found.append(f"not the tool it sounds like: {pin[1]}")
        elif not _HASH.search(block):
            found.append(f"no hash: {pin[1]}")
        elif re.search(r"https?://|git\+| @ ", block):
            found.append(f"from an address: {pin[1]}")
    return found


def wanted(text: str) -> set[str]:
    names = (re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line) for line in text.splitlines())
    return {normal(name[0]) for name in names if name}


@pytest.mark.case("K18")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_by_version_and_hash(lock):
    assert complaints(lock.read_text()) == []


@pytest.mark.case("K18")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_what_is_wanted_is_what_is_pinned(lock):
    pinned = {normal(pin[1]) for block in blocks(lock.read_text()) if (pin := _PIN.match(block))}
    assert len(pinned) > 20
    assert wanted(lock.with_suffix(".in").read_text()) - pinned == set()


@pytest.mark.case("K18")
def test_the_installation_asks_for_the_hashes():
    makefile = (ROOT / "Makefile").read_text()
    installs = re.findall(r"^.*pip .*install.*$", makefile, re.MULTILINE)
    assert [line for line in installs if "--require-hashes" not in line and " uv" not in line] == []


@pytest.mark.case("K18")
@pytest.mark.parametrize(
    "planted",
    [
        "flask==3.1.3",
        "flask>=3 \\\n    --hash=sha256:" + "0" * 64,
        "pysa==0.1 \\\n    --hash=sha256:" + "0" * 64,
        "K6==0.1 \\\n    --hash=sha256:" + "0" * 64,
        "flask @ git+https://example.org/flask \\\n    --hash=sha256:" + "0" * 64,
        "flask==3.1.3 \\\n    --hash=md5:" + "0" * 32,
    ],
)
def test_a_loose_one_is_seen(planted: str):
    good = "click==8.2.1 \\\n    --hash=sha256:" + "1" * 64
    assert complaints(good) == []
    assert len(complaints(f"{good}\n{planted}")) == 1
