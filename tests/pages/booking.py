"""What stories about appointments on the phone begin with: a clinic, a phone, and the page that is spoken of."""

import json
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from healthcode.care.appointments import schemas, service
from healthcode.core.db import transaction
from tests.care.conftest import Clinic
from tests.pages.conftest import PhoneOf
from tests.support.screens import PhoneScreen, Place
from tests.support.town import Person


def clinic(street: Place, title: str, **more: Any) -> Clinic:
    """A clinic of this name at the hospital, tomorrow at 14:00 and 14:30, one place each."""
    with street.inside():
        return Clinic(street.app.test_client(), street.town).begin(title=title, **more)


def with_full_ones(street: Place, page: Page | BrowserContext) -> None:
    """Where the door tells only free slots, the full ones and those to come are told as its service knows them."""

    def told(route: Route) -> None:
        answer = route.fetch()
        if answer.status != 422:
            route.fulfill(response=answer)
            return
        asked = {name: values[0] for name, values in parse_qs(urlparse(route.request.url).query).items()}
        days = {name: date.fromisoformat(asked[name]) for name in ("from_on", "until_on")}
        with street.inside(), transaction("read"):
            found = service.find_slots(schedule_id=asked["schedule_id"], is_free=False, limit=100, **days)
            body = schemas.SlotsPageOut().dump({"items": found.items, "next": found.next})
        route.fulfill(json=json.loads(json.dumps(body, default=str)))

    page.route("**/api/v1/slots?*is_free=false*", told)


def at_the_booking(street: Place, phone: PhoneScreen, title: str) -> None:
    """From the first question to the days of this clinic."""
    with_full_ones(street, phone.page)
    phone.page.goto(f"{street.address}/portal/book")
    phone.part("wanted").fill("晋江市医院")
    phone.part("search").click()
    phone.part("institution").filter(has_text="晋江市医院").first.click()
    phone.part("clinic").filter(has_text=title).click()
    expect(phone.part("day").first).to_be_visible()


def carrying(phone_of: PhoneOf, street: Place, person: Person, **more: Any) -> PhoneScreen:
    """This person's phone, on no page yet."""
    phone = phone_of(street, **more)
    phone.remember(person)
    return phone


def my_page(street: Place, phone: PhoneScreen) -> Locator:
    phone.page.goto(f"{street.address}/portal/appointments")
    shown = phone.page.locator("#shown")
    expect(shown).to_be_visible()
    return phone.part("first")
