"""Phone numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.registry.residents.phones import BadPhone, mask, read_phone


@pytest.mark.case("N1")
@pytest.mark.parametrize(
    "typed",
    [
        "13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "+8613800000001",
        "+86 138 0000 0001",
        "(+86)13800000001",
        "8613800000001",
        "008613800000001",
        "１３８００００００００１".replace("００００００００", "０００００００"),
        "＋８６13800000001",
    ],
)
def test_one_phone_in_all_the_ways_people_type_it(typed):
    assert read_phone(typed) == "+8613800000001"


@pytest.mark.case("N1", "O4")
@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "form"),
        ("1380000000", "form"),
        ("138000000011", "form"),
        ("12800000001", "form"),  # no mobile number
        ("059585661234", "form"),
        ("+86595856612", "form"),
        ("١٣٨٠٠٠٠٠٠٠١", "form"),
        ("13800000001\n", "form"),
        ("+8613800000001;ext=1", "form"),
        ("1" * 1000, "form"),
        ("+85291234567", "country"),
        ("+4915112345678", "country"),
        ("+19005550199", "country"),
    ],
)
def test_other_numbers_are_refused(typed, code):
    with pytest.raises(BadPhone) as told:
        read_phone(typed)
    assert told.value.code == code
    assert not typed or typed not in str(told.value)


@pytest.mark.case("O4")
def test_a_city_at_the_border_may_list_more():
    assert read_phone("+852 9123 4567", prefixes=("+86", "+852")) == "+85291234567"
    with pytest.raises(BadPhone):
        read_phone("+853 6612 3456", prefixes=("+86", "+852"))


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(typed):
    try:
        phone = read_phone(typed)
    except BadPhone:
        return
    assert phone.isascii()
    assert read_phone(phone) == phone


@given(st.integers(13_000_000_000, 19_999_999_999))
def test_a_mask_hides_the_middle(number):
    phone = read_phone(str(number))
    assert mask(phone) == f"{str(number)[:3]}****{str(number)[-4:]}"


def test_a_foreign_phone_shows_its_end_only():
    assert mask("+85291234567") == "+********567"
