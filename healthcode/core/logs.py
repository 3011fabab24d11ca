"""Logs by allow-list: ids, codes, counts and durations. A key that is not listed is left out, so that a name, a number
or a code typed by a person cannot reach a log by mistake. Values are JSON strings: no line can be forged."""

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "request_id", "door", "method", "status", "milliseconds", "caller", "error",
        "where", "listener", "tries", "count", "seconds", "problem", "kid", "use", "size", "address", "pid",
    }
)  # fmt: skip
# The last wall: runs of digits that look like an identity or phone number, and anything that looks like a token or a code.
_PERSONAL = re.compile(r"\+?[0-9]{11,}[0-9Xx]?|eyJ[\w-]+\.[\w-]+\.[\w-]+|HP1:\S+")
# What begins a line, moves a cursor or paints a terminal. JSON escapes most of it; a person's terminal does not.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _only_allowed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _scrub(value) for key, value in event.items() if key in ALLOWED}


def _scrub(value: Any) -> Any:
    """One line of plain text, whatever was in it; numbers and truth values as they are."""
    if value is None or isinstance(value, bool | int | float):
        return value
    return _CONTROL.sub("�", _PERSONAL.sub("[hidden]", str(value)))


class _OneLine(logging.Formatter):
    """What libraries say by themselves, through the same wall: one record is one line."""

    def format(self, record: logging.LogRecord) -> str:
        line: str = _scrub(super().format(record))
        return line


class _Lossy:
    """Standard error, whose disk may be full: then a line is lost, and no answer with it. (Without the trail, which is in
    the database, nothing is answered.)"""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def configure(*, as_json: bool, level: str = "info") -> None:
    """Structured logs to standard error: JSON lines for machines, short lines for a person at a terminal."""
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(_OneLine("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Lossy(sys.stderr))),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
