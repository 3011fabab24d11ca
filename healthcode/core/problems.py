"""What can go wrong, as a person meets it, and the two voices that say it: RFC 9457 problem+json, and a page.

A problem is a class: its name is its type, its docstring is its page, its words are fixed. It never repeats an
exception, a number somebody typed, or a name. (The third voice, FHIR's OperationOutcome, comes with that door.)
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
import structlog
from flask import Flask, Response, g, render_template, request
from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from healthcode.core.words import Language, Words, language

log = structlog.get_logger()
_FIELD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


class Problem(Exception):
    """Anything that is refused. Subclasses say status and words; `extra` members appear in the answer."""

    status: ClassVar[int] = 400
    title: ClassVar[Words] = Words(zh="请求有误", en="The request is wrong")
    catalogue: ClassVar[dict[str, type["Problem"]]] = {}

    def __init__(self, detail: Words | None = None, *, retry_after: int | None = None, **extra: Any) -> None:
        super().__init__(self.slug())
        self.detail = detail
        self.retry_after = retry_after  # seconds
        self.extra = extra

    def __init_subclass__(cls) -> None:
        known = Problem.catalogue.setdefault(cls.slug(), cls)
        if known is not cls and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"two problems called {cls.slug()}")

    @classmethod
    def slug(cls) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", cls.__name__).lower()

    def as_json(self, tongue: str) -> dict[str, Any]:
        told = {"type": f"/problems/{self.slug()}", "title": self.title.pick(tongue), "status": self.status}
        if self.detail is not None:
            told["detail"] = self.detail.pick(tongue)
        if request_id := g.get("request_id"):
            told["instance"] = f"/requests/{request_id}"
        return told | self.extra


@dataclass(frozen=True)
class Refused:
    """Returned (not raised) by a use case whose refusal must be remembered: what it counted is committed."""

    problem: Problem


class Invalid(Problem):
    """Some fields are not as they must be. `errors` lists each with a JSON pointer (RFC 6901) and the reason.
    Fields that the door does not know are refused too, so that a misspelt one is never silently lost."""

    status = 422
    title = Words(zh="有些内容填写不对", en="Some fields are not right")

    @classmethod
    def at(cls, field: str, said: Words) -> "Invalid":
        """One field that only the use case could judge."""
        return cls(errors=[{"pointer": f"/{field}", "detail": said}])

    def as_json(self, tongue: str) -> dict[str, Any]:
        told = super().as_json(tongue)
        for error in told.get("errors", ()):
            if isinstance(error["detail"], Words):
                error["detail"] = error["detail"].pick(tongue)
        return told


class Unreadable(Problem):
    """The body is not the JSON this service reads: strict UTF-8, no repeated keys, no NaN, at most 32 levels deep,
    integers of at most 18 digits, and as long as Content-Length says."""

    status = 400
    title = Words(zh="内容无法读取", en="The body cannot be read")


class NotSignedIn(Problem):
    """Nobody is signed in, or the session has ended. Sign in and ask again."""

    status = 401
    title = Words(zh="请先登录", en="Please sign in")


class NotAllowed(Problem):
    """This door is not for this kind of caller."""

    status = 403
    title = Words(zh="您没有此项权限", en="This is not open to you")


class NotFound(Problem):
    """There is nothing here that you may see. Somebody else's record and a missing record give this same answer."""

    status = 404
    title = Words(zh="没有找到", en="Not found")


class WrongState(Problem):
    """The thing is in a state from which this step does not lead on. `state` names the present one."""

    status = 409
    title = Words(zh="当前状态不能进行此操作", en="This cannot be done in the present state")


class ChangedMeanwhile(Problem):
    """Somebody changed it since you read it (If-Match did not match the present ETag). Read it again."""

    status = 412
    title = Words(zh="内容已被他人修改，请重新读取", en="It was changed meanwhile; read it again")


class TooManyRequests(Problem):
    """More requests than this door takes from one caller. Wait as long as Retry-After says, with some jitter."""

    status = 429
    title = Words(zh="请求过于频繁，请稍候", en="Too many requests; wait a little")


class BudgetSpent(TooManyRequests):
    """More people's data was asked for under one account than somebody at work needs in an hour. It is on the trail, and
    whoever watches over the service is told. Wait as long as Retry-After says, or let another post take over."""

    title = Words(
        zh="一小时内查阅人数过多，已通知管理人员", en="More records than one hour's work needs; it was reported"
    )


class Unavailable(Problem):
    """The service cannot do this just now; nothing was changed. Ask again after Retry-After."""

    status = 503
    title = Words(zh="服务暂时不可用，请稍后再试", en="Not available just now; try again shortly")


class Broken(Problem):
    """Something failed on our side. The request's id finds it in the service's own records."""

    status = 500
    title = Words(zh="系统出错，我们已记录", en="Something failed on our side; it is recorded")


# Statuses that werkzeug raises by itself, in words a person can use.
_HTTP_TITLES = {
    400: Words(zh="请求有误", en="The request is wrong"),
    404: NotFound.title,
    405: Words(zh="此地址不支持这种操作", en="This address does not do that"),
    406: Words(zh="无法以所要求的格式回答", en="No answer in the form asked for"),
    408: Words(zh="请求超时", en="The request took too long"),
    411: Words(zh="缺少内容长度", en="The length of the body is missing"),
    413: Words(zh="内容过大", en="The body is too large"),
    414: Words(zh="地址过长", en="The address is too long"),
    415: Words(zh="请使用 JSON 格式", en="Send JSON"),
    428: Words(zh="缺少必要的条件头", en="A required condition is missing"),
    431: Words(zh="请求头过大", en="The headers are too large"),
}


def as_problem(error: Exception) -> Problem:
    """Any exception, as the problem a caller may hear of. Never repeats the exception's own text."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationError):
        messages = error.normalized_messages()  # type: ignore[no-untyped-call]
        return Invalid(errors=list(pointers(messages)))
    if isinstance(error, PoolTimeout) or (isinstance(error, OperationalError | DBAPIError) and _passes(error)):
        return Unavailable(retry_after=1)
    return Broken()


def _passes(error: DBAPIError) -> bool:
    """Whether the database will probably do it later: connection gone, lock or statement timeout, disk full."""
    code = getattr(error.orig, "sqlstate", None) or ""
    return (
        error.connection_invalidated
        or isinstance(error, OperationalError)
        or code[:2] in ("40", "53", "55", "57", "08")
    )


def pointers(messages: Any, at: str = "") -> Any:
    """Flatten marshmallow's nested messages into RFC 6901 pointers with one detail each."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from pointers(below, at if key == "_schema" else f"{at}/{field_name(key)}")
    elif isinstance(messages, list):
        for message in messages:
            yield from (
                pointers(message, at)
                if isinstance(message, dict | list)
                else ({"pointer": at, "detail": say(message)},)
            )
    else:
        yield {"pointer": at, "detail": say(messages)}


def field_name(key: Any) -> str:
    """The name of a field, or a place in a list; `?` for a made-up one that could be anything, a number or a person's name
    among it."""
    return str(key) if isinstance(key, int) or _FIELD.fullmatch(key) else "?"


def say(message: Any) -> str:
    """Words in the caller's language; plain text as it is."""
    return message.pick(tongue()) if isinstance(message, Words) else str(message)


def tongue() -> Language:
    """The language of this answer: what the person chose on a page, else what the client asks for, else Chinese."""
    return language(request.cookies.get("lang") or request.headers.get("Accept-Language", ""))


def answer(problem: Problem) -> Response:
    """The problem in the voice of the blueprint that was asked."""
    body = problem.as_json(tongue())
    if g.get("voice") == "page":
        response = Response(render_template("problem.html", problem=body), status=problem.status, mimetype="text/html")
    else:
        response = Response(orjson.dumps(body), status=problem.status, mimetype="application/problem+json")
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = tongue()
    response.vary.update(["Accept-Language"])
    return response


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect is not a problem
        return error.get_response()  # type: ignore[return-value]  # werkzeug's type is the wider one
    if status >= 500:
        return answer(Broken())
    plain = Problem()
    plain.status = status  # type: ignore[misc]  # one instance speaks for a status that has no class
    plain.title = _HTTP_TITLES.get(status, Words(zh="请求未被接受", en=HTTPStatus(status).phrase))  # type: ignore[misc]
    response = answer(plain)
    body = plain.as_json(tongue()) | {"type": "about:blank"}
    if g.get("voice") != "page":
        response.set_data(orjson.dumps(body))
    if error.response is None and (allow := getattr(error, "valid_methods", None)):
        response.headers["Allow"] = ", ".join(sorted(allow))
    return response


def _any_exception(error: Exception) -> Response:
    problem = as_problem(error)
    if isinstance(problem, Broken):
        # The exception's text may hold personal data: its class and place are enough to find it.
        log.error("broken", error=type(error).__name__, where=_place(error))
    return answer(problem)


def _place(error: Exception) -> str:
    last, trace = None, error.__traceback__
    while trace is not None:
        last, trace = trace, trace.tb_next
    return f"{last.tb_frame.f_code.co_filename}:{last.tb_lineno}" if last else "unknown"


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _any_exception)
