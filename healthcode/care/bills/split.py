"""Who pays what of one bill: the pool of the insurance, a supplement, or the resident.

Money is whole fen and a ratio whole permille. The reckoning goes in this order:

1. Class C is the resident's own.
2. Of class B the first part (先行自付) is the resident's own. What is left of A and B is the scope (政策范围内).
3. A bill for a chronic disease asks that benefit first: its own ratio, no deductible, up to its own cap of the year.
   Past that cap, what is left of the scope goes on as on any other bill.
4. The deductible of the institution's level, as far as the year has not met it yet.
5. The pool pays its ratio for the institution's level; the remainder is the co-payment.
6. The pool stops at its cap of the year. What the chronic benefit pays does not count to it.
7. Supplements pay a part of what is still own inside the scope: poverty first, then civil servants on what then remains.
8. The rest is the resident's own.

A part in permille is rounded half up to the fen on the bill's total of each class (steps 2, 3 and 5) or, where the classes
no longer matter, of the whole scope (step 7). Deductible, caps and supplements are spread over A and B in proportion, and
what each class gets over its lines, by largest remainder; of equal remainders the earlier gets the fen. So for every line,
and for the bill, pool + supplement + own is the amount, and no part is negative. The order of the lines moves no sum of
the bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from healthcode.care.bills.rules import CIVIL_SERVANT, POVERTY, UNRATED, Rules, in_force
from healthcode.care.bills.shares import less, permille_of, plus, spread
from healthcode.core.words import Words

__all__ = ["CARRIED", "RELIEVED", "Line", "Part", "Person", "Rules", "Split", "Standing", "Step", "in_force", "split"]

SELF_PAY = "self-pay"
CLASSES = ("A", "B", "C")

# The resident pays the sum of the steps CARRIED less the sum of the steps RELIEVED.
CARRIED = ("class-c", "own-first", "deductible", "co-payment", "over-cap", "own")
RELIEVED = (POVERTY, CIVIL_SERVANT)

_Pair = tuple[int, ...]  # fen of class A, fen of class B
_NOTHING: _Pair = (0, 0)


@dataclass(frozen=True)
class Line:
    """One line of a bill; its class is A (甲), B (乙) or C (丙)."""

    amount_fen: int
    insurance_class: str

    def __post_init__(self) -> None:
        if self.amount_fen < 0:
            raise ValueError(f"a line of {self.amount_fen} fen is negative")
        if self.insurance_class not in CLASSES:
            raise ValueError(f"{self.insurance_class!r} is no insurance class")


@dataclass(frozen=True)
class Standing:
    """The resident's year so far, without this bill."""

    deductible_met_fen: int = 0
    pool_paid_fen: int = 0
    chronic_paid_fen: int = 0


@dataclass(frozen=True)
class Person:
    """How somebody is insured. Without a plan, or with a plan that has no rules, everything is their own."""

    plan: str | None
    supplements: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if unknown := self.supplements - {POVERTY, CIVIL_SERVANT}:
            raise ValueError(f"no such supplement: {', '.join(sorted(unknown))}")


@dataclass(frozen=True)
class Part:
    """Who pays what of one line."""

    pool_fen: int
    supplement_fen: int
    own_fen: int


@dataclass(frozen=True)
class Step:
    """One line of the answer to "why do I pay this?"; a step of 0 fen is left out.

    `code` is class-c, own-first, chronic, deductible, pool, co-payment, over-cap, poverty or civil-servant, in this order.
    A bill without insurance has the one step own.
    """

    code: str
    fen: int
    why: Words


@dataclass(frozen=True)
class Split:
    """Who pays what of a bill: `pool_fen` is `pool_used_fen` (counts to the pool's cap) and `chronic_used_fen`."""

    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    pool_fen: int
    supplement_fen: int
    own_fen: int
    deductible_used_fen: int
    pool_used_fen: int
    chronic_used_fen: int


def split(
    lines: Sequence[Line],
    *,
    rules: Rules | None,
    person: Person,
    level: str | None,
    standing: Standing,
    is_chronic: bool = False,
) -> Split:
    """Split one bill by the rules in force on its day; an institution without a level counts as unrated."""
    if rules is None or person.plan is None or person.plan == SELF_PAY:
        return _all_own(lines)
    if rules.plan != person.plan:
        raise ValueError(f"these are the rules of {rules.plan}, not of {person.plan}")
    level = level or UNRATED
    if level not in rules.pool_permille:
        raise ValueError(f"{level!r} is no level of an institution")
    bill = _reckon(lines, rules, person, level, standing, is_chronic)
    parts = _parts(lines, bill)
    return Split(
        parts=parts,
        steps=_steps(bill, rules, level),
        pool_fen=sum(part.pool_fen for part in parts),
        supplement_fen=sum(part.supplement_fen for part in parts),
        own_fen=sum(part.own_fen for part in parts),
        deductible_used_fen=bill.deductible,
        pool_used_fen=sum(bill.pool),
        chronic_used_fen=sum(bill.chronic),
    )


@dataclass(frozen=True)
class _Reckoning:
    """The steps of one bill in fen; a pair where the classes differ."""

    class_c: int
    own_first: int
    chronic: _Pair
    still_open: int  # of the year's deductible, before this bill
    deductible: int
    asked: _Pair  # of the pool, were there no cap
    pool: _Pair
    kept: _Pair  # own inside the scope, before supplements
    poverty: int
    civil_servant: int

    @property
    def over_cap(self) -> int:
        return sum(self.asked) - sum(self.pool)

    @property
    def co_payment(self) -> int:
        return sum(self.kept) - self.deductible - self.over_cap


def _reckon(
    lines: Sequence[Line], rules: Rules, person: Person, level: str, standing: Standing, is_chronic: bool
) -> _Reckoning:
    a, b, c = (sum(line.amount_fen for line in lines if line.insurance_class == name) for name in CLASSES)
    own_first = permille_of(b, rules.own_first_permille)
    scope: _Pair = (a, b - own_first)
    chronic, covered = _chronic(scope, rules, standing) if is_chronic else (_NOTHING, _NOTHING)
    ordinary = less(scope, covered)
    still_open = max(0, rules.deductible_fen[level] - standing.deductible_met_fen)
    deductible = min(still_open, sum(ordinary))
    shared = less(ordinary, spread(deductible, ordinary))
    asked = tuple(permille_of(fen, rules.pool_permille[level]) for fen in shared)
    pool = spread(min(sum(asked), max(0, rules.cap_fen - standing.pool_paid_fen)), asked)
    kept = less(less(scope, chronic), pool)
    poverty = _supplement(POVERTY, sum(kept), rules, person)
    civil_servant = _supplement(CIVIL_SERVANT, sum(kept) - poverty, rules, person)
    return _Reckoning(c, own_first, chronic, still_open, deductible, asked, pool, kept, poverty, civil_servant)


def _chronic(scope: _Pair, rules: Rules, standing: Standing) -> tuple[_Pair, _Pair]:
    """What the chronic benefit pays, and how much of the scope that covers."""
    left = max(0, rules.chronic_cap_fen - standing.chronic_paid_fen)
    if left == 0:
        return _NOTHING, _NOTHING
    asked = tuple(permille_of(fen, rules.chronic_permille) for fen in scope)
    if sum(asked) <= left:
        return asked, scope
    # What exhausts the cap: the amount of which the ratio is what was left, rounded like everything else.
    exhausting = (2 * left * 1000 + rules.chronic_permille) // (2 * rules.chronic_permille)
    covered = spread(min(exhausting, sum(scope)), scope)
    return spread(left, covered), covered


def _supplement(name: str, remains: int, rules: Rules, person: Person) -> int:
    return permille_of(remains, rules.supplement_permille[name]) if name in person.supplements else 0


def _parts(lines: Sequence[Line], bill: _Reckoning) -> tuple[Part, ...]:
    """The bill's sums on its lines."""
    supplements = spread(bill.poverty + bill.civil_servant, bill.kept)
    parts = [Part(0, 0, line.amount_fen) for line in lines]
    for name, pool, supplement in zip(("A", "B"), plus(bill.chronic, bill.pool), supplements, strict=True):
        places = [place for place, line in enumerate(lines) if line.insurance_class == name]
        amounts = tuple(lines[place].amount_fen for place in places)
        by_pool = spread(pool, amounts)
        own = less(amounts, by_pool)
        by_supplement = spread(supplement, own)
        for place, *fen in zip(places, by_pool, by_supplement, less(own, by_supplement), strict=True):
            parts[place] = Part(*fen)
    return tuple(parts)


def _all_own(lines: Sequence[Line]) -> Split:
    parts = tuple(Part(0, 0, line.amount_fen) for line in lines)
    total = sum(line.amount_fen for line in lines)
    why = Words(zh="这张账单没有医保支付，全部自付", en="No insurance pays for this bill: you pay it whole")
    steps = (Step("own", total, why),) if total else ()
    return Split(parts, steps, 0, 0, total, 0, 0, 0)


def _steps(bill: _Reckoning, rules: Rules, level: str) -> tuple[Step, ...]:
    """Why the resident pays what they pay, in the order of the reckoning."""
    first, ratio = _percent(rules.own_first_permille), _percent(rules.pool_permille[level])
    steps = (
        Step("class-c", bill.class_c, _CLASS_C),
        Step("own-first", bill.own_first, _words(_OWN_FIRST, first)),
        Step("chronic", sum(bill.chronic), _words(_CHRONIC, _percent(rules.chronic_permille))),
        Step("deductible", bill.deductible, _words(_DEDUCTIBLE, _yuan(bill.still_open), _yuan(bill.deductible))),
        Step("pool", sum(bill.pool), _words(_POOL, ratio, _yuan(sum(bill.pool)))),
        Step("co-payment", bill.co_payment, _CO_PAYMENT),
        Step("over-cap", bill.over_cap, _words(_OVER_CAP, _yuan(rules.cap_fen))),
        Step(POVERTY, bill.poverty, _words(_POVERTY, _percent(rules.supplement_permille[POVERTY]))),
        Step(CIVIL_SERVANT, bill.civil_servant, _words(_CIVIL, _percent(rules.supplement_permille[CIVIL_SERVANT]))),
    )
    return tuple(step for step in steps if step.fen)


_CLASS_C = Words(
    zh="丙类项目不在医保范围内，全部自付",
    en="Class C is outside the insurance: you pay it whole",
)
_OWN_FIRST = Words(
    zh="乙类项目先自付 {0}",
    en="Of class B you pay the first {0} yourself",
)
_CHRONIC = Words(
    zh="慢特病待遇：不设起付线，按 {0} 报销，有年度限额",
    en="The chronic-disease benefit pays {0}, without a deductible, up to its limit for the year",
)
_DEDUCTIBLE = Words(
    zh="今年的起付线还差 ¥{0}，这次计入 ¥{1}",
    en="¥{0} of this year's deductible is still open; ¥{1} of it falls on this bill",
)
_POOL = Words(
    zh="起付线以上的部分，医保统筹按 {0} 报销，这次支付 ¥{1}",
    en="Above the deductible the insurance pays {0}, here ¥{1}",
)
_CO_PAYMENT = Words(
    zh="医保按比例报销后，剩下的由您自付",
    en="The insurance pays a share; this is the remainder",
)
_OVER_CAP = Words(
    zh="医保统筹一年最多支付 ¥{0}，超出的部分由您自付",
    en="The insurance pays at most ¥{0} a year; you pay what is above",
)
_POVERTY = Words(
    zh="医疗救助：范围内的自付部分再报销 {0}",
    en="Medical assistance takes {0} of what is left to you inside the insurance",
)
_CIVIL = Words(
    zh="公务员医疗补助：范围内剩下的自付部分再报销 {0}",
    en="The civil servants' supplement takes {0} of what then remains inside the insurance",
)


def _words(words: Words, *numbers: str) -> Words:
    return Words(zh=words.zh.format(*numbers), en=words.en.format(*numbers))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _percent(permille: int) -> str:
    return f"{permille // 10}.{permille % 10}%".replace(".0%", "%")
