"""A served town, a Chromium for phones and another one for scanners, and an eye on all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.conftest import settings_for
from tests.pages.desks import DeskScreen, Hospital, monday
from tests.support.chromium import NoChromium, chromium, film
from tests.support.databases import copied, missing, temporary
from tests.support.screens import DESK, PhoneScreen, Place, ScannerScreen, Watch, context_for, place

expect.set_options(timeout=15_000)

PhoneOf = Callable[..., PhoneScreen]
ScannerOf = Callable[..., ScannerScreen]
DeskOf = Callable[..., DeskScreen]


@pytest.fixture(scope="session")
def street(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One town for all stories of a worker; each brings residents and scanners of its own."""
    folder = tmp_path_factory.mktemp("street")
    url = f"sqlite:///{copied(sqlite_template, folder / 'town.db')}"
    with place(settings_for(url, folder / "var"), processes=1) as town:
        yield town


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A town on either database, whose time may be moved; with PostgreSQL it is served by two processes."""
    folder = tmp_path_factory.mktemp("city")
    if request.param == "sqlite":
        url = f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), folder / 'city.db')}"
        with place(settings_for(url, folder / "var"), processes=1) as town:
            yield town
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with temporary(server, template) as url, place(settings_for(url, folder / "var")) as town:
        yield town


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film that the scanners' camera shows: blank, until a test writes another one here."""
    return film(tmp_path_factory.mktemp("camera") / "film.mjpeg", [Image.new("RGB", (440, 440), "white")])


@pytest.fixture(scope="session")
def desk(camera: Path) -> Iterator[Browser]:
    """The scanners' browser: a program of its own, not the phones'."""
    try:
        with chromium(camera=camera) as running:
            yield running
    except NoChromium as why:
        missing(str(why))


@pytest.fixture
def watched() -> Iterator[Callable[[BrowserContext, Place], BrowserContext]]:
    """Watch a context to the end of the test, then close it: nothing may have gone where it should not."""
    watches: list[Watch] = []

    def watch(context: BrowserContext, where: Place) -> BrowserContext:
        watches.append(Watch(context, where.address))
        return context

    yield watch
    for one in watches:
        one.context.close()
    assert [complaint for one in watches for complaint in one.complaints] == []


@pytest.fixture
def phone_of(browser: Browser, watched: Callable[[BrowserContext, Place], BrowserContext]) -> PhoneOf:
    """`phone_of(town)` is a phone on which nobody is signed in; `phone_of(town, person)` shows this person's code."""

    def take(where: Place, person: Any = None, **more: Any) -> PhoneScreen:
        context = watched(context_for(browser, where.address, has_touch=True, **more), where)
        phone = PhoneScreen(context.new_page(), where)
        if person is not None:
            phone.remember(person)
            phone.open()
            phone.shows(person)
        return phone

    return take


@pytest.fixture
def scanner_of(desk: Browser, watched: Callable[[BrowserContext, Place], BrowserContext]) -> ScannerOf:
    """`scanner_of(town)` is a scanner at work at the hospital, or at the institution that is named."""

    def take(where: Place, institution_id: str | None = None, **more: Any) -> ScannerScreen:
        context = watched(context_for(desk, where.address, **more), where)
        scanner = ScannerScreen(context.new_page(), where)
        scanner.enrol(institution_id)
        return scanner

    return take


@pytest.fixture(scope="session")
def hospital(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    """A hospital on a Monday morning at twenty past nine."""
    folder = tmp_path_factory.mktemp("monday")
    with monday(f"sqlite:///{copied(sqlite_template, folder / 'town.db')}", folder / "var") as town:
        yield Hospital(town)


@pytest.fixture
def desk_of(browser: Browser, watched: Callable[[BrowserContext, Place], BrowserContext], hospital: Hospital) -> DeskOf:
    """`desk_of()` is a browser at which nobody is signed in; `desk_of(somebody, institution_id)` is at work as them."""

    def take(who: Any = None, institution_id: str | None = None, **more: Any) -> DeskScreen:
        usual: dict[str, Any] = {"viewport": DESK}
        context = watched(context_for(browser, hospital.place.address, **usual | more), hospital.place)
        desk = DeskScreen(context.new_page(), hospital.place)
        if who is not None:
            desk.remember(who, institution_id)
        return desk

    return take


@pytest.fixture
def wall_of(desk: Browser, watched: Callable[[BrowserContext, Place], BrowserContext]) -> Callable[..., Page]:
    """`wall_of(town)` is a wall that hangs in the hospital and is connected."""

    def hang(where: Place, **more: Any) -> Page:
        context = watched(context_for(desk, where.address, **{"viewport": DESK} | more), where)
        page = context.new_page()
        page.goto(f"{where.address}/wall/")
        page.locator("#enrolment-code").fill(where.invitation(kind="display"))
        page.get_by_test_id("enrol-button").click()
        expect(page.get_by_test_id("line")).to_have_attribute("data-line", "online")
        return page

    return hang
