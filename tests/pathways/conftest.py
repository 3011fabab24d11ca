"""Two sides of a referral: a doctor at the station, the hospital that receives, and the doors they use."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from healthcode.core import clock as city_clock
from healthcode.core import ids, outbox
from healthcode.core.db import transaction
from healthcode.registry.institutions import service as institutions
from tests.care.conftest import Clinic
from tests.registry.people import open_visit
from tests.support.phones import new_deed
from tests.support.town import Person, Town, bearer

A = "/api/v1"


@dataclass
class Ways:
    """What both sides and the resident do, by the doors they use."""

    client: FlaskClient
    town: Town
    village_doctor: Person  # at the station

    def ask(self, path: str, by: Person, body: Any = None) -> TestResponse:
        city_clock.advance(seconds=1)  # what is done later is later
        return self.client.post(f"{A}/{path}", json=body, headers=self.town.headers(by) | new_deed())

    def see(self, path: str, by: Person, **asked: Any) -> TestResponse:
        return self.client.get(f"{A}/{path}", query_string=asked, headers=self.town.headers(by))

    def refer(self, by: Person | None = None, to: str | None = None, of: Person | None = None, **more: Any) -> Any:
        """Ask a referral of somebody who is there: upwards from the station, if nothing else is said."""
        by, of = by or self.village_doctor, of or self.town.wang
        open_visit(of.id, str(by.institution_id))
        wanted = {"to_institution_id": to or self.town.hospital, "urgency": "routine", "reason": "血压控制不佳"}
        return self.ask(f"residents/{of.id}/referrals", by, wanted | more)

    def referred(self, **more: Any) -> dict[str, Any]:
        made = self.refer(**more)
        assert made.status_code == 201, made.json
        body: dict[str, Any] = made.json
        return body

    def act(self, referral: dict[str, Any], deed: str, by: Person, **body: Any) -> TestResponse:
        return self.ask(f"referrals/{referral['id']}/{deed}", by, None if deed == "acceptances" else body)

    def state(self, referral: dict[str, Any]) -> str:
        """As the resident sees it, once everything was heard."""
        city_clock.advance(seconds=1)
        outbox.deliver()
        shown = self.see(f"referrals/{referral['id']}", self.town.wang).json
        state: str = shown["state"]
        return state

    def history(self, referral: dict[str, Any], by: Person | None = None) -> list[str]:
        steps = self.see(f"referrals/{referral['id']}/changes", by or self.town.wang).json["items"]
        return [step["state"] for step in steps]

    def work(self, by: Person, side: str = "in", **asked: Any) -> list[dict[str, Any]]:
        found = self.see(f"institutions/{by.institution_id}/referrals", by, side=side, **asked)
        assert found.status_code == 200, found.json
        items: list[dict[str, Any]] = found.json["items"]
        return items

    def later(self, **by: float) -> None:
        """Time goes by, and everybody signs in anew."""
        city_clock.advance(**by)
        self.sign_in_again()

    def sign_in_again(self) -> None:
        self.town._headers.clear()
        for scanner in (self.town.hospital_scanner, self.town.station_scanner, self.town.far_scanner):
            scanner.headers = bearer(self.town.app, "device", scanner.device_id)

    def clinic(self, **more: Any) -> Clinic:
        """The hospital's clinic of tomorrow afternoon."""
        return Clinic(self.client, self.town).begin(**more)

    def on_the_day(self) -> None:
        """It is half past one in the afternoon of the clinic's day."""
        tomorrow = city_clock.today() + timedelta(days=1)
        city_clock.freeze(city_clock.start_of(tomorrow) + timedelta(hours=13, minutes=30))
        self.sign_in_again()


def at_work(town: Town, username: str, institution_id: str, role: str) -> Person:
    """Somebody new with a post."""
    with transaction():
        member = institutions.add_staff(
            staff_id=ids.new(), username=username, name=username, password_hash="-", totp_sealed=b"-"
        )
        institutions.give_post(member.id, institution_id=institution_id, role=role)
    return Person(member.id, username, kind="staff", institution_id=institution_id)


@pytest.fixture
def ways(client: FlaskClient, town: Town) -> Ways:
    return Ways(client, town, at_work(town, "village-doctor", town.station, "doctor"))


def kind(answer: TestResponse) -> str:
    """The problem's name, or the state that was reached."""
    body: dict[str, Any] = answer.json or {}
    return str(body.get("type", "")).rpartition("/")[2] or str(body["state"])
