import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.trust.codes.hp1 import digits
from healthcode.trust.codes.hp1.refusals import Refusal

GOOD = digits.draw(random.Random(86).randrange)


@given(st.integers(0, 10**17 - 1))
def test_what_is_drawn_is_read(number):
    drawn = digits.draw(lambda below: number)
    assert digits.read(drawn) == drawn
    assert drawn[2:19] == str(number).zfill(17)


def test_seventeen_digits_are_drawn_from_all_there_are():
    bounds = []
    digits.draw(lambda below: bounds.append(below) or below - 1)
    assert bounds == [10**17]


def test_drawn_digits_differ():
    assert len({digits.draw() for _ in range(1000)}) == 1000


def test_the_check_digit_is_iso_7064_mod_11_10():
    """The standard's own example: 0794 is followed by 5."""
    assert digits.check_digit("0794") == "5"


def test_every_single_wrong_digit_is_a_slip_and_nearly_every_swap():
    for place in range(2, 20):
        for wrong in "0123456789".replace(GOOD[place], ""):
            with pytest.raises(Refusal):
                digits.read(GOOD[:place] + wrong + GOOD[place + 1 :])
    swaps = caught = 0
    for seed in range(200):
        drawn = digits.draw(random.Random(seed).randrange)
        for place in range(2, 19):
            left, right = drawn[place], drawn[place + 1]
            if left != right:
                swaps += 1
                try:
                    digits.read(drawn[:place] + right + left + drawn[place + 2 :])
                except Refusal:
                    caught += 1
    assert caught / swaps > 0.97


@pytest.mark.case("Q18")
@given(st.text(max_size=30) | st.text(alphabet="0123456789０１٠١۰ \n", min_size=18, max_size=22))
def test_nothing_but_twenty_ascii_digits_is_read(text):
    try:
        found = digits.read(text)
    except Refusal:
        return
    assert found == text
    assert text.isascii()
    assert text.isdigit()
    assert len(text) == 20


@pytest.mark.case("Q18")
@pytest.mark.parametrize("thing", [None, 86, b"8" * 20, [GOOD], int(GOOD)])
def test_what_is_no_text_is_refused(thing):
    with pytest.raises(Refusal):
        digits.read(thing)


def test_they_are_read_out_in_groups_of_four():
    assert digits.spoken("86123456789012345678") == "8612 3456 7890 1234 5678"
