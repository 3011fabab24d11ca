"""What stories about appointments on the phone begin with: a clinic, a phone, and the page that is spoken of."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import Locator, expect

from healthcode.core import clock
from tests.care.conftest import Clinic
from tests.pages.conftest import PhoneOf
from tests.support.phones import new_deed
from tests.support.screens import PhoneScreen, Place
from tests.support.town import Person


def clinic(street: Place, title: str, **more: Any) -> Clinic:
    """A clinic of this name at the hospital, tomorrow at 14:00 and 14:30, one place each."""
    with street.inside():
        return Clinic(street.app.test_client(), street.town).begin(title=title, **more)


def at_the_booking(street: Place, phone: PhoneScreen, title: str) -> None:
    """From the first question to the days of this clinic."""
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


def grant(street: Place, owner: Person, proxy: Person, scopes: list[str]) -> None:
    """The owner gives these rights for a year, and the other one agrees."""
    with street.inside():
        until = (clock.now() + timedelta(days=365)).isoformat()
        wanted = {"phone": proxy.phone, "relation": "child", "scopes": scopes, "until": until}
        client, headers = street.app.test_client(), street.town.headers
        made = client.post(f"/api/v1/residents/{owner.id}/grants", json=wanted, headers=headers(owner) | new_deed())
        assert made.status_code == 201, made.json
        agreed = client.post(f"/api/v1/grants/{made.json['id']}/acceptances", headers=headers(proxy))
        assert agreed.status_code in (200, 201), agreed.json
