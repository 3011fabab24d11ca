"""What people type, and how a mistake is told to them.

A Chinese input method types digits, letters and brackets in their full-width forms, and `"１２".isdigit()` is true.
So nothing here asks Unicode what a digit is: full-width signs are folded by the table below, and what is left must be
ASCII. NFKC would fold far more (a superscript ², a circled ①), which nobody means when copying a number from a card.
"""

from typing import ClassVar

from healthcode.core.words import Words

_ASCII = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-()"
_FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in _ASCII)  # the block lies so far above ASCII
_SPACES = "\u0020\u00a0\u2009\u202f\u3000\t"
_FOLD = str.maketrans(_FULL_WIDTH, _ASCII, _SPACES)


class Mistyped(ValueError):
    """Something that cannot be read. Says where and why, and never repeats what was typed: it may be somebody's number.

    `code` is for programs and statistics, `reason` for the person.
    """

    reasons: ClassVar[dict[str, Words]] = {}

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code
        self.reason = self.reasons[code]


def folded(typed: str) -> str:
    """The same text with full-width forms made ASCII and spaces left out. Anything else stays as it is."""
    return typed.translate(_FOLD)
