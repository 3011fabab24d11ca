"""What a door says about itself, and what passes through it. Data only; `core.http` opens and keeps the doors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from marshmallow import Schema

from healthcode.core import rates, wire
from healthcode.core.access import Word
from healthcode.core.caller import Caller
from healthcode.core.problems import Problem
from healthcode.core.words import Words

Voice = Literal["json", "page"]
COOKIE = "healthcode_session"


class ConditionMissing(Problem):
    """What can be edited by several people needs If-Match with the ETag that was read (RFC 6585)."""

    status = 428
    title = Words(zh="缺少 If-Match", en="If-Match is missing")


@dataclass(frozen=True)
class File:
    """Bytes of one media type instead of JSON, both as a door's `reply=` and (with data) as what it returns.

    A door that can answer in further types names them in `others`.
    """

    mimetype: str
    data: bytes = b""
    headers: Mapping[str, str] | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Events:
    """Server-sent events as a door's `reply=`: each is called `name`, and its data are as the schema says."""

    schema: type[Schema]
    name: str


@dataclass(frozen=True)
class Watching:
    """What a door that answers with Events returns.

    `see` gives what there is to see; `mark` is cheap, and differs when `see` would. Both are asked inside a read
    transaction. `mark` raises a Problem when the watcher may look no longer.
    """

    mark: Callable[[], Any]
    see: Callable[[], Any]


@dataclass(frozen=True)
class WithCookie:
    """A reply that also sets (or, with an empty value, removes) the session's cookie."""

    reply: Any
    value: str
    seconds: int


@dataclass(frozen=True)
class Door:
    """Everything a route says about itself."""

    name: str
    method: str
    allow: Word
    view: Callable[..., Any]
    body: Schema | None = None
    query: Schema | None = None
    reply: Schema | File | Events | None = None
    status: int = 200
    is_read: bool = True
    needs_key: bool = False
    is_conditional: bool = False
    is_trailed: bool = True
    is_plain: bool = False  # asks nothing of the database and of nobody: assets, the API's document
    before: Callable[..., Any] | None = None
    rate: str = rates.USUAL
    budget: str | None = None  # how often one member of staff may read people's data, over all doors that say this
    max_body: int = wire.MAX_BODY
    voice: Voice = "json"


@dataclass(frozen=True)
class Credentials:
    """What a request brings to say who is asking. A cookie counts only when a page of ours sent the request."""

    bearer: str | None
    cookie: str | None
    address: str


@dataclass(frozen=True)
class House:
    """What the upper floors give the ground floor: who is asking, and who may."""

    resolve: Callable[[Credentials], Caller]
    judge: Callable[[Word, Caller, str | None], Caller]
    seen: Callable[[Caller], None]  # note that the caller's session is in use, beside its trail row
