"""A hospital with clinics, and people who want to go there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from healthcode.core import clock as city_clock
from healthcode.core.db import session, transaction
from healthcode.registry.residents.models import Resident
from tests.support.phones import new_deed
from tests.support.town import Person, Town

A = "/api/v1"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Clinic:
    """What people ask of the hospital's clinics, by the doors they use."""

    client: FlaskClient
    town: Town
    schedule_id: str = ""
    slots: list[dict[str, Any]] = field(default_factory=list)

    def begin(self, **more: Any) -> "Clinic":
        """A clinic tomorrow from 14:00, two slots of half an hour with one place each, already released."""
        tomorrow = city_clock.today() + timedelta(days=1)
        rule = {
            "kind": "clinic",
            "title": "内科",
            "weekday": WEEKDAYS[tomorrow.weekday()],
            "starts": "14:00",
            "ends": "15:00",
            "slot_minutes": 30,
            "capacity": 1,
            "released_days_ahead": 1,
            "released_at": "00:00",
            "from_on": tomorrow.isoformat(),
        }
        made = self.client.post(
            f"{A}/institutions/{self.town.hospital}/schedules",
            json=rule | more,
            headers=self.town.headers(self.town.institution_admin) | new_deed(),
        )
        assert made.status_code == 201, made.json
        clinic = Clinic(self.client, self.town, made.json["id"])
        clinic.slots = clinic.free()
        return clinic

    def free(self, **asked: Any) -> list[dict[str, Any]]:
        found = self.client.get(f"{A}/slots", query_string={"schedule_id": self.schedule_id} | asked)
        assert found.status_code == 200, found.json
        items: list[dict[str, Any]] = found.json["items"]
        return items

    def book(self, person: Person, slot: int | str = 0, *, by: Person | None = None, **more: Any) -> TestResponse:
        body = {"slot_id": self.slots[slot]["id"] if isinstance(slot, int) else slot} | more
        return self.ask(f"residents/{person.id}/appointments", body, by or person)

    def wait(self, person: Person, slot: int = 0) -> TestResponse:
        return self.ask(f"residents/{person.id}/waitings", {"slot_id": self.slots[slot]["id"]}, person)

    def act(self, appointment: dict[str, Any], deed: str, by: Person, body: Any = None) -> TestResponse:
        wants_body = deed == "cancellations" and body is None
        return self.ask(f"appointments/{appointment['id']}/{deed}", {} if wants_body else body, by)

    def ask(self, path: str, body: Any, by: Person) -> TestResponse:
        return self.client.post(f"{A}/{path}", json=body, headers=self.town.headers(by) | new_deed())

    def of(self, person: Person) -> list[dict[str, Any]]:
        answer = self.client.get(f"{A}/residents/{person.id}/appointments", headers=self.town.headers(person))
        items: list[dict[str, Any]] = answer.json["items"]
        return items


@pytest.fixture
def hospital(client: FlaskClient, town: Town) -> Clinic:
    return Clinic(client, town)


@pytest.fixture
def clinic(hospital: Clinic) -> Clinic:
    return hospital.begin()


@pytest.fixture
def proved(town: Town) -> Callable[[Person], None]:
    def prove(person: Person) -> None:
        with transaction():
            session().get_one(Resident, person.id).identity = "proved"

    return prove
