"""Logs by allow-list: ids, codes, counts and durations. A key that is not listed is left out, so that a name, a number
or a code typed by a person cannot reach a log by mistake. Values are JSON strings: no line can be forged."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "request_id", "door", "method", "status", "milliseconds", "caller", "error",
        "where", "listener", "tries", "count", "seconds", "problem", "kid", "use", "size", "address", "pid",
    }
)  # fmt: skip
# The last wall: runs of digits that look like an identity or phone number, and anything that looks like a token or a code.
_PERSONAL = re.compile(r"\+?[0-9]{11,}[0-9Xx]?|eyJ[\w-]+\.[\w-]+\.[\w-]+|HP1:\S+")


def _only_allowed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _scrub(value) for key, value in event.items() if key in ALLOWED}


def _scrub(value: Any) -> Any:
    return _PERSONAL.sub("[hidden]", value) if isinstance(value, str) else value


def configure(*, as_json: bool, level: str = "info") -> None:
    """Structured logs to standard error: JSON lines for machines, short lines for a person at a terminal."""
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s", force=True
    )
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )
