"""Every answer that any test gets, held against the API's own document: nothing leaves that it does not announce.

The requests of stories reach what chance does not: the good answers of doors that need a whole visit first.
"""

import json
import re
from functools import lru_cache
from typing import Any

import jsonschema_rs
from flask import Flask, Response, request

_written: list[dict[str, Any]] = []  # once for all services of a run: writing it takes longer than starting one


def _document(app: Flask) -> dict[str, Any]:
    if not _written:
        _written.append(json.loads(app.extensions["openapi"].text(app)))
    return _written[0]


@lru_cache(maxsize=512)
def _validator(path: str, method: str, status: str, mimetype: str) -> jsonschema_rs.Validator:
    schema = _written[0]["paths"][path][method]["responses"][status]["content"][mimetype]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": _written[0]["components"]}, validate_formats=True)


def complaint(path: str, method: str, response: Response) -> str | None:
    """What the document did not announce about one answer."""
    announced = _written[0]["paths"][path][method]["responses"]
    status, mimetype = str(response.status_code), response.mimetype
    if status not in announced:
        return f"{method} {path}: {status} {response.get_data(as_text=True)[:80]}"
    content = announced[status].get("content")
    if content is None:
        return f"{method} {path}: {status} has a body" if response.data else None
    if mimetype not in content:
        return f"{method} {path}: {status} is {mimetype}"
    if not mimetype.endswith("json"):
        return None
    wrong = [
        f"{error.instance_path} {error.message}"
        for error in _validator(path, method, status, mimetype).iter_errors(response.json)
    ]
    return f"{method} {path}: {status} {wrong[0]}" if wrong else None


def listen(app: Flask) -> list[str]:
    """Complaints gather in what is returned, for the test's end. Doors that the document does not know are left out.

    A test that breaks the service on purpose forgets them: `app.extensions["unannounced"].clear()`.
    """
    heard: list[str] = app.extensions.setdefault("unannounced", [])

    @app.after_request
    def compare(response: Response) -> Response:
        if request.url_rule is not None and request.method != "HEAD":
            path, method = re.sub(r"<\w+:(\w+)>", r"{\1}", request.url_rule.rule), request.method.lower()
            if method in _document(app)["paths"].get(path, {}) and (told := complaint(path, method, response)):
                heard.append(told)
        return response

    return heard
