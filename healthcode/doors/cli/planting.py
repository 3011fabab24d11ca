"""Planting a model town: its institutions, the people who work there, its residents, and the way in."""

import json
import secrets as random
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from flask import current_app
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config import Settings
from healthcode.care.appointments import service as appointments
from healthcode.care.bills import service as bills
from healthcode.care.reports import service as reports
from healthcode.core import clock, ids
from healthcode.core.caller import by_itself
from healthcode.core.db import transaction
from healthcode.registry.devices import service as devices
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.trust.family import service as family
from healthcode.trust.sessions import service as sessions
from seeds import Machine, SeedDocument, SeedResident, Town, catalogue, insurance_rules, load_town, observation_codes
from seeds import residents as strangers

LOGINS = "logins.json"
RUNS = ".venv/bin/python -m healthcode"  # as `make run` does
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
PRICES_FROM = date(2025, 1, 1)
GRANTED_FOR = timedelta(days=3 * 365)
MOTHERS = 100_000  # as far back as a newborn's mother is looked for
SYSTEM = "00000000-0000-7000-8000-000000000000"  # who vouches for documents that were planted


@dataclass(frozen=True)
class Login:
    """How a member of the model town's staff signs in."""

    username: str
    password: str
    totp: str
    role: str


def plant_unless_there(name: str, count: int) -> None:
    """Plant the town into an empty database; leave any other as it is."""
    with transaction("read"):
        is_planted = institutions.are_there()
    if not is_planted:
        plant(name, count, whole=False)


def plant(name: str, count: int, *, whole: bool) -> None:
    """Plant a town with `count` residents beside the named ones, in one transaction, with a bar to watch."""
    town = load_town(name, whole=whole)
    settings: Settings = current_app.config["SETTINGS"]
    with _bar(town.name_en) as progress, transaction():
        places = _institutions(town)
        bills.load_items(catalogue(), from_on=PRICES_FROM)
        bills.load_rules(insurance_rules())
        reports.load_codes(observation_codes())
        logins = _staff(town, places, settings)
        bar = progress.add_task("residents", total=count + len(town.people))
        people: dict[str, str] = {}
        residents.load(
            _newcomers(chain(town.people, strangers(count, town=town)), people),
            seen_by=SYSTEM,
            told=lambda come: progress.update(bar, completed=come),
        )
        _family(town, people)
        _clinics(load_town(name), places)  # the small ones that no list names keep no clinics
    _keep(settings.folder / LOGINS, logins)


def _newcomers(people: Iterable[SeedResident], rows: dict[str, str]) -> Iterator[residents.Newcomer]:
    """Everybody with a row id; `rows` collects the ids of the named ones."""
    mothers: OrderedDict[str, SeedDocument] = OrderedDict()
    for person in people:
        row_id = ids.new()
        if person.kind == "persona":
            rows[person.key] = row_id
        if person.sex == "female" and person.documents:
            mothers[person.key] = person.documents[0]
            if len(mothers) > MOTHERS:
                mothers.popitem(last=False)
        yield residents.newcomer(
            row_id=row_id,
            name=person.name,
            sex=person.sex,
            birth_date=person.birth_date,
            phone=person.phone,
            district=person.district,
            coverage=person.coverage,
            registers=json.dumps(person.registers) if person.registers else None,
            identity=_identity(person),
            documents=person.documents,
            mother=mothers.get(person.mother) if person.mother else None,
            birth_order=person.birth_order,
        )


def _identity(person: SeedResident) -> str:
    return "temporary" if person.birth_date is None else "proved" if person.documents or person.mother else "declared"


def _institutions(town: Town) -> dict[str, str]:
    """The id of each institution by its code."""
    places: dict[str, str] = {}
    for one in town.parents_first():
        row = institutions.open_institution(
            code=one.code,
            name=one.name,
            name_en=one.name_en,
            kind=one.kind,
            level=one.level,
            district=one.district,
            parent_id=places[one.parent] if one.parent else None,
            latitude=one.latitude,
            longitude=one.longitude,
            opening_hours={day: [list(span) for span in spans] for day, spans in one.opening_hours.items()},
        )
        places[one.code] = row.id
        for department in one.departments:
            institutions.add_department(row.id, code=department.code, name=department.name, name_en=department.name_en)
    for alliance in town.alliances:
        institutions.found_alliance(
            code=alliance.code,
            name=alliance.name,
            kind=alliance.kind,
            core_id=places[alliance.core],
            member_ids=[places[member] for member in alliance.members],
        )
    return places


def _staff(town: Town, places: Mapping[str, str], settings: Settings) -> list[Login]:
    logins = []
    for colleague in town.staff:
        password = random.token_urlsafe(9)
        account = sessions.new_staff_account(password, memory_kib=settings.argon2_memory_kib)
        institutions.add_staff(
            staff_id=account.staff_id,
            username=colleague.username,
            name=colleague.name,
            password_hash=account.password_hash,
            totp_sealed=account.totp_sealed,
        )
        place = places[colleague.institution] if colleague.institution else None
        institutions.give_post(account.staff_id, institution_id=place, role=colleague.role)
        logins.append(Login(colleague.username, password, account.totp_secret, colleague.role))
    return logins


def _family(town: Town, people: Mapping[str, str]) -> None:
    born = {person.key: person.birth_date for person in town.people}
    for proxy in town.proxies:
        child = born[proxy.resident] if proxy.basis == "guardianship" else None
        family.record_planted(
            by_itself("seed"),
            until=clock.start_of(clock.turns(child, family.OF_AGE)) if child else clock.now() + GRANTED_FOR,
            resident_id=people[proxy.resident],
            proxy_id=people[proxy.proxy],
            basis=proxy.basis,
            relation=proxy.relation,
            scopes=proxy.scopes,
        )


def _clinics(town: Town, places: Mapping[str, str]) -> None:
    """A living week: mornings everywhere, experts at the hospitals on two afternoons, with places kept for referrals, and
    consultations on the line on a third; visitors at the stations once a week."""
    for one in town.institutions:
        place = places[one.code]
        if one.kind in ("hospital", "health-centre", "station"):
            _weekly(
                place, WORKDAYS, kind="clinic", title="普通门诊", starts="08:00", ends="11:30", minutes=30, capacity=6
            )
        if one.kind == "hospital":
            expert = {"kind": "expert", "title": "专家门诊", "room": "3 楼 312 室", "starts": "14:30", "ends": "17:00"}
            _weekly(
                place,
                ("tue", "thu"),
                **expert,
                minutes=10,
                capacity=1,
                ahead=7,
                kept_for_referrals=3,
                kept_until_hours=24,
            )
            _weekly(
                place, ("wed",), kind="virtual", title="远程会诊", starts="15:00", ends="17:00", minutes=20, capacity=1
            )
        if one.kind == "station":
            team = {"kind": "team", "title": "巡回医疗队", "starts": "14:30", "ends": "16:30"}
            _weekly(place, ("fri",), **team, minutes=20, capacity=2, ahead=7)


def _weekly(place: str, days: Sequence[str], *, minutes: int, ahead: int = 3, **more: Any) -> None:
    for day in days:
        rule = appointments.WeeklyRule(
            weekday=day,
            slot_minutes=minutes,
            released_days_ahead=ahead,
            released_at="07:00",
            from_on=clock.today(),
            **more,
        )
        appointments.add_schedule(by_itself("seed"), institution_id=place, rule=rule)


def _keep(file: Path, logins: Sequence[Login]) -> None:
    """Passwords of invented people, for whoever tries the town out; readable by its owner alone."""
    file.touch(mode=0o600)
    file.write_text(json.dumps([vars(login) for login in logins], ensure_ascii=False, indent=1))


def logins(settings: Settings) -> list[Login]:
    """How the planted staff signs in; nobody, where nothing was planted."""
    file = settings.folder / LOGINS
    return [Login(**one) for one in json.loads(file.read_text())] if file.exists() else []


def way_in(address: str) -> str:
    """What to open, who to be, and fresh codes to enrol two scanners and a wall with."""
    town = load_town("jinjiang")
    with transaction():
        codes = {
            key: [(one.name, _invite(one.kind, one.institution, one.name)) for one in _machines(town, keys)]
            for key, keys in _MACHINES.items()
        }
    people = [(person.name, person.phone.removeprefix("+86")) for person in town.people if person.phone][:2]
    doctor = next(one for one in town.staff if one.role == "doctor")
    settings: Settings = current_app.config["SETTINGS"]
    lines = [
        "",
        f"  {settings.city_name_zh} · {settings.city_name_en}    {address}/",
        "",
        f"  A resident's phone    {address}/portal/",
        *(f"      {name}  {phone}" for name, phone in people),
        f"      the one-time password appears at {address}/dev/messages",
        "",
        f"  A scanner             {address}/scanner/",
        *(f"      {code}  {name}" for name, code in codes["scanners"]),
        "",
        f"  The wall that calls   {address}/wall/",
        *(f"      {code}  {name}" for name, code in codes["walls"]),
        "",
        f"  The desk              {address}/desk/",
        f"      {doctor.username}  {doctor.name}, a doctor; passwords stand in {settings.folder / LOGINS}",
        f"      the six digits: {RUNS} digits {doctor.username}",
        "",
        f"  The API               {address}/api/v1/openapi.json",
        "",
        "  Ctrl-C ends it; everything is kept in the folder above.",
        "",
    ]
    return "\n".join(lines)


_MACHINES = {"scanners": ("hospital-scanner", "station-scanner"), "walls": ("hospital-wall",)}


def _machines(town: Town, keys: Sequence[str]) -> list[Machine]:
    return [machine for machine in town.devices if machine.key in keys]


def _invite(kind: str, code: str, name: str) -> str:
    place = institutions.coded(code)
    return devices.invite(by_itself("run"), kind=kind, names=[name], institution_id=place.id)[0].enrolment_code


def _bar(title: str) -> Progress:
    columns = (TextColumn(f"{title}: {{task.description}}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns)
