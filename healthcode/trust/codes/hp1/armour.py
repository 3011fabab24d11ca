"""Text <-> bytes: an exact prefix, then base45 (RFC 9285), all of it in a QR code's alphanumeric alphabet.

Base45 is written out here because reading it is a fifth of what a check costs: whole columns at a time it takes a third
of the library's time, and the library drops newlines at the end. In the tests the library is the judge.
"""

import struct

from .refusals import NotOurs, Unreadable

CODE = "HP1:"
STATION_REQUEST = "HPS1:"
MAX_TEXT = 512
_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE_OF = bytes.maketrans(_ALPHABET, bytes(range(45)))


def wrap(data: bytes, prefix: str = CODE) -> str:
    """`data` as the text of a QR code. Raises ValueError when it would pass 512 characters."""
    text = prefix + _base45(data)
    if len(text) > MAX_TEXT:
        raise ValueError("longer than a code may be")
    return text


def unwrap(text: object, prefix: str = CODE) -> bytes:
    """The bytes inside `text`. Raises NotOurs for another prefix, Unreadable for a text that is too long or broken."""
    if not isinstance(text, str):
        raise Unreadable("not a text")
    if len(text) > MAX_TEXT:
        raise Unreadable("too long")
    if not text.startswith(prefix):
        raise NotOurs("another prefix")
    try:
        return _from_base45(text[len(prefix) :].encode("ascii"))
    except (ValueError, struct.error):
        raise Unreadable("not base45") from None


def _base45(data: bytes) -> str:
    letters = bytearray()
    for (pair,) in struct.iter_unpack(">H", data[: len(data) & ~1]):
        high, low = divmod(pair, 45)
        letters += bytes((_ALPHABET[low], _ALPHABET[high % 45], _ALPHABET[high // 45]))
    if len(data) & 1:
        letters += bytes((_ALPHABET[data[-1] % 45], _ALPHABET[data[-1] // 45]))
    return letters.decode("ascii")


def _from_base45(letters: bytes) -> bytes:
    """Raises ValueError or struct.error for a foreign letter, a number too high, or a letter left over."""
    if letters.translate(None, _ALPHABET) or len(letters) % 3 == 1:
        raise ValueError("not base45")
    values = letters.translate(_VALUE_OF)
    whole = len(values) // 3 * 3
    columns = zip(values[0:whole:3], values[1:whole:3], values[2:whole:3], strict=True)
    pairs = [low + 45 * high + 2025 * top for low, high, top in columns]
    last = bytes([values[-2] + 45 * values[-1]]) if whole < len(values) else b""
    return struct.pack(f">{len(pairs)}H", *pairs) + last
