"""A town as its files tell it, checked whole before anything is planted."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from seeds.people import SeedDocument, SeedResident

FOLDER = Path(__file__).parent
TOWNS = ("jinjiang", "taiyuan")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KINDS = ("hospital", "health-centre", "station", "pharmacy", "test")
LEVELS = ("tertiary-a", "tertiary", "secondary", "primary", "unrated")
TIERS = ("province", "city", "county", "community")
ROLES = ("clerk", "doctor", "nurse", "pharmacist", "cashier", "station_worker", "institution_admin")
CITY_ROLES = ("hotline", "city_admin", "auditor")
DEVICE_KINDS = ("registration", "pharmacy", "examination", "cashier", "station", "his", "lis", "pacs", "display")

# City, hyphen, four digits. It is printed on labels and signed into codes, so it is never reused. 0001–0099: hospitals
# and health centres of Jinjiang (of Taiyuan: hospitals); from 0101: stations (of Taiyuan: health centres); from 1001:
# small ones; 9999: where vendors test.
CODE = re.compile(r"[A-Z]{2}-[0-9]{4}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")

Hours = Mapping[str, Sequence[Sequence[str]]]  # weekday -> [["08:00", "12:00"], …], the city's time


class BadTown(ValueError):
    """The files of a town do not fit together. `complaints` names each mistake and where it is."""

    def __init__(self, complaints: Sequence[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = tuple(complaints)


@dataclass(frozen=True)
class Department:
    """A department; `code` is unique within its institution."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Institution:
    """An institution; `parent` is the code of the one that leads it."""

    code: str
    name: str
    name_en: str
    kind: str
    level: str
    tier: str
    parent: str | None
    district: str
    latitude: float  # WGS 84, of the neighbourhood rather than the door
    longitude: float
    opening_hours: Hours
    departments: tuple[Department, ...]


@dataclass(frozen=True)
class Alliance:
    """A medical consortium or speciality league; `core` and `members` are codes of institutions."""

    code: str
    name: str
    name_en: str
    kind: str
    core: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class Colleague:
    """Somebody who works there; passwords are made when the town is planted. City roles have no institution."""

    key: str
    username: str
    name: str
    role: str
    institution: str | None


@dataclass(frozen=True)
class Machine:
    """A device to enrol."""

    key: str
    name: str
    kind: str
    institution: str


@dataclass(frozen=True)
class Proxy:
    """`proxy` acts for `resident` (keys of people): a guardian, or by grant."""

    resident: str
    proxy: str
    basis: str  # guardianship, grant
    relation: str  # what the proxy is to the resident
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Town:
    """A model town. `people` are the named ones of stories; `seeds.people.residents` makes the others."""

    slug: str
    city: str
    name: str
    name_en: str
    invented_region: str
    institutions: tuple[Institution, ...]
    alliances: tuple[Alliance, ...]
    staff: tuple[Colleague, ...]
    devices: tuple[Machine, ...]
    people: tuple[SeedResident, ...]
    proxies: tuple[Proxy, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Institution]:
        return {institution.code: institution for institution in self.institutions}

    @cached_property
    def districts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(institution.district for institution in self.institutions))

    def parents_first(self) -> Iterator[Institution]:
        """Every institution after the one that leads it, so that rows can refer to rows."""
        children: dict[str | None, list[Institution]] = {}
        for institution in self.institutions:
            children.setdefault(institution.parent, []).append(institution)
        waiting = list(reversed(children.get(None, [])))
        while waiting:
            institution = waiting.pop()
            yield institution
            waiting.extend(reversed(children.get(institution.code, [])))

    def person(self, key: str) -> SeedResident:
        """One of the named people. Raises KeyError."""
        return {person.key: person for person in self.people}[key]


def load_town(name: str, *, whole: bool = False) -> Town:
    """A model town; `whole` adds the small institutions that no list names (Taiyuan: 2,831 in all).

    Raises LookupError for another name, BadTown if its files do not fit together.
    """
    if name not in TOWNS:
        raise LookupError(f"no town called {name!r}; there are {', '.join(TOWNS)}")
    folder = FOLDER / name
    about = _json(folder / "town.json")
    hours, departments = _hours(), _departments()
    institutions = [_institution(row, hours, departments) for row in _csv(folder / "institutions.csv")]
    if whole:
        institutions += _small_ones(about, institutions, hours, departments)
    told = _json(folder / "people.json")
    town = Town(
        slug=name,
        city=about["city"],
        name=about["name"],
        name_en=about["name_en"],
        invented_region=about["invented_region"],
        institutions=tuple(institutions),
        alliances=tuple(_alliance(row, institutions) for row in about["alliances"]),
        staff=tuple(_colleague(row) for row in _csv(folder / "staff.csv")),
        devices=tuple(Machine(**row) for row in _csv(folder / "devices.csv")),
        people=tuple(_person(row) for row in told["people"]),
        proxies=tuple(Proxy(**row | {"scopes": tuple(row["scopes"])}) for row in told["proxies"]),
    )
    make_sure_fits(town)
    return town


def make_sure_fits(town: Town) -> None:
    """Raises BadTown with every mistake at once."""
    looks = (_codes, _words, _tree, _opening, _alliances, _posts, _people)
    complaints = [f"{town.slug}: {complaint}" for look in looks for complaint in look(town)]
    if complaints:
        raise BadTown(complaints)


# Reading


def _csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _hours() -> dict[str, Hours]:
    """Profiles of opening hours, with spans such as "mon-fri" written out."""
    return {name: _week(spans) for name, spans in _json(FOLDER / "opening_hours.json").items()}


def _week(spans: Hours) -> Hours:
    week: dict[str, Sequence[Sequence[str]]] = {}
    for days, times in spans.items():
        first, _, last = days.partition("-")
        for day in DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]:
            week[day] = times
    return week


def _departments() -> dict[str, tuple[Department, ...]]:
    profiles: dict[str, list[Department]] = {}
    for row in _csv(FOLDER / "departments.csv"):
        profiles.setdefault(row.pop("profile"), []).append(Department(**row))
    return {name: tuple(found) for name, found in profiles.items()}


def _institution(
    row: dict[str, str], hours: Mapping[str, Hours], departments: Mapping[str, tuple[Department, ...]]
) -> Institution:
    try:
        told = {
            "parent": row["parent"] or None,
            "latitude": float(row["latitude"]),
            "longitude": float(row["longitude"]),
            "opening_hours": hours[row.pop("hours")],
            "departments": departments[row["departments"]],
        }
    except (KeyError, ValueError) as wrong:
        raise BadTown([f"{row.get('code')}: {wrong}"]) from None
    return Institution(**row | told)  # type: ignore[arg-type]  # the columns are the fields


def _colleague(row: dict[str, str]) -> Colleague:
    return Colleague(row["key"], row["username"], row["name"], row["role"], row["institution"] or None)


def _alliance(row: dict[str, Any], institutions: Sequence[Institution]) -> Alliance:
    members = row["members"]
    if members == "below":
        members = _below(row["core"], institutions)
    elif members == "public":
        members = [one.code for one in institutions if one.kind in ("hospital", "health-centre")]
    return Alliance(**row | {"members": tuple(members)})


def _below(core: str, institutions: Sequence[Institution]) -> list[str]:
    """An institution and all that it leads, directly or through others."""
    led: dict[str | None, list[str]] = {}
    for one in institutions:
        led.setdefault(one.parent, []).append(one.code)
    found = dict.fromkeys([core])
    waiting = [core]
    while waiting:
        fresh = [code for code in led.pop(waiting.pop(), ()) if code not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return list(found)


def _small_ones(
    about: dict[str, Any],
    institutions: Sequence[Institution],
    hours: Mapping[str, Hours],
    departments: Mapping[str, tuple[Department, ...]],
) -> list[Institution]:
    from seeds.clinics import small_ones  # they are made of what stands above

    working = [one for one in institutions if one.kind != "test"]
    centres = [one for one in working if one.kind == "health-centre" and one.tier == "community"]
    missing = about["whole"] - len(working)
    return list(small_ones(missing, city=about["city"], centres=centres, hours=hours, departments=departments))


def _person(row: dict[str, Any]) -> SeedResident:
    born = row["birth_date"]
    return SeedResident(
        **row
        | {
            "kind": "persona",
            "birth_date": date.fromisoformat(born) if born else None,
            "documents": tuple(
                SeedDocument(one["kind"], one.get("country", "CHN"), one["number"]) for one in row["documents"]
            ),
            "registers": tuple(row.get("registers", ())),
            "guardians": tuple(row.get("guardians", ())),
        }
    )


# Checking: each looks at one side of a town and tells what is wrong there.


def _twice(found: Sequence[Any]) -> list[Any]:
    return [one for one, count in Counter(found).items() if count > 1]


def _codes(town: Town) -> Iterator[str]:
    codes = [institution.code for institution in town.institutions]
    yield from (f"{code}: code used twice" for code in _twice(codes))
    yield from (f"{name}: name used twice" for name in _twice([one.name for one in town.institutions]))
    for code in codes:
        if not CODE.fullmatch(code) or not code.startswith(town.city):
            yield f"{code}: a code is {town.city}, a hyphen and four digits"


def _words(town: Town) -> Iterator[str]:
    for one in town.institutions:
        for field, known in (("kind", KINDS), ("level", LEVELS), ("tier", TIERS)):
            if getattr(one, field) not in known:
                yield f"{one.code}: unknown {field} {getattr(one, field)!r}"
        if not (one.name and one.name_en and one.district and one.departments):
            yield f"{one.code}: name, name_en, district and departments are needed"
        if not (18 < one.latitude < 54 and 73 < one.longitude < 135):
            yield f"{one.code}: does not lie in China"
        yield from (f"{one.code}: department {code} twice" for code in _twice([d.code for d in one.departments]))


def _tree(town: Town) -> Iterator[str]:
    for one in town.institutions:
        if one.parent is not None and one.parent not in town.by_code:
            yield f"{one.code}: parent {one.parent} does not exist"
        if one.parent is None and one.kind in ("station", "pharmacy"):
            yield f"{one.code}: a {one.kind} needs a parent"
        above, seen = one.parent, {one.code}
        while above is not None and above in town.by_code and above not in seen:
            seen.add(above)
            above = town.by_code[above].parent
        if above in seen:
            yield f"{one.code}: its parents lead in a circle"


def _opening(town: Town) -> Iterator[str]:
    for one in town.institutions:
        if not any(one.opening_hours.values()):
            yield f"{one.code}: never open"
        for day, spans in one.opening_hours.items():
            times = [time for span in spans for time in span]
            if day not in DAYS or not all(_TIME.fullmatch(time) for time in times) or times != sorted(set(times)):
                yield f"{one.code}: opening hours of {day} are not spans in order"


def _alliances(town: Town) -> Iterator[str]:
    yield from (f"{code}: alliance twice" for code in _twice([one.code for one in town.alliances]))
    for one in town.alliances:
        yield from (f"{one.code}: member {code} does not exist" for code in one.members if code not in town.by_code)
        yield from (f"{one.code}: member {code} twice" for code in _twice(one.members))
        if one.core not in one.members:
            yield f"{one.code}: the core {one.core} is no member"


def _posts(town: Town) -> Iterator[str]:
    yield from (f"staff {key} twice" for key in _twice([one.key for one in town.staff]))
    yield from (f"username {name} twice" for name in _twice([one.username for one in town.staff]))
    for one in town.staff:
        if one.role not in (CITY_ROLES if one.institution is None else ROLES):
            yield f"staff {one.key}: {one.role} is no role {'of the city' if one.institution is None else 'there'}"
    for device in town.devices:
        if device.kind not in DEVICE_KINDS:
            yield f"device {device.key}: unknown kind {device.kind!r}"
    places = [(one.key, one.institution) for one in town.staff] + [(one.key, one.institution) for one in town.devices]
    for key, place in places:
        if place is not None and place not in town.by_code:
            yield f"{key}: institution {place} does not exist"


def _people(town: Town) -> Iterator[str]:
    keys: set[str] = set()
    for person in town.people:
        if person.key in keys:
            yield f"person {person.key} twice"
        yield from (
            f"{person.key}: {key} comes later or never"
            for key in (*person.guardians, person.mother)
            if key and key not in keys
        )
        keys.add(person.key)
    for proxy in town.proxies:
        yield from (f"proxy {key} is nobody" for key in (proxy.resident, proxy.proxy) if key not in keys)
    yield from (f"phone of {phone} twice" for phone in _twice([one.phone for one in town.people if one.phone]))
    yield from (f"{one.kind} of {one.country} twice" for one in _twice([d for p in town.people for d in p.documents]))
