"""The twenty digits a person types or says when there is no camera: `86`, seventeen drawn by chance, one to check.

They mean nothing by themselves; the server remembers for whom they were drawn, for three minutes and one use. The
last digit is ISO/IEC 7064 MOD 11,10, which catches every single wrong digit, so a slip of the finger is told apart
from a guess without asking the database.
"""

import re
import secrets
from collections.abc import Callable

from .refusals import NotOurs, Unreadable

PREFIX = "86"
# fullmatch and [0-9]: `\d` takes full-width and Arabic digits, `$` takes a newline. Nothing is normalised: a page that
# shows groups of four takes its own spaces out again.
_TWENTY = re.compile(r"[0-9]{20}")
_DRAWN = 17


def draw(below: Callable[[int], int] = secrets.randbelow) -> str:
    """Twenty new digits, 56 bits of chance. The caller stores them, and draws again should they be taken."""
    body = PREFIX + str(below(10**_DRAWN)).zfill(_DRAWN)
    return body + check_digit(body)


def read(text: object) -> str:
    """The digits in `text`. Raises Unreadable for anything but twenty ASCII digits that check, NotOurs for another prefix."""
    if not isinstance(text, str) or not _TWENTY.fullmatch(text):
        raise Unreadable("not twenty digits")
    if not text.startswith(PREFIX):
        raise NotOurs("another prefix")
    if check_digit(text[:-1]) != text[-1]:
        raise Unreadable("mistyped")
    return text


def spoken(digits: str) -> str:
    """In groups of four, as they are shown and read out: `8612 3456 …`."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def check_digit(body: str) -> str:
    """ISO/IEC 7064 MOD 11,10 over ASCII digits."""
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)
