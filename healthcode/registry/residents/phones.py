"""Phone numbers in E.164, one form for each phone.

Messages cost money and are a way to be robbed of it (a caller asks for one-time passwords to numbers that pay the caller),
so only listed countries are taken: +86, unless a city lists more.
"""

import re
from collections.abc import Sequence

from healthcode.core.words import Words
from healthcode.registry.residents.typed import Mistyped, folded

PREFIXES = ("+86",)
_DIGITS = re.compile(r"\+[1-9][0-9]{6,14}")  # E.164: at most fifteen
_MOBILE = re.compile(r"\+861[3-9][0-9]{9}")
_DRAWN = str.maketrans("", "", "-()")  # what people put between groups of digits


class BadPhone(Mistyped):
    """A phone number that cannot be one, or that the city sends nothing to."""

    reasons = {
        "form": Words(zh="手机号码格式不对", en="not a mobile number"),
        "country": Words(zh="暂不支持此国家或地区的号码", en="numbers of this country are not taken"),
    }


def read_phone(typed: str, prefixes: Sequence[str] = PREFIXES) -> str:
    """The number in E.164. Without a country code, or with 86 or 0086, it is a Chinese mobile number. Raises BadPhone."""
    text = folded(typed[:64]).translate(_DRAWN)
    if re.fullmatch(r"1[0-9]{10}", text):
        text = "+86" + text
    elif re.fullmatch(r"861[0-9]{10}", text):
        text = "+" + text
    elif text.startswith("00"):
        text = "+" + text[2:]
    if len(typed) > 64 or not _DIGITS.fullmatch(text):
        raise BadPhone("phone", "form")
    if not text.startswith(tuple(prefixes)):
        raise BadPhone("phone", "country")
    if text.startswith("+86") and not _MOBILE.fullmatch(text):
        raise BadPhone("phone", "form")
    return text


def mask(phone: str) -> str:
    """138****0001: enough for its owner to know which phone it is. Of a foreign number only the end is told."""
    if _MOBILE.fullmatch(phone):
        return f"{phone[3:6]}****{phone[-4:]}"
    return "+" + "*" * max(len(phone) - 4, 4) + phone[-3:]
