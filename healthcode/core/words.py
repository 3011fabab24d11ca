"""Texts that people read: pairs written side by side, Chinese first."""

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]

_RANGE = re.compile(r"([a-zA-Z]{1,8}|\*)(?:-[a-zA-Z0-9-]{1,32})?(?:;q=([01](?:\.[0-9]{0,3})?))?")
_MAX_RANGES = 16  # a header longer than this is nobody's wish


@dataclass(frozen=True)
class Words:
    """One text in both languages of the house."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """The text in `language`; Chinese for any language the house does not speak."""
        return self.en if language == "en" else self.zh


def language(accept: str) -> Language:
    """The language to answer in, from an Accept-Language value (RFC 9110) or a bare tag such as "en".

    Chinese unless English is liked better; between equals the one named first.
    """
    likes: dict[str, float] = {}
    for part in accept.replace(" ", "").split(",")[:_MAX_RANGES]:
        if wanted := _RANGE.fullmatch(part):
            likes.setdefault(wanted[1].lower(), float(wanted[2] or 1))
    spoken: list[Language] = [tag for tag in likes if tag in ("zh", "en")]  # type: ignore[misc]  # narrowed by the test
    best = max(spoken, key=lambda tag: likes[tag], default=None)
    if best is None or likes[best] == 0:
        return "zh"
    return best
