"""Enrolment codes: short enough to type from a slip of paper on a scanner's keys, too many to guess.

Fifteen letters of Crockford's Base32 are 75 random bits. They are read as people type them: in any case, with or
without the hyphens, with O for 0 and I or L for 1, and in the full-width forms of a Chinese input method.
"""

import secrets
import unicodedata

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 15
_GROUP = 5
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new() -> str:
    """A fresh code, as it is printed: three groups of five."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def normal(typed: str) -> str:
    """The one form of what somebody typed. Text that is no code stays some text that no device waits for."""
    return unicodedata.normalize("NFKC", typed).upper().translate(_READ_AS)
