"""What stories about bills begin with: a bill, a channel whose answers the story decides, and somebody at the till."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, Route, expect

from healthcode.core import ids
from tests.pages.conftest import DeskOf
from tests.pages.desks import DeskScreen, Hospital, Patient
from tests.support.bills import draft, issued_bill
from tests.support.screens import PhoneScreen, Place
from tests.support.town import Person


@dataclass
class Till:
    """The doors of payments as a channel's answers would move them: what a phone asks for, and what becomes of it."""

    page: Page
    due: int
    payments: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.route("**/api/v1/bills/*/payments", self._of_bill)
        self.page.route("**/api/v1/payments/*", lambda route: route.fulfill(json=self.payments[-1]))
        self.page.route(
            "**/api/v1/payments/*/cancellations", lambda route: route.fulfill(json=self.becomes("cancelled"))
        )

    def _of_bill(self, route: Route) -> None:
        if route.request.method == "GET":
            route.fulfill(json={"items": self.payments[::-1]})
            return
        key = route.request.headers["idempotency-key"]
        alive = [one for one in self.payments if one["state"] in ("requires-payment", "processing")]
        if alive and key not in self.keys:
            told = {"type": "/problems/payment-under-way", "title": "正在支付", "status": 409}
            route.fulfill(
                status=409, json=told | {"payment_id": alive[0]["id"]}, content_type="application/problem+json"
            )
            return
        self.keys.append(key)
        route.fulfill(status=201, json=alive[0] if alive else self.begin(route.request.post_data_json["channel"]))

    def begin(self, channel: str = "sandbox") -> dict[str, Any]:
        self.payments.append(
            {
                "id": ids.new(),
                "bill_id": ids.new(),
                "state": "requires-payment",
                "channel": channel,
                "number": f"P{len(self.payments)}",
                "amount_fen": self.due,
                "refunded_fen": 0,
                "code_url": None,
                "why": None,
                "created_at": "2026-11-23T09:20:00+08:00",
                "expires_at": "2026-11-23T09:35:00+08:00",
                "changed_at": "2026-11-23T09:20:00+08:00",
                "refunds": [],
            }
        )
        return self.payments[-1]

    def becomes(self, state: str, **more: Any) -> dict[str, Any]:
        self.payments[-1] |= {"state": state, "code_url": None} | more
        return self.payments[-1]

    def opens(self) -> None:
        """The channel says where to pay."""
        self.becomes("processing", code_url="https://pay.example.test/q/Ab3?bill=1")


def a_bill(street: Place, person: Person, **items: int) -> str:
    with street.inside():
        return issued_bill(person, street.town.hospital, **items)


def my_bills(street: Place, phone: PhoneScreen) -> None:
    phone.page.goto(f"{street.address}/portal/bills")
    expect(phone.part("bills")).to_be_visible()


def at_the_till(hospital: Hospital, desk_of: DeskOf, **more: Any) -> tuple[DeskScreen, Patient]:
    with hospital.place.inside():
        draft(hospital.place.town.wang, hospital.place.town.hospital)  # brings the catalogue with it
    patient = hospital.patient()
    desk = desk_of(hospital.colleague("clerk"), hospital.place.town.hospital, **more)
    desk.open("bills")
    desk.find(patient)
    return desk, patient


def add(desk: DeskScreen, code: str, count: int = 1) -> None:
    desk.part("add-text").fill(code)
    desk.part("add-count").fill(str(count))
    desk.part("add-text").press("Enter")
    expect(desk.part("found-item").filter(has_text=code)).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.part("said")).to_contain_text(code)
    expect(desk.part("add-text")).to_be_focused()
