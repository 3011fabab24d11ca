"""The OpenAPI 3.1 document: written by the doors themselves, served as it is."""

from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api, Blueprint
from marshmallow import Schema
from werkzeug.routing import BaseConverter, ValidationError

from healthcode.core import ids, once, wire
from healthcode.core.access import AnyOf, Anyone, Word
from healthcode.core.door import ConditionMissing, Door, Events, File
from healthcode.core.problems import (
    BudgetSpent,
    ChangedMeanwhile,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    TooManyRequests,
    Unavailable,
    Unreadable,
)
from healthcode.core.schemas import ProblemOut

PREFIX = "/api/v1"
EVENTS = "text/event-stream"


class IdConverter(BaseConverter):
    """`<id:…>` in a rule: a canonical row id. Anything else is an address that does not exist."""

    regex = r"[0-9a-f-]{36}"

    def to_python(self, value: str) -> str:
        if not ids.is_id(value):
            raise ValidationError()
        return value


class Document(Api):
    """flask-smorest's Api without its error handler (this house has one of its own), and written only when it is read:
    writing it takes longer than everything else a process does to start."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # every answer is declared by its status: "default" would allow any

    def __init__(self, app: Flask) -> None:
        self._rooms: list[Blueprint] = []
        self._written: bytes | None = None
        super().__init__(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})

    def _register_error_handlers(self) -> None:
        pass

    def open(self, app: Flask, room: Blueprint) -> None:
        """Serve a room, and let the document tell of it."""
        app.register_blueprint(room)
        self._rooms.append(room)

    def text(self, app: Flask) -> bytes:
        """The whole document as JSON."""
        if self._written is None:
            for room in self._rooms:
                room.register_views_in_doc(self, app, self.spec, name=room.name, parameters=None)
                self.spec.tag({"name": room.name, "description": room.description})
            for unused in ("Flask_smorestErrorSchema", "Flask_smorestPaginationMetadataSchema"):
                self.spec.components.schemas.pop(unused, None)
            self._written = wire.write_json(self.spec.to_dict())
        return self._written


def _schema_name(schema: Any) -> str:
    """Rooms name their schemas for themselves; in the document the room's name tells them apart."""
    kind = schema if isinstance(schema, type) else type(schema)
    room = kind.__module__.split(".")[-2]
    return kind.__name__ if room == "core" else room.capitalize() + kind.__name__


def operation(door: Door, problems: tuple[type[Problem], ...]) -> dict[str, Any]:
    """What the document says of one door: who may enter, what it takes, everything it may answer."""
    said: dict[str, Any] = {
        "operationId": door.name,
        "x-allow": str(door.allow),
        "security": [] if _is_public(door.allow) else [{"bearer": []}, {"cookie": []}],
        "responses": _responses(door, problems),
    }
    parameters: list[dict[str, Any]] = []
    if door.query is not None:
        parameters.append({"in": "query", "schema": door.query})
    if door.needs_key:
        parameters.append(_header("Idempotency-Key", {"type": "string", "pattern": "^[!-~]{8,128}$"}))
    if door.is_conditional:
        parameters.append(_header("If-Match", {"type": "string"}))
    if parameters:
        said["parameters"] = parameters
    if door.body is not None:
        said["requestBody"] = {"required": True, "content": {"application/json": _media(door.body)}}
    return said


def _is_public(word: Word) -> bool:
    return word == Anyone() or (isinstance(word, AnyOf) and Anyone() in word.words)


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": True, "schema": schema}


def _media(schema: Schema) -> dict[str, Any]:
    """A JSON body by its schema, with the example that the schema gives."""
    example = getattr(schema, "example", None)
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


def _responses(door: Door, problems: tuple[type[Problem], ...]) -> dict[str, Any]:
    # A session that ended is told so also where nobody needs one; a foreign page's request with our cookie is refused.
    found: list[type[Problem]] = [TooManyRequests, Unavailable, Unreadable, Invalid, NotSignedIn, *problems]
    if not (door.method == "GET" and _is_public(door.allow)):
        found.append(NotAllowed)
    if not _is_public(door.allow):
        found.append(NotFound)
    if door.budget is not None:
        found.append(BudgetSpent)
    if door.needs_key:
        found += [once.IdempotencyKeyMissing, once.IdempotencyKeyReused, once.StillRunning]
    if door.is_conditional:
        found += [ChangedMeanwhile, ConditionMissing]
    by_status: dict[int, list[str]] = {404: [], 408: [], 411: [], 413: []}  # before anybody has looked at it
    if door.body is not None:
        by_status[415] = []
    for problem in found:
        by_status.setdefault(problem.status, []).append(problem.slug())
    answers: dict[str, Any] = {str(status): _problem(slugs) for status, slugs in sorted(by_status.items())}
    answers[str(door.status)] = _good(door)
    return answers


def _good(door: Door) -> dict[str, Any]:
    if isinstance(door.reply, File):
        types = (door.reply.mimetype, *door.reply.others)
        return {"description": "the file", "content": {one: {"schema": {"type": "string"}} for one in types}}
    if isinstance(door.reply, Events):
        said = f"server-sent events called `{door.reply.name}`; the data of each: {_schema_name(door.reply.schema)}"
        return {"description": said, "content": {EVENTS: {"schema": {"type": "string"}}}}
    if door.reply is None:
        return {"description": "done"}
    return {"description": "done", "content": {"application/json": _media(door.reply)}}


def _problem(slugs: list[str]) -> dict[str, Any]:
    said = ", ".join(dict.fromkeys(slugs)) or "about:blank"
    return {"description": said, "content": {"application/problem+json": {"schema": ProblemOut}}}


def init_app(app: Flask) -> Document:
    """Prepare the document; blueprints registered on what is returned appear in it."""
    app.url_map.converters["id"] = IdConverter
    app.config.update(
        API_TITLE="healthcode",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={
            "info": {
                "description": "One code for every resident of a city: shown on a phone, verified anywhere.",
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
        },
    )
    document = Document(app)
    document.register_converter(IdConverter, lambda _converter: {"type": "string", "format": "uuid"})
    document.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    document.spec.components.security_scheme("cookie", {"type": "apiKey", "in": "cookie", "name": "healthcode_session"})
    return document
