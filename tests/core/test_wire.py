"""JSON as it is read from strangers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.core.problems import Unreadable
from healthcode.core.wire import MAX_DEPTH, read_json, write_json


@pytest.mark.case("M10", "K14")
@pytest.mark.parametrize(
    "body",
    [
        b"NaN", b"[Infinity]", b"-Infinity", b'{"a":1,"a":2}', b'{"a":{"b":1,"b":2}}', b"1" * 19, b"9" * 5000,
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), b"[" * 5000, b'{"a":' * 5000, b"", b"{", b"[1,]", b"{'a':1}",
        b"\xff\xfe", b'{"a":1} x', b"\xef\xbb\xbf{}", b"01", b"1e", b"0x10", "１２".encode(),
    ],
)  # fmt: skip
def test_what_two_programs_could_read_differently_is_refused(body: bytes):
    with pytest.raises(Unreadable):
        read_json(body)


def test_depth_counts_brackets_not_quotes():
    assert read_json(b'{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}')["a"].startswith("[")
    assert read_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert read_json(b'["\\"[", 999999999999999999]')[1] == 999_999_999_999_999_999


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(json_values)
def test_what_we_write_we_read(value: object):
    assert read_json(write_json(value)) == value


@given(st.binary(max_size=200))
@pytest.mark.case("R8")
def test_no_body_makes_anything_but_unreadable(body: bytes):
    try:
        read_json(body)
    except Unreadable:
        pass
