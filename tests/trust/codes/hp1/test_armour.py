import pytest
from base45 import b45decode, b45encode
from hypothesis import given
from hypothesis import strategies as st

from healthcode.trust.codes.hp1 import armour
from healthcode.trust.codes.hp1.refusals import NotOurs, Refusal, Unreadable


@given(st.binary(max_size=338))
def test_the_library_writes_base45_as_we_do(data):
    assert armour.wrap(data) == "HP1:" + b45encode(data).decode()


@pytest.mark.case("Q6")
@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:", max_size=30) | st.text(max_size=9))
def test_the_library_reads_and_refuses_base45_as_we_do(body):
    try:
        theirs = b45decode(body.encode())
    except ValueError:
        with pytest.raises(Unreadable):
            armour.unwrap("HP1:" + body)
    else:
        assert armour.unwrap("HP1:" + body) == theirs


@given(st.binary(max_size=338))
def test_bytes_and_text_are_one_to_one(data):
    text = armour.wrap(data)
    assert armour.unwrap(text) == data
    assert len(text) <= armour.MAX_TEXT


@pytest.mark.case("Q6", "Q18")
@given(st.text(alphabet="HP1S:0 9AZ$%*+-./\n\u00df\uff1a", max_size=12).map(lambda end: "HP1:" + end) | st.text())
def test_any_other_text_is_refused(text):
    try:
        data = armour.unwrap(text)
    except Refusal:
        return
    assert armour.wrap(data) == text


@pytest.mark.case("Q18")
@pytest.mark.parametrize("thing", [None, 1, b"HP1:BB8", ["HP1:BB8"], object(), float("nan")])
def test_what_is_no_text_is_unreadable(thing):
    with pytest.raises(Unreadable):
        armour.unwrap(thing)


@pytest.mark.case("Q18")
@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\x00", "\u200b", "\ufeff"])
def test_nothing_is_trimmed(end):
    assert armour.unwrap("HP1:BB8") == b"AB"
    with pytest.raises(Unreadable):
        armour.unwrap("HP1:BB8" + end)
    with pytest.raises(NotOurs):
        armour.unwrap(end + "HP1:BB8")


def test_a_text_over_512_characters_is_not_written():
    armour.wrap(bytes(338))
    longest = armour.wrap(bytes(338), armour.STATION_REQUEST)
    assert len(longest) == 512
    assert armour.unwrap(longest, armour.STATION_REQUEST) == bytes(338)
    with pytest.raises(ValueError):
        armour.wrap(bytes(339))


@pytest.mark.case("Q18")
def test_a_long_text_is_refused_for_its_length_before_anything_else(monkeypatch):
    monkeypatch.setattr(armour, "_from_base45", lambda data: pytest.fail("was decoded"))
    for text in ("HP1:" + "0" * 509, "HP1:" + "0" * 4292, "x" * 2_000_000):
        with pytest.raises(Unreadable, match="too long"):
            armour.unwrap(text)
