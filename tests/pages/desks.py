"""A hospital on a Monday morning, its staff at a desk, and the answers of doors that a story wants to decide itself."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from healthcode.core import clock, ids
from healthcode.core.db import session, transaction
from healthcode.core.door import COOKIE
from healthcode.registry.institutions import service as institutions
from healthcode.trust.sessions import passwords, totp
from healthcode.trust.sessions.models import Session
from tests.conftest import settings_for
from tests.registry.people import identity_number
from tests.support.phones import new_deed
from tests.support.screens import Place, place
from tests.support.sign_in import PASSWORD, TOTP_SECRET
from tests.support.town import Person

MORNING = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)  # twenty past nine in the city, a Monday
TODAY = date(2026, 11, 23)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_orders = count(2, 2)


@contextlib.contextmanager
def monday(url: str, folder: Path) -> Iterator[Place]:
    """A town that is served on a Monday morning, whatever the machine's clock says."""
    settings = settings_for(url, folder)
    with place(replace(settings, clock_offset_seconds=int((MORNING - datetime.now(UTC)).total_seconds())), 1) as town:
        yield town


@dataclass(frozen=True)
class Patient:
    """Somebody with a document that a desk has seen."""

    id: str
    number: str
    masked: str


@dataclass
class Hospital:
    """What a story at the desk needs to be there before it."""

    place: Place

    def ask(self, method: str, path: str, body: Any = None, by: Person | None = None) -> Any:
        with self.place.inside():
            headers = self.place.town.headers(by or self.place.town.clerk) | new_deed()
            answer = self.place.app.test_client().open(f"/api/v1{path}", method=method, json=body, headers=headers)
        assert answer.status_code < 300, answer.json
        return answer.json

    def colleague(self, role: str, *where: str | None, name: str = "许志远") -> "Colleague":
        """A member of staff with a password and an authenticator, in one post or several."""
        username = f"{role.replace('_', '-')}-{next(_orders)}"
        staff_id = ids.new()
        with self.place.inside(), transaction():
            institutions.add_staff(
                staff_id=staff_id,
                username=username,
                name=name,
                password_hash=passwords.hash_of(PASSWORD, memory_kib=64),
                totp_sealed=totp.seal(TOTP_SECRET, staff_id=staff_id),
            )
            for one in where or (self.place.town.hospital,):
                institutions.give_post(staff_id, institution_id=one, role=role)
        return Colleague(staff_id, username)

    def patient(self, name: str = "王秀英", born: date = date(1949, 12, 31)) -> Patient:
        """Registered at the hospital's desk, with an identity card in hand."""
        number = identity_number(next(_orders), born)
        paper = {"kind": "resident-id", "number": number}
        said = {"name": name, "sex": "female", "birth_date": born.isoformat(), "documents": [paper]}
        made = self.ask("POST", "/residents", said)
        return Patient(made["id"], number, made["display_name"])

    def clinic(self, day: date = TODAY, **more: Any) -> dict[str, Any]:
        """A clinic on that day, all of it already released."""
        rule = {
            "kind": "clinic",
            "title": "普通门诊",
            "room": "302",
            "weekday": WEEKDAYS[day.weekday()],
            "starts": "08:00",
            "ends": "11:30",
            "slot_minutes": 30,
            "capacity": 6,
            "released_days_ahead": 14,
            "released_at": "00:00",
            "from_on": TODAY.isoformat(),
        }
        town = self.place.town
        return self.ask("POST", f"/institutions/{town.hospital}/schedules", rule | more, town.institution_admin)

    def slots(self, clinic: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", f"/slots?schedule_id={clinic['id']}&is_free=false")["items"]
        return found

    def book(self, patient: Patient, slot_id: str) -> dict[str, Any]:
        self.ask(
            "POST",
            "/document-verifications",
            {"kind": "resident-id", "number": patient.number, "step": "register"},
        )
        return self.ask("POST", f"/residents/{patient.id}/appointments", {"slot_id": slot_id})

    def appointments(self, patient: Patient) -> list[dict[str, Any]]:
        """Those that were not cancelled."""
        found = self.ask("GET", f"/residents/{patient.id}/appointments", None, self.place.town.city_admin)["items"]
        return [one for one in found if one["state"] != "cancelled"]


@dataclass
class Colleague:
    """Somebody who can sign in. Each of the authenticator's digits is good once, so each sign-in takes the next."""

    id: str
    username: str
    steps: Iterator[int] = field(default_factory=lambda: count(-1))

    def digits(self, place: Place) -> str:
        with place.inside():
            return totp.digits_at(TOTP_SECRET, clock.epoch() // totp.STEP_SECONDS + next(self.steps))


@dataclass
class DeskScreen:
    """The desk's pages in a browser at work."""

    page: Page
    place: Place

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def open(self, name: str = "") -> None:
        self.page.goto(f"{self.place.address}/desk/{name}")

    def sign_in(self, colleague: Colleague, password: str = PASSWORD) -> None:
        self.page.locator("#username").fill(colleague.username)
        self.page.locator("#password").fill(password)
        self.page.locator("#totp").fill(colleague.digits(self.place))
        self.part("sign-in-button").click()

    def remember(self, who: Person | Colleague, institution_id: str | None = None) -> None:
        """As if they had signed in before."""
        cookie = f"staff.{ids.secret(256)}"
        where = institution_id or getattr(who, "institution_id", None)
        with self.place.inside(), transaction():
            moment = clock.now()
            session().add(
                Session(
                    id=ids.new(),
                    kind="staff",
                    account_id=who.id,
                    institution_id=where,
                    created_at=moment,
                    seen_at=moment,
                    expires_at=moment + timedelta(hours=12),
                    cookie_digest=ids.digest(cookie),
                )
            )
        kept = {"name": COOKIE, "value": cookie, "url": self.place.address, "httpOnly": True, "sameSite": "Strict"}
        self.page.context.add_cookies([kept])  # type: ignore[list-item]

    def press(self, key: str) -> None:
        """As a person does: not so soon after the key before that it could be a reader's."""
        self.page.wait_for_timeout(250)
        self.page.keyboard.press(key)

    def find(self, patient: Patient) -> None:
        self.part("find-number").fill(patient.number)
        self.page.keyboard.press("Enter")
        expect(self.part("who")).to_have_text(patient.masked)

    def answers(self, path: str, answer: Callable[[Route], Any]) -> None:
        """Let a story answer for a door: a number is a status, anything else the body of a 200."""

        def fulfil(route: Route) -> None:
            told = answer(route)
            if told is None:
                route.fallback()
            elif isinstance(told, tuple):
                route.fulfill(status=told[0], json=told[1], content_type="application/problem+json")
            else:
                route.fulfill(json=told)

        self.page.route(f"**/api/v1{path}", fulfil)


@dataclass
class Room:
    """A queue as its doors answer for it, after the contract of its states."""

    desk: DeskScreen
    institution_id: str
    names: list[str]
    place: str = "302"
    others: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = ids.new()
        self.tickets = [self._ticket(number, name) for number, name in enumerate(self.names, 1)]
        self.listen()
        self.desk.answers(f"/queues/{self.id}/tickets", self._told)
        self.desk.answers(f"/queues/{self.id}/calls", self._call)
        for deed, state in (("calls", "in-progress"), ("skips", "onleave"), ("returns", "arrived")):
            self.desk.answers(f"/tickets/*/{deed}", lambda route, state=state: self._become(route, state))
        self.desk.answers("/appointments/*/completions", lambda route: self._become(route, "finished"))

    def listen(self) -> None:
        """Answer for the numbers; again, after a story has taken them away."""
        self.desk.answers(f"/institutions/{self.institution_id}/queues", lambda _route: {"items": self._queues()})

    def _ticket(self, number: int, name: str) -> dict[str, Any]:
        return {
            "id": ids.new(),
            "appointment_id": ids.new(),
            "queue_id": self.id,
            "place": self.place,
            "number": number,
            "state": "arrived",
            "priority": "urgent" if number == 1 else "usual",
            "ahead": number - 1,
            "expected_at": f"2026-11-23T{9 + number // 6:02d}:{number * 10 % 60:02d}:00+08:00",
            "called_at": None,
            "display_name": name,
        }

    def arrive(self, name: str) -> None:
        self.tickets.append(self._ticket(len(self.tickets) + 1, name))

    def _queues(self) -> list[dict[str, Any]]:
        waiting = [one for one in self.tickets if one["state"] == "arrived"]
        current = [one["number"] for one in self.tickets if one["state"] == "in-progress"]
        mine = {"id": self.id, "place": self.place, "day": TODAY.isoformat()}
        return [mine | {"waiting": len(waiting), "current": current}, *self.others]

    def _told(self, _route: Route) -> dict[str, Any]:
        self.asked.append("tickets")
        return {"items": [one for one in self.tickets if one["state"] != "finished"]}

    def _call(self, route: Route) -> Any:
        self._note(route)
        waiting = [one for one in self.tickets if one["state"] == "arrived"]
        if not waiting:
            return 409, {"type": "/problems/nobody-waits", "title": "没有人在等", "status": 409}
        first = min(waiting, key=lambda one: one["ahead"])
        first |= {"state": "in-progress", "called_at": "2026-11-23T09:20:00+08:00"}
        return first

    def _become(self, route: Route, state: str) -> Any:
        self._note(route)
        named = route.request.url.split("/")[-2]
        for one in self.tickets:
            if named in (one["id"], one["appointment_id"]):
                one["state"] = state
                return one
        return None

    def _note(self, route: Route) -> None:
        self.asked.append("/".join(route.request.url.split("/")[-3::2]))
        self.keys.append(route.request.headers["idempotency-key"])


def referral(hospital: Hospital, **more: Any) -> dict[str, Any]:
    """A referral from the station to the hospital, as its doors tell of it."""
    town = hospital.place.town
    usual = {
        "id": ids.new(),
        "resident_id": ids.new(),
        "display_name": "王*英",
        "from_institution_id": town.station,
        "to_institution_id": town.hospital,
        "direction": "up",
        "urgency": "routine",
        "reason": "血压 180/110，胸闷两天",
        "state": "requested",
        "is_virtual": False,
        "answers_id": None,
        "appointment": None,
        "decided_reason": None,
        "created_at": "2026-11-23T08:10:00+08:00",
        "changed_at": "2026-11-23T08:10:00+08:00",
    }
    return usual | more


def body_of(route: Route) -> Any:
    return json.loads(route.request.post_data or "null")
