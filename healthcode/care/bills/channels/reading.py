"""JSON of others, read field by field: what is not there in the form expected is Malformed."""

import re
from datetime import UTC, datetime
from typing import Any

from healthcode.care.bills.channels.base import MAX_FEN
from healthcode.core.problems import Unreadable
from healthcode.core.wire import read_json

_WORD = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_MAX_TEXT = 64 * 1024


class Malformed(Exception):
    """Not as the channel writes. Carries nothing of what was there."""

    def __init__(self) -> None:
        super().__init__("malformed")


class Fields:
    """One object."""

    def __init__(self, data: Any) -> None:
        if not isinstance(data, dict):
            raise Malformed()
        self._data = data

    @classmethod
    def of(cls, body: bytes) -> "Fields":
        """The object that a JSON text is. Raises Malformed."""
        try:
            return cls(read_json(body))
        except Unreadable:
            raise Malformed() from None

    def __contains__(self, name: str) -> bool:
        return name in self._data

    def object(self, name: str) -> "Fields":
        return Fields(self._data.get(name))

    def text(self, name: str) -> str:
        value = self._data.get(name)
        if not isinstance(value, str) or len(value) > _MAX_TEXT:
            raise Malformed()
        return value

    def word(self, name: str) -> str:
        """An id or a code."""
        return as_word(self.text(name))

    def fen(self, name: str) -> int:
        """An amount: a whole number above nothing."""
        value = self._data.get(name)
        if type(value) is not int or not 0 < value <= MAX_FEN:  # True is an int to Python
            raise Malformed()
        return value

    def moment(self, name: str) -> datetime:
        return as_moment(self.text(name))


def as_word(text: str) -> str:
    """Raises Malformed."""
    if not _WORD.fullmatch(text):
        raise Malformed()
    return text


def as_moment(text: str) -> datetime:
    """A moment as RFC 3339 writes it, in UTC. Raises Malformed, without a zone too."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise Malformed()
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed() from None
