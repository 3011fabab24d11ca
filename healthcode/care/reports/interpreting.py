"""What a result means beside its bounds: low, high, critical; and what cannot be said.

Codes are those of HL7's ObservationInterpretation: LL and HH critical, L and H out of bounds, N within. A bound that is not
set never fires, and where nothing can be said for certain nothing is said.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from healthcode.care.reports.units import convert

CRITICAL = ("LL", "HH")
COMPARATORS = ("<", "<=", ">=", ">")
NUMBER = r"-?[0-9]{1,12}(\.[0-9]{1,8})?"


class NotANumber(ValueError):
    """No decimal number as a laboratory writes one."""


def read_number(text: str) -> Decimal:
    """The number that a text says, with its places as they were written. Raises NotANumber."""
    if not re.fullmatch(NUMBER, text, re.ASCII):
        raise NotANumber(text)
    return Decimal(text)


@dataclass(frozen=True)
class Bounds:
    """From where on a result is low, high, or critical; each may be missing. A value on a bound is within it."""

    low: Decimal | None = None
    high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None

    @property
    def are_unset(self) -> bool:
        return all(one is None for one in (self.low, self.high, self.critical_low, self.critical_high))


@dataclass(frozen=True)
class Range:
    """Bounds for a sex (None: any) and ages from a month on and before another, in a unit."""

    unit: str
    bounds: Bounds
    sex: str | None = None
    from_months: int | None = None
    before_months: int | None = None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Range":
        """From a code's data, in which numbers are texts. Raises NotANumber, KeyError."""
        names = ("low", "high", "critical_low", "critical_high")
        bounds = {name: read_number(data[name]) for name in names if data.get(name) is not None}
        return cls(data["unit"], Bounds(**bounds), data.get("sex"), data.get("from_months"), data.get("before_months"))

    def holds_for(self, sex: str | None, months: int | None) -> bool:
        """Whether it is meant for somebody like this; who has no known age is in no range that names one."""
        if self.sex is not None and self.sex != sex:
            return False
        if self.from_months is None and self.before_months is None:
            return True
        return months is not None and (self.from_months or 0) <= months < (self.before_months or months + 1)


def bounds_for(ranges: Sequence[Range], *, unit: str | None, sex: str | None, months: int | None) -> Bounds:
    """The bounds for a person in the unit of the result: those of their sex before those of everybody.

    Where no range fits, or its unit cannot be turned exactly into this one, nothing is bounded.
    """
    fitting = [one for one in ranges if one.holds_for(sex, months)]
    for one in sorted(fitting, key=lambda one: one.sex is None):
        if unit is not None and convert(Decimal(0), one.unit, unit) is not None:
            return _in_unit(one, unit)
    return Bounds()


def _in_unit(one: Range, unit: str) -> Bounds:
    def turned(bound: Decimal | None) -> Decimal | None:
        return None if bound is None else convert(bound, one.unit, unit)

    bounds = one.bounds
    return Bounds(turned(bounds.low), turned(bounds.high), turned(bounds.critical_low), turned(bounds.critical_high))


def interpret(value: Decimal, bounds: Bounds, comparator: str | None = None) -> str | None:
    """What a value means, or what "less than" or "more than" it means for certain; None if nothing can be said."""
    if bounds.are_unset:
        return None
    if comparator in ("<", "<="):
        return _at_most(value, bounds, is_below=comparator == "<")
    if comparator in (">", ">="):
        return _at_least(value, bounds, is_above=comparator == ">")
    if bounds.critical_low is not None and value < bounds.critical_low:
        return "LL"
    if bounds.critical_high is not None and value > bounds.critical_high:
        return "HH"
    if bounds.low is not None and value < bounds.low:
        return "L"
    if bounds.high is not None and value > bounds.high:
        return "H"
    return "N" if bounds.low is not None or bounds.high is not None else None


def _at_most(value: Decimal, bounds: Bounds, *, is_below: bool) -> str | None:
    """Somewhere at or under `value`: it has no floor, so it is within bounds only if there is none below."""
    for bound, code in ((bounds.critical_low, "LL"), (bounds.low, "L")):
        if bound is not None and (value < bound or (is_below and value == bound)):
            return code
    has_floor = bounds.low is not None or bounds.critical_low is not None
    return "N" if not has_floor and bounds.high is not None and value <= bounds.high else None


def _at_least(value: Decimal, bounds: Bounds, *, is_above: bool) -> str | None:
    for bound, code in ((bounds.critical_high, "HH"), (bounds.high, "H")):
        if bound is not None and (value > bound or (is_above and value == bound)):
            return code
    has_ceiling = bounds.high is not None or bounds.critical_high is not None
    return "N" if not has_ceiling and bounds.low is not None and value >= bounds.low else None
