"""Logs hold what they may, a line at a time: nobody forges one, and nobody's number gets in."""

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from healthcode.core import logs

FORGERIES = (
    '\r\n{"event": "request", "status": 200, "caller": "auditor"}',
    "\nERROR root broken",
    "\x1b[2J\x1b[31mred",  # clears a terminal, and paints it
    "\x9b31mred",  # the same in one sign
    "\u2028next line",
    "\u202eback to front",
    "\x00\x08\x7f",
)
NUMBER, PHONE = "11010519491231002X", "+8613800000001"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """What was written to standard error since the logs were configured."""
    yield lambda: capsys.readouterr().err
    logs.configure(as_json=True)
    structlog.contextvars.clear_contextvars()


def is_plain(line: str) -> bool:
    return all(sign.isprintable() for sign in line)


@pytest.mark.case("R7")
@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("as_json", [True, False], ids=["for machines", "for a person"])
def test_one_event_is_one_plain_line(written: Callable[[], str], forgery: str, as_json: bool):
    logs.configure(as_json=as_json)
    structlog.contextvars.bind_contextvars(request_id=f"abc{forgery}")
    structlog.get_logger().warning(f"request{forgery}", door=f"x{forgery}", error=f"y{forgery}", status=200)
    (line,) = written().splitlines()
    assert is_plain(line)
    if as_json:
        assert json.loads(line)["status"] == 200


@pytest.mark.case("R7")
@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_libraries_say_is_one_plain_line_too(written: Callable[[], str], forgery: str):
    logs.configure(as_json=True)
    try:
        raise ValueError(f"not a name: {forgery}")
    except ValueError:
        logging.getLogger("some.library").exception("cannot read %s", forgery)
    (line,) = written().splitlines()
    assert is_plain(line)
    assert line.startswith("ERROR some.library cannot read ")


@pytest.mark.case("R7")
def test_a_forged_line_would_be_seen(written: Callable[[], str], monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: values go out as they came."""
    monkeypatch.setattr(logs, "_scrub", lambda value: value)
    logs.configure(as_json=False)
    structlog.get_logger().warning(f"request{FORGERIES[0]}")
    assert len(written().splitlines()) > 1


@pytest.mark.case("R6", "I15")
def test_keys_that_nobody_listed_are_left_out_and_numbers_are_hidden(written: Callable[[], str]):
    logs.configure(as_json=True)
    structlog.get_logger().warning(
        "looked", name="王秀英", number=NUMBER, error=f"no {NUMBER} at {PHONE}", size=[PHONE]
    )
    logging.getLogger("some.library").warning("looking for %s", NUMBER)
    told = written()
    assert "王秀英" not in told
    assert NUMBER not in told
    assert PHONE not in told
    assert json.loads(told.splitlines()[0])["error"] == "no [hidden] at [hidden]"
