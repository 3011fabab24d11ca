"""A day out, from the phone to the doctor's door: every page that takes part, and nothing in between that answers for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from healthcode.core import outbox
from tests.care.conftest import Clinic
from tests.pages.booking import at_the_booking, carrying, my_page
from tests.pages.conftest import PhoneOf, ScannerOf
from tests.pages.desks import DeskScreen, Hospital, monday
from tests.pages.test_look import everywhere
from tests.support.databases import copied, temporary
from tests.support.screens import DESK, Place, context_for


@pytest.fixture(params=["sqlite", "postgresql"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hospital]:
    """A hospital on a Monday morning, on either database."""
    if request.param == "sqlite":
        url = f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), tmp_path / 'town.db')}"
        with monday(url, tmp_path / "var") as town:
            yield Hospital(town)
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with temporary(server, template) as url, monday(url, tmp_path / "var") as town:
        yield Hospital(town)


def test_booked_on_the_phone_offered_an_earlier_place_checked_in_called_and_seen(
    there: Hospital,
    browser: Browser,
    phone_of: PhoneOf,
    scanner_of: ScannerOf,
    wall_of: Callable[..., Page],
    watched: Callable[[BrowserContext, Place], BrowserContext],
) -> None:
    street = there.place
    rule = there.clinic(title="内科", room="312", starts="10:00", ends="10:30", capacity=1)
    with street.inside():
        clinic = Clinic(street.app.test_client(), street.town, rule["id"])
        today, in_a_week = clinic.free()[:2]
    person, earlier = street.newcomer(), street.newcomer("郭先到")
    with street.inside():
        booked = clinic.book(earlier, today["id"]).json

    # On the phone: today is full, so next Monday is booked, and today waited for.
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "内科")
    expect(phone.part("day").first).to_contain_text("满")
    phone.part("day").nth(1).click()
    phone.part("time").first.click()
    phone.part("yes").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("约好了")
    at_the_booking(street, phone, "内科")
    phone.part("day").first.click()
    phone.part("wait").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("已经候补")

    # Somebody else cannot come: the place is offered, and taken.
    with street.inside():
        clinic.act(booked, "cancellations", earlier)
    first = my_page(street, phone)
    expect(first).to_contain_text("有号了")
    phone.part("take").click()
    expect(phone.part("said")).to_contain_text("约好了：今天 10:00，内科")
    with street.inside():
        states = {one["slot_id"]: one["state"] for one in clinic.of(person)}
    assert states == {today["id"]: "booked", in_a_week["id"]: "booked"}

    # At the door.
    phone.open()
    phone.shows(person)
    expect(phone.part("next")).to_contain_text("10:00")
    wall, scanner = wall_of(street), scanner_of(street)
    scanner.step("check-in")
    known = scanner.paste(phone.code())
    assert (known.kind, known.tone) == ("known", "done")
    expect(scanner.part("agenda")).to_have_text("10:00 内科，312")
    scanner.part("check-in-button").click()
    expect(scanner.part("number")).to_have_text("您的号：1")

    # Called at the doctor's desk: the wall and the phone say so.
    my_page(street, phone)
    expect(phone.part("number")).to_contain_text("1")
    context = watched(context_for(browser, street.address, viewport=DESK), street)
    desk = DeskScreen(context.new_page(), street)
    desk.remember(there.colleague("doctor"), street.town.hospital)
    desk.open("day")
    expect(desk.part("waiting-count")).to_have_text("1")
    desk.press("Enter")
    expect(desk.part("now-number")).to_have_text("1")
    expect(wall.get_by_test_id("call-number")).to_have_text("1")
    expect(wall.get_by_test_id("call-name")).to_have_text("陈*玲")
    with street.inside():
        outbox.deliver()
    my_page(street, phone)
    assert everywhere(phone.page) == []
    expect(phone.part("stands")).to_have_attribute("data-state", "in-progress")
    expect(phone.part("notices")).to_contain_text("312")

    desk.part("done").click()
    expect(desk.part("now-number")).to_have_text("—")
    my_page(street, phone)
    expect(phone.part("first")).to_contain_text("10:00")
    phone.part("past-open").click()
    expect(phone.part("past")).to_contain_text("已就诊")
    with street.inside():
        states = {one["slot_id"]: one["state"] for one in clinic.of(person)}
    assert states[today["id"]] == "fulfilled"
