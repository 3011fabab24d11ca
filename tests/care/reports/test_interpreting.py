"""What a result means: at every bound, with comparators, for this sex and age, and in another unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.care.reports.interpreting import Bounds, NotANumber, Range, bounds_for, interpret, read_number
from healthcode.care.reports.states import RELEASED, STATES, may_become
from healthcode.care.reports.units import _LINES, convert

POTASSIUM = Bounds(Decimal("3.5"), Decimal("5.3"), Decimal("2.8"), Decimal("6.2"))


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2.7", "LL"), ("2.8", "L"), ("3.4", "L"), ("3.5", "N"), ("5.3", "N"), ("5.31", "H"), ("6.2", "H"), ("6.3", "HH"),
        ("-1", "LL"), ("4.10", "N"),
    ],
)  # fmt: skip
def test_a_value_on_a_bound_is_within_it(text: str, means: str):
    assert interpret(Decimal(text), POTASSIUM) == means


def test_a_bound_that_is_not_set_never_fires():
    assert interpret(Decimal(9), Bounds()) is None
    assert interpret(Decimal(9), Bounds(low=Decimal(1))) == "N"
    assert interpret(Decimal(0), Bounds(high=Decimal(1))) == "N"
    assert interpret(Decimal(9), Bounds(critical_low=Decimal(1))) is None
    assert interpret(Decimal(0), Bounds(critical_low=Decimal(1))) == "LL"


@pytest.mark.parametrize(
    ("comparator", "text", "means"),
    [
        ("<", "2.8", "LL"), ("<=", "2.8", "L"), ("<", "3.5", "L"), ("<=", "3.5", None), ("<", "5", None),
        (">", "6.2", "HH"), (">=", "6.2", "H"), (">", "5.3", "H"), (">=", "5.3", None), (">", "4", None),
    ],
)  # fmt: skip
def test_less_than_and_more_than_mean_only_what_is_certain(comparator: str, text: str, means: str | None):
    assert interpret(Decimal(text), POTASSIUM, comparator) == means


def test_a_detection_limit_below_the_only_bound_is_within_it():
    assert interpret(Decimal("0.01"), Bounds(high=Decimal("0.04")), "<") == "N"
    assert interpret(Decimal(90), Bounds(low=Decimal(60)), ">") == "N"


@given(st.decimals(-100, 100, places=3), st.lists(st.decimals(-100, 100, places=3), min_size=4, max_size=4))
def test_what_a_comparator_says_is_true_of_every_value_it_allows(value: Decimal, bounds: list[Decimal]):
    critical_low, low, high, critical_high = sorted(bounds)
    known = Bounds(low, high, critical_low, critical_high)
    for comparator, step in (("<", "-0.001"), ("<=", "0"), (">", "0.001"), (">=", "0")):
        said = interpret(value, known, comparator)
        assert said is None or interpret(value + Decimal(step), known) == said


def test_the_range_of_ones_own_sex_and_age_comes_first():
    women = Range("g/L", Bounds(Decimal(115), Decimal(150)), sex="female", from_months=216)
    adults = Range("g/L", Bounds(Decimal(120), Decimal(160)), from_months=216)
    babies = Range("g/L", Bounds(Decimal(170), Decimal(200)), before_months=1)
    ranges = [adults, babies, women]
    assert bounds_for(ranges, unit="g/L", sex="female", months=400).low == 115
    assert bounds_for(ranges, unit="g/L", sex="male", months=216).low == 120
    assert bounds_for(ranges, unit="g/L", sex="unknown", months=0).low == 170
    assert bounds_for(ranges, unit="g/L", sex="male", months=100).are_unset
    assert bounds_for(ranges, unit="g/L", sex="female", months=None).are_unset, (
        "an age that is not known is in no range"
    )
    assert bounds_for(ranges, unit="g/dL", sex="male", months=300).high == Decimal("16.0")
    assert bounds_for(ranges, unit="mmol/L", sex="male", months=300).are_unset
    assert bounds_for(ranges, unit=None, sex="male", months=300).are_unset


@given(st.data(), st.decimals(0, 10**6, places=4))
def test_a_unit_turned_there_and_back_is_the_same_to_the_last_digit(data: st.DataObject, value: Decimal):
    line = data.draw(st.sampled_from(_LINES))
    one, other = (data.draw(st.sampled_from(sorted(line))) for _ in range(2))
    there = convert(value, one, other)
    assert there is not None
    assert convert(there, other, one) == value


def test_what_needs_more_than_a_power_of_ten_is_not_turned():
    assert convert(Decimal(100), "mg/dL", "mmol/L") is None
    assert convert(Decimal(1), "U/L", "[IU]/L") is None
    assert convert(Decimal(1), "mm[Hg]", "mm[Hg]") == 1
    assert convert(Decimal("12.5"), "g/dL", "g/L") == 125


@pytest.mark.parametrize("text", ["", "1e3", "NaN", "1,5", " 1", "１", "+1", ".5", "5.", "9" * 13, "0.123456789", "-"])
def test_only_plain_decimal_numbers_are_read(text: str):
    with pytest.raises(NotANumber):
        read_number(text)


def test_a_number_keeps_its_places():
    assert str(read_number("4.10")) == "4.10"


def test_what_was_final_never_becomes_less():
    for state in RELEASED:
        assert {wanted for wanted in STATES if may_become(state, wanted)} == {
            "amended", "corrected", "appended", "entered-in-error",
        }  # fmt: skip
    assert not any(may_become("entered-in-error", wanted) for wanted in STATES)
    assert not any(may_become(None, wanted) for wanted in ("amended", "corrected", "appended", "entered-in-error"))
