"""The rules of an insurance plan: data with a date of force, read strictly."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

UNRATED = "unrated"  # a station, and whatever has no level
LEVELS = (UNRATED, "primary", "secondary", "tertiary", "tertiary-a")
PLANS = ("employee", "resident")
POVERTY, CIVIL_SERVANT = "poverty", "civil-servant"


@dataclass(frozen=True)
class Rules:
    """What one plan pays from a day on, until newer rules of the same plan; sums are fen in a year, ratios permille.

    `deductible_fen` and `pool_permille` are by the institution's level. A chronic cap of 0 means that there is no such
    benefit. Supplements are permille of what is own inside the scope.
    """

    plan: str
    from_on: date
    deductible_fen: Mapping[str, int]
    own_first_permille: int
    pool_permille: Mapping[str, int]
    cap_fen: int
    chronic_permille: int
    chronic_cap_fen: int
    supplement_permille: Mapping[str, int]

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Rules":
        """The rules as they stand in a file; a ValueError names what is wrong."""
        _same_keys("rules", data, cls.__dataclass_fields__)
        if data["plan"] not in PLANS:
            raise ValueError(f"plan: {data['plan']!r} is none of {', '.join(PLANS)}")
        rules = cls(
            plan=data["plan"],
            from_on=_day(data["from_on"]),
            deductible_fen=_table("deductible_fen", data, LEVELS, _fen),
            own_first_permille=_permille("own_first_permille", data["own_first_permille"]),
            pool_permille=_table("pool_permille", data, LEVELS, _permille),
            cap_fen=_fen("cap_fen", data["cap_fen"]),
            chronic_permille=_permille("chronic_permille", data["chronic_permille"]),
            chronic_cap_fen=_fen("chronic_cap_fen", data["chronic_cap_fen"]),
            supplement_permille=_table("supplement_permille", data, (POVERTY, CIVIL_SERVANT), _permille),
        )
        if rules.chronic_cap_fen and not rules.chronic_permille:
            raise ValueError("chronic_permille: a benefit with a cap must pay something")
        return rules


def in_force(rules: Iterable[Rules], plan: str | None, day: date) -> Rules | None:
    """The newest rules of a plan that hold on a day; None where there are none, as for somebody without a plan."""
    begun = [each for each in rules if each.plan == plan and each.from_on <= day]
    return max(begun, key=lambda each: each.from_on, default=None)


def _fen(name: str, value: object) -> int:
    # A bool is an int to Python; true fen are nobody's meaning.
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name}: {value!r} is not a whole number from 0 on")
    return value


def _permille(name: str, value: object) -> int:
    if _fen(name, value) > 1000:
        raise ValueError(f"{name}: {value} is more than 1000 permille")
    return _fen(name, value)


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"from_on: {value!r} is not a day such as 2026-01-01") from None


def _table(
    name: str, data: Mapping[str, Any], keys: Iterable[str], read: Callable[[str, object], int]
) -> Mapping[str, int]:
    table = data[name]
    if not isinstance(table, Mapping):
        raise ValueError(f"{name}: {table!r} is not a table")
    _same_keys(name, table, keys)
    return MappingProxyType({key: read(f"{name}.{key}", table[key]) for key in keys})


def _same_keys(name: str, data: Mapping[str, Any], keys: Iterable[str]) -> None:
    wanted = set(keys)
    if missing := wanted - data.keys():
        raise ValueError(f"{name}: missing {', '.join(sorted(missing))}")
    if unknown := data.keys() - wanted:
        raise ValueError(f"{name}: unknown {', '.join(sorted(unknown))}")
