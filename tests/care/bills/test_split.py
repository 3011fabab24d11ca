"""Who pays what of a bill: worked cases that a person can check, and what holds for every bill."""

import csv
import json
import random
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.care.bills.rules import LEVELS
from healthcode.care.bills.shares import permille_of, spread
from healthcode.care.bills.split import CARRIED, RELIEVED, Line, Part, Person, Rules, Split, Standing, in_force, split

ROOT = Path(__file__).resolve().parents[3]
SEEDS = json.loads((ROOT / "seeds" / "insurance_rules.json").read_text(encoding="utf-8"))["rules"]
RULES = [Rules.read(data) for data in SEEDS]
CASES = list(csv.DictReader((Path(__file__).parent / "split_cases.csv").read_text(encoding="utf-8").splitlines()))

SUPPLEMENTS = [frozenset(some) for count in range(3) for some in combinations(RELIEVED, count)]
FEN = st.one_of(st.integers(0, 12), st.integers(0, 3_000_000))
LINES = st.lists(st.builds(Line, FEN, st.sampled_from("ABC")), max_size=9)
STANDINGS = st.builds(
    Standing,
    st.one_of(st.integers(0, 100_000), st.just(10**6)),
    st.one_of(st.integers(0, 700_000), st.sampled_from([39_999, 40_000, 44_999, 499_999, 599_999, 600_000])),
    st.one_of(st.integers(0, 400_000), st.sampled_from([199_999, 239_999, 299_999, 359_999, 360_000])),
)


def any_rules() -> st.SearchStrategy[Rules]:
    """Any rules at all, not only those of the seeds."""
    ratio, sums = st.integers(0, 1000), st.integers(0, 1_000_000)
    return st.builds(
        Rules,
        plan=st.sampled_from(["employee", "resident"]),
        from_on=st.just(date(2026, 1, 1)),
        deductible_fen=st.fixed_dictionaries(dict.fromkeys(LEVELS, sums)),
        own_first_permille=ratio,
        pool_permille=st.fixed_dictionaries(dict.fromkeys(LEVELS, ratio)),
        cap_fen=sums,
        chronic_permille=st.integers(1, 1000),
        chronic_cap_fen=sums,
        supplement_permille=st.fixed_dictionaries(dict.fromkeys(RELIEVED, ratio)),
    )


BILLS = st.fixed_dictionaries(
    {
        "lines": LINES,
        "rules": st.one_of(st.sampled_from(RULES), any_rules()),
        "supplements": st.sampled_from(SUPPLEMENTS),
        "level": st.sampled_from([None, *LEVELS]),
        "standing": STANDINGS,
        "is_chronic": st.booleans(),
    }
)


def split_of(bill: dict, **changed: object) -> Split:
    told = bill | changed
    rules, supplements = told.pop("rules"), told.pop("supplements")
    return split(told.pop("lines"), rules=rules, person=Person(rules.plan, supplements), **told)


def fen(yuan: str) -> int:
    whole, cents = yuan.split(".")
    assert len(cents) == 2
    return int(whole + cents)


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def check(bill: dict, done: Split) -> None:
    """What holds for every bill."""
    lines, rules, standing = bill["lines"], bill["rules"], bill["standing"]
    for line, part in zip(lines, done.parts, strict=True):
        assert part.pool_fen + part.supplement_fen + part.own_fen == line.amount_fen
        assert min(part.pool_fen, part.supplement_fen, part.own_fen) >= 0
        assert line.insurance_class != "C" or part.own_fen == line.amount_fen
    assert done.pool_fen == sum(part.pool_fen for part in done.parts) == done.pool_used_fen + done.chronic_used_fen
    assert done.supplement_fen == sum(part.supplement_fen for part in done.parts)
    assert done.own_fen == sum(part.own_fen for part in done.parts)
    steps = {step.code: step.fen for step in done.steps}
    assert len(steps) == len(done.steps)
    assert all(fen > 0 for fen in steps.values())
    assert sum(steps.get(code, 0) for code in CARRIED) - sum(steps.get(code, 0) for code in RELIEVED) == done.own_fen
    assert steps.get("pool", 0) == done.pool_used_fen <= max(0, rules.cap_fen - standing.pool_paid_fen)
    assert steps.get("chronic", 0) == done.chronic_used_fen <= max(0, rules.chronic_cap_fen - standing.chronic_paid_fen)
    assert steps.get("deductible", 0) == done.deductible_used_fen
    open_fen = rules.deductible_fen[bill["level"] or "unrated"] - standing.deductible_met_fen
    assert done.deductible_used_fen <= max(0, open_fen)


@pytest.mark.case("M9")
@pytest.mark.parametrize("case", CASES, ids=[f"{case['case']} {case['shows_en']}" for case in CASES])
def test_worked_case(case):
    plan = case["plan"] or None
    lines = [Line(fen(amount), name) for name, amount in (line.split() for line in listed(case["lines"]))]
    done = split(
        lines,
        rules=in_force(RULES, plan, date.fromisoformat(case["day"])),
        person=Person(plan, frozenset(listed(case["supplements"]))),
        level=case["level"] or None,
        standing=Standing(fen(case["deductible_met"]), fen(case["pool_paid"]), fen(case["chronic_paid"])),
        is_chronic=case["is_chronic"] == "yes",
    )
    expected = tuple(fen(case[column]) for column in ("pool_pays", "supplement_pays", "you_pay"))
    assert (done.pool_fen, done.supplement_fen, done.own_fen) == expected
    assert sum(expected) == sum(line.amount_fen for line in lines)
    if case["you_pay_by_line"]:
        assert [part.own_fen for part in done.parts] == [fen(part) for part in listed(case["you_pay_by_line"])]


def test_there_are_enough_worked_cases_and_no_two_are_the_same():
    assert len(CASES) >= 60
    given_columns = list(CASES[0])[3:12]
    assert len({tuple(case[column] for column in given_columns) for case in CASES}) == len(CASES)


@pytest.mark.case("M9")
@given(BILLS)
def test_the_parts_are_the_whole(bill):
    check(bill, split_of(bill))


@pytest.mark.case("M9")
@given(BILLS, st.integers(0, 100_000))
def test_a_deductible_met_further_never_costs_more(bill, more):
    standing = bill["standing"]
    later = replace(standing, deductible_met_fen=standing.deductible_met_fen + more)
    assert split_of(bill, standing=later).own_fen <= split_of(bill).own_fen


@pytest.mark.case("M9")
@given(BILLS, st.randoms())
def test_the_order_of_lines_moves_no_more_than_a_fen(bill, chance):
    order = list(range(len(bill["lines"])))
    chance.shuffle(order)
    first, second = split_of(bill), split_of(bill, lines=[bill["lines"][place] for place in order])
    assert (first.pool_fen, first.supplement_fen, first.own_fen) == (
        second.pool_fen,
        second.supplement_fen,
        second.own_fen,
    )
    assert first.steps == second.steps
    for place, part in zip(order, second.parts, strict=True):
        assert abs(part.pool_fen - first.parts[place].pool_fen) <= 1
        assert abs(part.supplement_fen - first.parts[place].supplement_fen) <= 1
        assert abs(part.own_fen - first.parts[place].own_fen) <= 1


def random_bill(chance: random.Random) -> dict:
    most = chance.choice([3, 100, 10_000, 1_000_000])
    return {
        "lines": [Line(chance.randrange(most), chance.choice("ABC")) for _ in range(chance.randrange(7))],
        "rules": chance.choice(RULES),
        "supplements": chance.choice(SUPPLEMENTS),
        "level": chance.choice([None, *LEVELS]),
        "standing": Standing(chance.randrange(90_000), chance.randrange(650_000), chance.randrange(400_000)),
        "is_chronic": chance.random() < 0.4,
    }


@pytest.mark.case("M9")
@pytest.mark.parametrize(
    ("count", "part"), [(2_000, 0), *(pytest.param(250_000, part, marks=pytest.mark.proof) for part in range(4))]
)
def test_the_parts_of_many_bills_are_the_whole(count, part):
    """A million bills in the proof; its parts differ in nothing but their chance, and run side by side."""
    chance = random.Random(part)
    for _ in range(count):
        bill = random_bill(chance)
        check(bill, split_of(bill))


def test_each_step_says_why():
    done = split(
        [Line(100_000, "A"), Line(50_000, "B"), Line(1_230, "C")],
        rules=in_force(RULES, "employee", date(2026, 6, 1)),
        person=Person("employee", frozenset(RELIEVED)),
        level="secondary",
        standing=Standing(deductible_met_fen=20_000),
    )
    assert [(step.code, step.fen) for step in done.steps] == [
        ("class-c", 1_230),
        ("own-first", 5_000),
        ("deductible", 20_000),
        ("pool", 90_000),  # 72 % of 1,250.00
        ("co-payment", 35_000),
        ("poverty", 38_500),  # 70 % of 550.00
        ("civil-servant", 9_900),  # 60 % of 165.00
    ]
    assert done.own_fen == 1_230 + 5_000 + 20_000 + 35_000 - 38_500 - 9_900
    assert done.steps[0].why.zh == "丙类项目不在医保范围内，全部自付"
    assert "起付线还差 ¥200.00" in done.steps[2].why.zh
    assert "72%" in done.steps[3].why.en


def test_what_is_past_the_cap_is_named():
    done = split(
        [Line(10_000, "A")],
        rules=in_force(RULES, "employee", date(2026, 6, 1)),
        person=Person("employee"),
        level="secondary",
        standing=Standing(40_000, 599_000),
    )
    assert {step.code: step.fen for step in done.steps} == {"pool": 1_000, "co-payment": 2_800, "over-cap": 6_200}


def test_without_insurance_there_is_one_step():
    done = split([Line(500, "A"), Line(0, "C")], rules=None, person=Person(None), level=None, standing=Standing())
    assert [(step.code, step.fen) for step in done.steps] == [("own", 500)]
    assert done.parts == (Part(0, 0, 500), Part(0, 0, 0))


@pytest.mark.parametrize(
    ("plan", "day", "from_on"),
    [
        ("employee", date(2024, 12, 31), None),
        ("employee", date(2025, 1, 1), date(2025, 1, 1)),
        ("employee", date(2025, 12, 31), date(2025, 1, 1)),
        ("resident", date(2026, 1, 1), date(2026, 1, 1)),
        ("resident", date(2031, 5, 5), date(2026, 1, 1)),
        ("self-pay", date(2026, 1, 1), None),
        (None, date(2026, 1, 1), None),
    ],
)
def test_the_newest_rules_that_have_begun_are_in_force(plan, day, from_on):
    for rules in (RULES, RULES[::-1]):
        found = in_force(rules, plan, day)
        assert (found and (found.plan, found.from_on)) == (from_on and (plan, from_on))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"cap_fen": -1}, "cap_fen: -1"),
        ({"cap_fen": 1.5}, "cap_fen: 1.5"),
        ({"cap_fen": True}, "cap_fen: True"),
        ({"own_first_permille": 1001}, "own_first_permille: 1001"),
        ({"pool_permille": {"unrated": 850}}, "pool_permille: missing primary, secondary, tertiary, tertiary-a"),
        ({"pool_permille": 850}, "pool_permille: 850"),
        ({"deductible_fen": dict.fromkeys([*LEVELS, "moon"], 1)}, "deductible_fen: unknown moon"),
        ({"deductible_fen": dict.fromkeys(LEVELS, -5)}, "deductible_fen.unrated: -5"),
        ({"supplement_permille": {"poverty": 1001, "civil-servant": 0}}, "supplement_permille.poverty: 1001"),
        ({"chronic_permille": 0}, "chronic_permille"),
        ({"from_on": "1 May"}, "from_on: '1 May'"),
        ({"plan": "moon"}, "plan: 'moon'"),
        ({"gift_fen": 1}, "rules: unknown gift_fen"),
    ],
)
def test_wrong_rules_are_refused_by_name(wrong, named):
    with pytest.raises(ValueError) as refused:
        Rules.read(SEEDS[0] | wrong)
    assert named in str(refused.value)


def test_rules_with_something_missing_are_refused():
    for name in SEEDS[0]:
        with pytest.raises(ValueError, match=f"rules: missing {name}"):
            Rules.read({key: value for key, value in SEEDS[0].items() if key != name})


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="-1 fen"):
        Line(-1, "A")
    with pytest.raises(ValueError, match="'D'"):
        Line(1, "D")
    with pytest.raises(ValueError, match="gift"):
        Person("employee", frozenset({"gift"}))
    with pytest.raises(ValueError, match="rules of employee"):
        split([], rules=RULES[0], person=Person("resident"), level=None, standing=Standing())
    with pytest.raises(ValueError, match="'moon'"):
        split([], rules=RULES[0], person=Person("employee"), level="moon", standing=Standing())


@pytest.mark.parametrize(
    ("fen", "weights", "shares"),
    [
        (1, (1, 1, 1), (1, 0, 0)),
        (2, (1, 1, 1), (1, 1, 0)),
        (2, (0, 1, 2), (0, 1, 1)),
        (5, (), ()),
        (0, (0, 0), (0, 0)),
    ],
)
def test_shares_lose_nothing(fen, weights, shares):
    assert spread(fen, weights) == shares


def test_half_a_fen_is_rounded_up():
    assert [permille_of(1, permille) for permille in (0, 499, 500, 1000)] == [0, 0, 1, 1]
