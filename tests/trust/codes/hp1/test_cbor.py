"""One value, one encoding: everything else is refused before it means anything."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.trust.codes.hp1 import cbor
from healthcode.trust.codes.hp1.refusals import Unreadable

KEY = st.integers(-(2**64), 2**64 - 1)
SCALARS = st.one_of(KEY, st.binary(max_size=40), st.text(max_size=20), st.booleans())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4), max_leaves=8
)


def depth(value: object) -> int:
    inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return isinstance(value, list | dict) + max(map(depth, inner), default=0)


@given(VALUES)
def test_what_is_written_is_read_again(value):
    if depth(value) > cbor.MAX_DEPTH:
        with pytest.raises(ValueError):
            cbor.encode(value)
        return
    data = cbor.encode(value)
    if len(data) <= cbor.MAX_BYTES:
        assert cbor.decode(data) == value


@pytest.mark.case("Q6", "Q18")
@given(st.binary(max_size=600))
def test_any_bytes_are_unreadable_or_the_one_encoding_of_their_value(data):
    try:
        value = cbor.decode(data)
    except Unreadable:
        return
    assert cbor.encode(value) == data


@given(st.dictionaries(KEY, st.just(0), max_size=12))
def test_keys_stand_in_bytewise_order_of_their_encodings(given_map):
    written = cbor2.loads(cbor.encode(given_map))
    assert list(written) == sorted(given_map, key=cbor2.dumps)


@pytest.mark.case("Q6", "Q18")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("nothing", ""),
        ("trailing", "0101"),
        ("one in two bytes", "1801"),
        ("one in nine bytes", "1b0000000000000001"),
        ("long byte string head", "580141"),
        ("duplicate keys", "a201010102"),
        ("unsorted keys", "a203000100"),
        ("text key", "a1613100"),
        ("true as a key", "a1f500"),
        ("a map as a key", "a1a000"),
        ("indefinite bytes", "5f4100ff"),
        ("indefinite text", "7f6100ff"),
        ("indefinite array", "9f01ff"),
        ("indefinite map", "bf0101ff"),
        ("float", "f93c00"),
        ("NaN", "f97e00"),
        ("long NaN", "fb7ff8000000000000"),
        ("infinity", "f97c00"),
        ("null", "f6"),
        ("undefined", "f7"),
        ("simple value", "e0"),
        ("simple value in two bytes", "f8ff"),
        ("big number", "c249010000000000000000"),
        ("date", "c11a6b49d200"),
        ("decimal with a huge exponent", "c4821b7fffffffffffffff01"),
        ("regular expression", "d8236828612b292b245e62"),
        ("reference to itself", "d81c81d81d00"),
        ("broken UTF-8", "62c328"),
        ("surrogate in UTF-8", "63eda080"),
        ("2**63 items", "9b7fffffffffffffff"),
        ("2**63 pairs", "bb7fffffffffffffff"),
        ("2**63 bytes", "5b7fffffffffffffff"),
        ("break alone", "ff"),
        ("reserved head", "1c"),
        ("deeper than any form", "81" * 5 + "00"),
        ("5,000 nested arrays", "81" * 5000),
        ("500 nested maps", "a101" * 250),
        ("513 bytes", "5901fe" + "00" * 510),
    ],
)
def test_other_encodings_are_unreadable(name, data):
    with pytest.raises(Unreadable):
        cbor.decode(bytes.fromhex(data))


def test_the_longest_message_that_is_still_read():
    assert cbor.decode(bytes.fromhex("5901fd") + bytes(509)) == bytes(509)


@pytest.mark.case("Q6")
def test_no_tag_is_read_whatever_its_number():
    for number in [*range(2000), 43000, 55799, 2**32, 2**64 - 1]:
        for content in (0, "2026-01-01", b"\x01", [1, 2]):
            with pytest.raises(Unreadable):
                cbor.decode(cbor2.dumps(cbor2.CBORTag(number, content)))


def test_every_tag_the_library_acts_upon_is_refused_before_it_acts():
    """Some compile expressions or raise ten to any power; a newer library may know more of them."""

    def is_acted_upon(number):
        try:
            return not isinstance(cbor2.loads(cbor2.dumps(cbor2.CBORTag(number, 0))), cbor2.CBORTag)
        except cbor2.CBORDecodeError:
            return True

    assert {number for number in range(2**16) if is_acted_upon(number)} == set(cbor._TAGS_CBOR2_KNOWS)


@pytest.mark.parametrize("value", [1.0, None, (1,), {"a": 1}, {True: 1}, 2**64, -(2**64) - 1, [[[[[1]]]]], {1, 2}])
def test_values_without_a_word_are_not_written(value):
    with pytest.raises(ValueError):
        cbor.encode(value)
