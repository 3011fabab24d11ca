"""Fields as this house reads them: strict, bounded, and closed to what they do not know."""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Any, ClassVar

from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields, validate

from healthcode.core import ids
from healthcode.core.problems import say
from healthcode.core.words import Words

# marshmallow's messages may be any object, its annotations know only text: hence Any.
MISSING: Any = Words(zh="必填", en="required")
NOT_KNOWN: Any = Words(zh="未知的字段", en="unknown field")
WRONG_KIND: Any = Words(zh="类型不对", en="wrong type")
POINT = r"-?[0-9]{1,2}(\.[0-9]{1,8})?,-?[0-9]{1,3}(\.[0-9]{1,8})?"  # latitude,longitude in degrees (WGS 84)


class In(Schema):
    """What may come in. Unknown fields are an error. `example` is one that the document shows."""

    example: ClassVar[dict[str, Any] | None] = None

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": NOT_KNOWN, "type": WRONG_KIND}


class Out(Schema):
    """What goes out: exactly the fields named, whatever else the row holds."""

    example: ClassVar[dict[str, Any] | None] = None


_SAYS: dict[str, Any] = {"required": MISSING, "null": MISSING, "invalid": WRONG_KIND, "type": WRONG_KIND}


def wrong(zh: str, en: str) -> ValidationError:
    """What a field says when it refuses, in both languages."""
    return ValidationError([Words(zh, en)])


class _Says:
    """A validator of marshmallow's whose words are ours: in a list, for it would take them for text."""

    error: Any

    def _format_error(self, *_: Any) -> Any:
        return [self.error]


class _Length(_Says, validate.Length):
    pass


class _Range(_Says, validate.Range):
    pass


class _Choice(_Says, validate.OneOf):
    pass


_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Text(fields.String):
    """A string of `least` to `most` characters without control characters. A number is not a string."""

    default_error_messages = _SAYS

    def __init__(self, *, most: int, least: int = 1, pattern: str | None = None, **more: Any) -> None:
        said: Any = Words(zh=f"长度应为 {least}–{most}", en=f"must have {least} to {most} characters")
        checks: list[Any] = [_Length(least, most, error=said)]
        if pattern is not None:
            checks.append(_Pattern(pattern))
        super().__init__(validate=checks, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        if _CONTROL.search(self._without_breaks(text)):
            raise wrong("含有控制字符", "has control characters")
        return text

    def _without_breaks(self, text: str) -> str:
        return text


class Prose(Text):
    """A text of several lines, broken by line feeds."""

    def _without_breaks(self, text: str) -> str:
        return text.replace("\n", "")


class _Pattern(validate.Regexp):
    """`re.fullmatch`, because ^…$ lets a trailing newline through. A Regexp, so that OpenAPI shows it: with ^…$, which
    JSON Schema wants for the whole text and which lets nothing through there."""

    def __init__(self, pattern: str) -> None:
        super().__init__(f"^(?:{pattern})$", re.ASCII)
        self.whole = re.compile(pattern, re.ASCII)

    def __call__(self, value: str) -> str:  # type: ignore[override]
        if not self.whole.fullmatch(value):
            raise wrong("格式不对", "has the wrong form")
        return value


class Whole(fields.Integer):
    """An integer within bounds; 1.0, "1" and true are not."""

    default_error_messages = _SAYS

    def __init__(self, *, least: int, most: int, **more: Any) -> None:
        said: Any = Words(zh=f"应在 {least} 与 {most} 之间", en=f"must be between {least} and {most}")
        super().__init__(strict=True, validate=_Range(least, most, error=said), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class AskedWhole(Whole):
    """The same in a query string, where everything is text: ASCII digits only."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value):
            raise self.make_error("invalid")
        return int(value)


class YesNo(fields.Boolean):
    """true or false, nothing that resembles them."""

    default_error_messages = _SAYS

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


class AskedYesNo(YesNo):
    """The same in a query string, where everything is text: true or false, in small letters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid")
        return bool(value == "true")


class Id(fields.String):
    """The id of a row (UUIDv7, canonical text)."""

    default_error_messages = _SAYS

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "uuid"} | more.pop("metadata", {}), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        if not isinstance(value, str) or not ids.is_id(value):
            raise wrong("编号格式不对", "not an id")
        return value


class OneOf(fields.String):
    """One word of a fixed list."""

    default_error_messages = _SAYS

    def __init__(self, *choices: str, **more: Any) -> None:
        said: Any = Words(zh="不在可选范围内", en="must be one of: " + ", ".join(choices))
        super().__init__(validate=_Choice(choices, error=said), **more)


class Moment(fields.AwareDateTime):
    """RFC 3339 with an offset, in and out."""

    default_error_messages = _SAYS

    def __init__(self, **more: Any) -> None:
        super().__init__(format="iso", metadata={"format": "date-time"} | more.pop("metadata", {}), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: datetime = super()._deserialize(value, attr, data, **more)
        if not self._is_far_from_the_edges(moment):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return moment

    @staticmethod
    def _is_far_from_the_edges(moment: datetime) -> bool:
        """The first and the last year are left out: in another zone, or some hours later, there may be no such moment."""
        try:
            return MINYEAR < moment.astimezone(UTC).year < MAXYEAR
        except OverflowError:
            return False


class Day(fields.Date):
    """A calendar day, YYYY-MM-DD, of a century in which people live: what is reckoned from it stays a day."""

    default_error_messages = _SAYS

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            raise wrong("日期格式应为 YYYY-MM-DD", "must be a date, YYYY-MM-DD")
        day: date = super()._deserialize(value, attr, data, **more)
        if not 1850 <= day.year <= 2200:
            raise wrong("年份超出范围", "is in no year that can be meant")
        return day


class ManyOf(fields.List[Any]):
    """A list of `least` to `most` items."""

    default_error_messages = _SAYS

    def __init__(self, inner: fields.Field[Any], *, most: int, least: int = 1, **more: Any) -> None:
        said: Any = Words(zh=f"应有 {least}–{most} 项", en=f"must have {least} to {most} items")
        super().__init__(inner, validate=_Length(least, most, error=said), **more)


class Below(fields.Nested):
    """An object within an object."""

    default_error_messages = _SAYS


class SaidWords(fields.String):
    """Words, in the reader's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        return say(value) if value is not None else None


class PageAsked(In):
    """The query of every long list."""

    after = Text(most=80, metadata={"description": "cursor of the page before, from its `next`"})
    limit = AskedWhole(least=1, most=100, load_default=20)


class ProblemOut(Out):
    """RFC 9457: some problems carry members of their own beside these."""

    class Meta:
        unknown = INCLUDE

    example = {"type": "/problems/not-found", "title": "没有找到", "status": 404}

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String()
    errors = fields.List(fields.Dict())
