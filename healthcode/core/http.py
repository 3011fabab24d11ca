"""Doors. A `Room` is a blueprint whose every door must say who may enter; one request is one transaction.

The order of a request: rates by address → body read whole → `before=` → transaction [ who is asking → the gate →
Idempotency-Key → body against its schema → the use case → reply dumped to plain data → trail ] → commit → answer.
A read does the same in a snapshot that takes no lock, closes it, and writes its trail row in a short transaction of
its own before anything is sent. A refusal rolls back and is then put on the trail by a second small transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import structlog
from flask import Flask, Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from healthcode.core import events, metrics, once, openapi, rates, trail, wire
from healthcode.core.access import Anyone, Word
from healthcode.core.caller import ANONYMOUS, Caller
from healthcode.core.db import transaction
from healthcode.core.door import COOKIE, ConditionMissing, Credentials, Door, Events, File, House, Voice, WithCookie
from healthcode.core.problems import (
    BudgetSpent,
    Invalid,
    NotAllowed,
    NotFound,
    Problem,
    Refused,
    TooManyRequests,
    answer,
    as_problem,
    field_name,
    tongue,
)
from healthcode.core.words import Words

__all__ = ["COOKIE", "Credentials", "Door", "Events", "File", "House", "Refused", "Room", "WithCookie", "init_app"]

log = structlog.get_logger()


class Room(Blueprint):
    """A blueprint whose doors are sentences. There is no `route` and no `methods=`."""

    def __init__(
        self, name: str, import_name: str, *, prefix: str = "", voice: Voice = "json", about: str = "", **more: Any
    ) -> None:
        super().__init__(name, import_name, url_prefix=prefix or None, description=about, **more)
        self.voice: Voice = voice
        self.doors: list[Door] = []

    def route(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("a door is opened by get, ask, post, patch, put or delete, and says allow=")

    def get(self, rule: str, *, allow: Word, **says: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A read."""
        return self._door("GET", rule, allow=allow, is_read=True, **says)

    def ask(self, rule: str, *, allow: Word, **says: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A read that is asked by POST, because what it asks with must not stand in an address."""
        return self._door("POST", rule, allow=allow, is_read=True, **says)

    def post(
        self, rule: str, *, allow: Word, status: int = 201, **says: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._door("POST", rule, allow=allow, is_read=False, status=status, **says)

    def patch(self, rule: str, *, allow: Word, **says: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """An edit; needs If-Match with the version that was read."""
        return self._door("PATCH", rule, allow=allow, is_read=False, is_conditional=True, **says)

    def put(self, rule: str, *, allow: Word, **says: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._door("PUT", rule, allow=allow, is_read=False, **says)

    def delete(
        self, rule: str, *, allow: Word, status: int = 204, **says: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._door("DELETE", rule, allow=allow, is_read=False, status=status, **says)

    def _door(
        self,
        method: str,
        rule: str,
        *,
        allow: Word,
        is_read: bool,
        body: type[Schema] | None = None,
        query: type[Schema] | None = None,
        reply: type[Schema] | File | Events | None = None,
        once: bool = False,
        problems: tuple[type[Problem], ...] = (),
        is_trailed: bool | None = None,
        **says: Any,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        if says.get("is_plain") and not (is_read and allow == Anyone()):
            raise TypeError("only a public read can be plain")

        def open_door(view: Callable[..., Any]) -> Callable[..., Any]:
            door = Door(
                name=f"{self.name}.{view.__name__}",
                method=method,
                allow=allow,
                view=view,
                body=body() if body else None,
                query=query() if query else None,
                reply=reply() if isinstance(reply, type) else reply,
                is_read=is_read,
                needs_key=once,
                # A public read has nothing personal in it: it is counted, not recorded.
                is_trailed=not (is_read and allow == Anyone()) if is_trailed is None else is_trailed,
                voice=self.voice,
                **says,
            )
            self.doors.append(door)
            documented = self.doc(**openapi.operation(door, problems))(_entrance(door))
            documented.door = door
            documented.provide_automatic_options = False  # said here, because flask-smorest drops the argument
            # The rule's endpoint is the view's name; OPTIONS is not answered, HEAD enters where GET does.
            self.add_url_rule(rule, view.__name__, documented, methods=[method])
            return view

        return open_door


def _entrance(door: Door) -> Callable[..., Response]:
    def enter(**places: Any) -> Response:
        if isinstance(door.reply, Events):
            return _watch(door, door.reply, places)
        return _read(door, places) if door.is_read else _write(door, places)

    enter.__name__, enter.__doc__ = door.view.__name__, door.view.__doc__
    return enter


@dataclass
class _Step:
    """One request on its way through a door."""

    door: Door
    places: dict[str, Any]
    body: bytes
    caller: Caller = ANONYMOUS

    @property
    def resident_id(self) -> str | None:
        """Whom the request names, if it does: the trail keeps it also when it is refused."""
        return self.places.get("resident_id")


def _arrive(door: Door, places: dict[str, Any]) -> _Step:
    g.voice = door.voice
    rates.hit(door.name, door.rate, request.remote_addr or "nowhere")
    trail.forget_notes()
    return _Step(door, places, wire.read_body(request, door.max_body))


def _read(door: Door, places: dict[str, Any]) -> Response:
    step = _arrive(door, places)
    if door.is_plain:
        return _respond(door, _dump(door, door.view(ANONYMOUS, **_arguments(step))))
    try:
        with transaction("read"):
            _admit(step)
            data = _dump(door, door.view(step.caller, **_arguments(step)))
        if door.is_trailed:
            with transaction("write"):
                _record(step, "opened", _status(door, data))
    except Exception as error:
        _remember(step, error)
        raise
    return _respond(door, data)


def _watch(door: Door, reply: Events, places: dict[str, Any]) -> Response:
    """A read whose answer goes on: the first look is one like any other, with one trail row for all that follow."""
    step = _arrive(door, places)
    stream: events.Stream | None = None
    try:
        with transaction("read"):
            _admit(step)
            app = current_app._get_current_object()  # type: ignore[attr-defined]  # it outlives the request
            stream = events.Stream(app, reply, door.view(step.caller, **_arguments(step)))
        with transaction("write"):
            _record(step, "opened", door.status)
    except Exception as error:
        if stream is not None:
            stream.close()
        _remember(step, error)
        raise
    if request.method == "HEAD":
        stream.close()
    headers = {"X-Accel-Buffering": "no"}  # a proxy that gathers answers would keep it until its end
    return Response(stream, door.status, headers, mimetype=events.MIMETYPE, direct_passthrough=True)


def _write(door: Door, places: dict[str, Any]) -> Response:
    step = _arrive(door, places)
    try:
        prepared = door.before(_wanted(step)) if door.before else None
        with transaction("write"):
            _admit(step)
            deed = _take_key(step)
            if isinstance(deed, once.Answer):
                _record(step, "opened", deed.status)
                return Response(deed.body, deed.status, {"Idempotency-Replayed": "true"}, mimetype="application/json")
            extra = {} if door.before is None else {"prepared": prepared}
            data = _dump(door, door.view(step.caller, **_arguments(step), **extra))
            _record(step, "refused" if isinstance(data, Refused) else "opened", _status(door, data), data)
            if deed is not None:
                deed.let_go() if isinstance(data, Refused) else deed.keep(door.status, data.data)
    except Exception as error:
        _remember(step, error)
        raise
    return _respond(door, data)


def _admit(step: _Step) -> None:
    """Find out who is asking and whether this door is theirs. Cookies count only for requests of our own pages."""
    house: House = current_app.extensions["house"]
    step.caller = house.resolve(_credentials())
    if step.caller.is_known:
        rates.hit(step.door.name, step.door.rate, step.caller.counted_as)
    step.caller = house.judge(step.door.allow, step.caller, step.resident_id)
    if step.door.budget is not None and step.caller.kind == "staff":
        _draw_on_budget(step.door, step.door.budget, step.caller)
    structlog.contextvars.bind_contextvars(caller=step.caller.kind)


def _draw_on_budget(door: Door, budget: str, caller: Caller) -> None:
    """Count one look at somebody's data. Raises BudgetSpent, and lets those who watch know."""
    try:
        rates.hit("budget", budget, caller.counted_as)
    except TooManyRequests as over:
        metrics.BUDGETS_SPENT.labels(door.name).inc()
        log.warning("budget spent", door=door.name)
        raise BudgetSpent(retry_after=over.retry_after) from None


def _credentials() -> Credentials:
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    cookie = request.cookies.get(COOKIE)
    if cookie and request.method not in ("GET", "HEAD") and not _is_from_our_page():
        raise NotAllowed(Words(zh="请求来自其他网站", en="The request came from another site"))
    return Credentials(bearer if scheme.lower() == "bearer" and bearer else None, cookie, request.remote_addr or "")


def _is_from_our_page() -> bool:
    """Sec-Fetch-Site where the browser sends it, else Origin against our own address."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", "").rstrip("/") == request.host_url.rstrip("/")


def _take_key(step: _Step) -> once.Deed | once.Answer | None:
    if not step.door.needs_key:
        return None
    return once.begin(step.caller, door=step.door.name, key=once.key_of(request), request=request, body=step.body)


def _arguments(step: _Step) -> dict[str, Any]:
    """What the use case is called with: places of the path, the body as `wanted`, the query as `asked`."""
    arguments = dict(step.places)
    if step.door.body is not None:
        arguments["wanted"] = _wanted(step)
    if step.door.query is not None:
        arguments["asked"] = step.door.query.load(_query())
    elif request.args:
        raise NotFound() if step.door.voice == "page" else _unknown_query()
    if step.door.is_conditional:
        arguments["if_version"] = _if_version()
    return arguments


def _wanted(step: _Step) -> Any:
    if step.door.body is None:
        return None
    wire.expect_json(request)
    return step.door.body.load(wire.read_json(step.body))


def _query() -> dict[str, Any]:
    return {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}


def _unknown_query() -> Problem:
    unknown = Words(zh="未知的参数", en="unknown parameter").pick(tongue())
    return Invalid(errors=[{"pointer": f"/{field_name(name)}", "detail": unknown} for name in request.args])


def _if_version() -> int:
    tag = request.headers.get("If-Match", "")
    if not tag:
        raise ConditionMissing()
    digits = tag.removeprefix("W/").strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


@dataclass(frozen=True)
class _Dumped:
    """A reply as plain bytes: nothing in it can reach back into the database."""

    data: bytes
    mimetype: str = "application/json"
    headers: Mapping[str, str] | None = None
    cookie: WithCookie | None = None


def _dump(door: Door, result: Any) -> "_Dumped | Refused":
    if isinstance(result, Refused):
        return result
    if isinstance(result, WithCookie):
        inner = _dump(door, result.reply)
        return inner if isinstance(inner, Refused) else replace(inner, cookie=result)
    if isinstance(result, File):
        return _Dumped(result.data, result.mimetype, result.headers)
    if isinstance(door.reply, File):
        return _Dumped(result.encode() if isinstance(result, str) else result, door.reply.mimetype)
    if door.reply is None:
        return _Dumped(b"")
    assert isinstance(door.reply, Schema)  # events have a way of their own
    data = door.reply.dump(result)
    tag = {"ETag": f'"{data["version"]}"'} if "version" in data else None
    return _Dumped(wire.write_json(data), headers=tag)


def _status(door: Door, data: "_Dumped | Refused") -> int:
    return data.problem.status if isinstance(data, Refused) else door.status


def _record(step: _Step, outcome: str, status: int, data: "_Dumped | Refused | None" = None) -> None:
    if step.door.is_trailed:
        current_app.extensions["house"].seen(step.caller)
        trail.record(
            step.caller,
            door=step.door.name,
            request_id=g.request_id,
            outcome=outcome,
            status=status,
            problem=data.problem.slug() if isinstance(data, Refused) else None,
            resident_id=step.resident_id,
        )


def _remember(step: _Step, error: Exception) -> None:
    """Put a refusal or a failure on the trail after its transaction is gone. If even that fails, the log has it."""
    problem = as_problem(error)
    status = error.code or 500 if isinstance(error, HTTPException) else problem.status
    if not step.door.is_trailed or (status == 429 and not isinstance(problem, BudgetSpent)):
        return
    try:
        with transaction("write"):
            trail.record(
                step.caller,
                door=step.door.name,
                request_id=g.request_id,
                outcome="failed" if status >= 500 else "refused",
                status=status,
                problem=problem.slug(),
                resident_id=step.resident_id,
            )
    except (SQLAlchemyError, RuntimeError, Problem) as lost:
        log.error("refusal not on the trail", door=step.door.name, error=type(lost).__name__)


def _respond(door: Door, data: "_Dumped | Refused") -> Response:
    if isinstance(data, Refused):
        return answer(data.problem)
    response = Response(data.data, door.status, dict(data.headers or {}), mimetype=data.mimetype)
    if data.cookie is not None:
        _set_cookie(response, data.cookie)
    return response


def _set_cookie(response: Response, cookie: WithCookie) -> None:
    secure = current_app.config["SETTINGS"].is_https
    response.set_cookie(COOKIE, cookie.value, max_age=cookie.seconds, secure=secure, httponly=True, samesite="Strict")


def _closed_unless_declared() -> None:
    """The second lock: an endpoint that says no `allow` is not served, whoever registered it."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and getattr(view, "door", None) is None:
        raise NotAllowed()


def init_app(app: Flask, house: House) -> None:
    """Hang the house's rules on the application."""
    app.extensions["house"] = house
    app.before_request(_closed_unless_declared)
    metrics.init_app(app)
