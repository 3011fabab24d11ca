"""Deterministic CBOR (RFC 8949 §4.2.1), cut down to what the format needs.

Integers, byte strings, text, booleans, arrays, and maps whose keys are integers. One value has one encoding, and only
that encoding is read: what is decoded is encoded again and must give the same bytes, so trailing bytes, long heads and
unsorted keys fall away together. cbor2 alone would take all of these, keep the last of duplicate keys and run code
for tags.
"""

from bisect import bisect_left
from typing import Any, NoReturn

import cbor2

from .refusals import Unreadable

Value = int | bytes | str | bool | list["Value"] | dict[int, "Value"]
Map = dict[int, Value]

_ATOMS = frozenset({bytes, str, bool})
_INT_ONLY = frozenset({int})
MAX_BYTES = 512
MAX_DEPTH = 4
# cbor2 knows these tags by itself (dates, big numbers, regular expressions, shared references …) and would act on
# them before any hook is asked. The rest go to the hook.
_TAGS_CBOR2_KNOWS = (0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799)


def _no_tags(*_: object) -> NoReturn:
    raise Unreadable("tag")


_REFUSING = dict.fromkeys(_TAGS_CBOR2_KNOWS, _no_tags)


def encode(value: Value) -> bytes:
    """The one encoding of `value`. Raises ValueError for anything the format has no word for."""
    return cbor2.dumps(_plain(value, MAX_DEPTH))


def decode(data: bytes) -> Value:
    """The value whose one encoding is `data`; Unreadable for every other input."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too many bytes")
    try:
        value: Value = cbor2.loads(
            data,
            max_depth=MAX_DEPTH,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            tag_hook=_no_tags,
            semantic_decoders=_REFUSING,
        )
        same = encode(value) == data
    except (cbor2.CBORError, ValueError, Unreadable):
        raise Unreadable("not the CBOR of this format") from None
    if not same:
        raise Unreadable("not deterministic CBOR")
    return value


def decode_map(data: bytes) -> Map:
    value = decode(data)
    if type(value) is not dict:
        raise Unreadable("not a map")
    return value


def _plain(value: Any, depth: int) -> Value:
    """`value` with every map in bytewise order of its encoded keys; ValueError where a foreign type stands."""
    kind = type(value)
    if kind in _ATOMS or (kind is int and -(2**64) <= value < 2**64):
        atom: Value = value
        return atom
    if depth and kind is list:
        return [_plain(item, depth - 1) for item in value]
    if depth and kind is dict and {*map(type, value)} <= _INT_ONLY:
        keys = sorted(value)
        if keys and keys[0] < 0:
            # Non-negative keys (major type 0) stand before negative ones (major type 1), each by their size.
            negative = bisect_left(keys, 0)
            keys = keys[negative:] + keys[:negative][::-1]
        return {key: _plain(value[key], depth - 1) for key in keys}
    raise ValueError("no such value in this format")
