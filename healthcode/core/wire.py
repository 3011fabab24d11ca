"""JSON as this house reads it: strict in, fast out.

The standard parser takes NaN, repeated keys and numbers of any size; orjson keeps the last of repeated keys and makes
a float of a 21-digit integer. What is ambiguous is refused, so that two programs never read one body differently.
"""

import json
import re
from typing import Any

import orjson
from flask import Request
from werkzeug.exceptions import HTTPException, LengthRequired, UnsupportedMediaType

from healthcode.core.problems import Unreadable

MAX_BODY = 64 * 1024  # bytes, unless the door says more
MAX_DEPTH = 32
_DEEPER = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])')
_INTEGER = re.compile(r"-?[0-9]{1,18}")


def read_json(body: bytes) -> Any:
    """Parse a JSON text strictly. Raises Unreadable, with no word of what was in it."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable() from None
    _measure_depth(body)
    try:
        return json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer, parse_float=float
        )
    except (ValueError, RecursionError):
        raise Unreadable() from None


def _measure_depth(body: bytes) -> None:
    """Refuse deep nesting before a recursive parser meets it."""
    depth = 0
    for match in _DEEPER.finditer(body):
        if match[1]:
            depth += 1
            if depth > MAX_DEPTH:
                raise Unreadable()
        elif match[2]:
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _refuse(_constant: str) -> Any:
    raise ValueError


def _integer(digits: str) -> int:
    if not _INTEGER.fullmatch(digits):
        raise ValueError
    return int(digits)


def read_body(request: Request, limit: int) -> bytes:
    """The whole body, before any transaction opens: at most `limit` bytes and exactly as long as it claims.

    A client that hangs up early leaves a short body; taken as complete it could be a valid shorter batch.
    """
    request.max_content_length = limit
    if request.content_length is None and request.headers.get("Transfer-Encoding"):
        raise LengthRequired()
    try:
        body = request.get_data(cache=True)
    except HTTPException:
        raise
    except OSError:  # the client went away in the middle
        raise Unreadable() from None
    if len(body) != (request.content_length or 0):
        raise Unreadable()
    return body


def expect_json(request: Request) -> None:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType()


def write_json(data: Any) -> bytes:
    return orjson.dumps(data)
