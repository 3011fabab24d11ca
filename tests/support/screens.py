"""A served town, and the two pages of it as people use them: a phone's screen, a scanner's screen.

Whatever a story does with them, every browser is watched: a request to anywhere else, a breach of the content policy or
a script that failed is a complaint.
"""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from itertools import count
from typing import Any

import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from config import Settings
from healthcode import create_app
from healthcode.assembly import equip
from healthcode.care.appointments.models import DAYS, Appointment, Schedule, Slot
from healthcode.core import clock, ids
from healthcode.core.db import db, session, transaction
from healthcode.core.door import COOKIE
from healthcode.registry.residents.service import index_of_phone
from healthcode.trust.codes.models import Verification
from healthcode.trust.sessions.models import Session
from tests.support.chromium import PHONE
from tests.support.phones import new_deed
from tests.support.servers import Served, served
from tests.support.town import Person, Town, _resident, found_town

DESK = {"width": 1280, "height": 800}
PATIENCE = 15_000  # ms; two browsers, a server and a database share the machine with another worker's
JUDGED = re.compile("known|offline|refused")
_POLICY = (
    "window.breaches = []; addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.blockedURI));"
)


@dataclass
class Place:
    """A town that is served, seen from the street: its address, and what a story needs of it from inside."""

    app: Flask
    town: Town
    settings: Settings
    processes: int
    running: Served
    open_now: contextlib.ExitStack
    _numbers: Iterator[int] = field(default_factory=lambda: count(100))

    @property
    def address(self) -> str:
        return self.running.address

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """This town's own clock and keys, in a process in which other towns come and go."""
        clock.thaw()
        equip(self.settings)
        with self.app.app_context():
            yield

    def newcomer(self, name: str = "陈美玲", born: date = date(1958, 4, 2)) -> Person:
        """One more resident, with a phone number of their own."""
        with self.inside(), transaction():
            return _resident(name, "female", born, f"+86138000{next(self._numbers):05d}", identity="proved")

    def invitation(self, institution_id: str | None = None, kind: str = "registration") -> str:
        """An enrolment code for one more scanner or wall, at the hospital unless told otherwise."""
        wanted = {"kind": kind, "name": "窗口", "institution_id": institution_id or self.town.hospital}
        with self.inside():
            headers = self.town.headers(self.town.city_admin) | new_deed()
            answer = self.app.test_client().post("/api/v1/devices", json=wanted, headers=headers)
        assert answer.status_code == 201, answer.json
        return str(answer.json["enrolment_code"])

    def booked(self, person: Person, at: time = time(14, 30), title: str = "内科", room: str | None = "312 室") -> str:
        """An appointment at the hospital today, whatever the hour is now; returns its id."""
        with self.inside(), transaction():
            day = clock.today()
            starts_at = clock.moment(day, at)
            schedule = Schedule(
                id=ids.new(), institution_id=self.town.hospital, kind="clinic", title=title, room=room,
                weekday=DAYS[day.weekday()], starts="08:00", ends="18:00", slot_minutes=30, capacity=1,
                released_days_ahead=7, released_at="07:00", from_on=day, made_until_on=day, created_at=clock.now(),
            )  # fmt: skip
            slot = Slot(
                id=ids.new(starts_at), schedule_id=schedule.id, institution_id=self.town.hospital, day=day,
                starts_at=starts_at, ends_at=starts_at + timedelta(minutes=30), opens_at=clock.now(), capacity=1, taken=1,
            )  # fmt: skip
            appointment = Appointment(
                id=ids.new(), resident_id=person.id, schedule_id=schedule.id, institution_id=self.town.hospital, day=day,
                slot_id=slot.id, state="booked", made_by="resident", created_at=clock.now(), changed_at=clock.now(),
            )  # fmt: skip
            for row in (schedule, slot, appointment):
                session().add(row)
                session().flush()
        return appointment.id

    def signed_in(self, person: Person) -> str:
        """The cookie that signing in on the page would have left."""
        cookie = f"resident.{ids.secret(256)}"
        with self.inside(), transaction():
            moment = clock.now()
            session().add(
                Session(
                    id=ids.new(),
                    kind="resident",
                    account_id=person.id,
                    phone_index=index_of_phone(person.phone),
                    created_at=moment,
                    seen_at=moment,
                    expires_at=moment + timedelta(days=30),
                    cookie_digest=ids.digest(cookie),
                )
            )
        return cookie

    def verifications(self, person: Person) -> list[Verification]:
        """What the city knows of this resident's showings, oldest first."""
        with self.inside(), transaction("read") as current:
            found = current.query(Verification).filter_by(resident_id=person.id).order_by(Verification.read_at).all()
            current.expunge_all()
            return found

    def later(self, seconds: int, *pages: Page) -> None:
        """Time passes: for the city's clock, and for these browsers, whether they look or not."""
        self.settings = replace(self.settings, clock_offset_seconds=self.settings.clock_offset_seconds + seconds)
        port = self.running.port
        self.open_now.close()
        self.running = self.open_now.enter_context(served(self.settings, processes=self.processes, port=port))
        for page in pages:
            page.clock.fast_forward(seconds * 1000)


@contextlib.contextmanager
def place(settings: Settings, processes: int = 2, **more: Any) -> Iterator[Place]:
    """Found a town in a prepared database and serve it, with the machine's time; `more` is how."""
    clock.thaw()
    app = create_app(settings)
    with app.app_context():
        town = found_town(app)
        db.session.remove()
    with contextlib.ExitStack() as open_now:
        running = open_now.enter_context(served(settings, processes=processes, **more))
        try:
            yield Place(app, town, settings, processes, running, open_now)
        finally:
            with app.app_context():
                db.engine.dispose()
            clock.configure(settings.zone)


@dataclass
class Watch:
    """What no page of ours may do, noted for everything that happens in one browser context."""

    context: BrowserContext
    address: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(_POLICY)
        self.context.on("request", lambda request: self._asked(request.url))
        self.context.on("console", lambda said: self._heard(said.text))
        self.context.on("weberror", lambda failed: self.complaints.append(f"failed: {failed.error}"))

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.address}/", "data:", "blob:")):
            self.complaints.append(f"asked {url}")

    def _heard(self, text: str) -> None:
        if "CSP" in text or "Content Security Policy" in text or "Content-Security-Policy" in text:
            self.complaints.append(text)


def context_for(
    browser: Browser, address: str, *, language: str = "zh", print_: str = "usual", is_kept: bool = False, **more: Any
) -> BrowserContext:
    """A browser with nothing remembered but the choices of language and print; its clock can be moved.

    `is_kept`: the page installs its worker, and opens and reads pictures without network; without, it is ready sooner.
    """
    usual: dict[str, Any] = {"viewport": PHONE, "locale": {"zh": "zh-CN", "en": "en-GB"}[language]}
    context = browser.new_context(
        **usual | {"timezone_id": "Asia/Shanghai"} | {"service_workers": "allow" if is_kept else "block"} | more
    )
    context.set_default_timeout(PATIENCE)
    context.clock.install()
    if print_ == "large":
        context.add_cookies([{"name": "print", "value": "large", "url": address}])
    return context


@dataclass
class PhoneScreen:
    """The resident's page on somebody's phone."""

    page: Page
    place: Place

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def open(self) -> None:
        self.page.goto(f"{self.place.address}/portal/")

    def remember(self, person: Person) -> None:
        """As if they had signed in on this phone before."""
        cookie = {"name": COOKIE, "value": self.place.signed_in(person), "url": self.place.address}
        self.page.context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Strict"}])  # type: ignore[list-item]

    def sign_in(self, person: Person, is_open: bool = False) -> None:
        """Through the page: the phone number, then the six digits of the newest message to it."""
        assert person.phone
        if not is_open:
            self.open()
        self.page.locator("#phone").fill(person.phone.removeprefix("+86"))
        self.part("send-password").click()
        expect(self.page.locator("#password")).to_be_visible()
        messages = self.page.context.new_page()
        messages.goto(f"{self.place.address}/dev/messages")
        mine = messages.get_by_test_id("message").filter(has_text=person.phone[-11:]).first
        digits = mine.get_by_test_id("message-digits").inner_text()
        messages.close()
        self.page.locator("#password").fill(digits)
        self.part("sign-in-button").click()

    def shows(self, person: Person, state: str = "pass") -> None:
        """Wait for this person's code."""
        expect(self.part("code")).to_have_attribute("data-state", state)
        expect(self.part("whose-code")).to_have_text(person.name)
        expect(self.part("code-state")).not_to_be_empty()

    def screenshot(self) -> bytes:
        return self.page.screenshot()

    def code(self) -> str:
        """What a camera would read from the screen now."""
        return read_picture(self.screenshot())

    def next_code(self, after: int = 15) -> str:
        """The next showing, `after` seconds later."""
        before = self.picture()
        self.page.clock.fast_forward(after * 1000)
        self.redrawn(before)
        return self.code()

    def picture(self) -> str:
        """What is drawn, to compare."""
        return str(self.page.evaluate("document.querySelector('#qr').toDataURL()"))

    def redrawn(self, before: str) -> None:
        self.page.wait_for_function("before => document.querySelector('#qr').toDataURL() !== before", arg=before)


@dataclass(frozen=True)
class Judgement:
    """What the scanner's page says of a reading."""

    kind: str  # known | offline | refused
    tone: str  # done | attention | stop
    slug: str
    doubts: list[str]
    title: str
    person: str
    text: str


@dataclass
class ScannerScreen:
    """The scanner's page on a device of its own."""

    page: Page
    place: Place

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def open(self) -> None:
        self.page.goto(f"{self.place.address}/scanner/")

    def enrol(self, institution_id: str | None = None) -> None:
        """Put a fresh device to work, and wait until it has its lists."""
        self.open()
        self.page.locator("#enrolment-code").fill(self.place.invitation(institution_id))
        self.part("enrol-button").click()
        self.is_online()
        expect(self.part("list-age")).not_to_have_attribute("data-stale", "")

    def is_online(self) -> None:
        expect(self.part("line")).to_have_attribute("data-line", "online")

    def is_offline(self) -> None:
        expect(self.part("line")).to_have_attribute("data-line", "offline")

    def waiting(self, number: int) -> None:
        """Wait until so many readings wait to be sent."""
        expect(self.part("waiting")).to_have_attribute("data-count", str(number))

    def step(self, name: str) -> None:
        self.page.locator("label", has=self.part(f"step-{name}")).click()

    def paste(self, text: str) -> Judgement:
        """Type or paste a text, and press the button."""
        self.go_on()
        if not self.part("typed").is_visible():
            self.part("type-button").click()
        self.part("typed-input").fill(text)
        self.part("typed-button").click()
        return self.judgement()

    def look_at(self, picture: bytes) -> Judgement:
        """Choose a picture file."""
        self.go_on()
        self.part("picture").set_input_files({"name": "code.png", "mimeType": "image/png", "buffer": picture})
        return self.judgement()

    def judgement(self) -> Judgement:
        result = self.part("result")
        expect(result).to_be_visible()
        expect(result).to_have_attribute("data-kind", JUDGED)
        said = {name: result.get_attribute(f"data-{name}") or "" for name in ("kind", "tone", "slug", "doubts")}
        texts = {name: self.part(f"result-{name}").text_content() or "" for name in ("title", "person", "text")}
        return Judgement(**said | {"doubts": said["doubts"].split()}, **texts)  # type: ignore[arg-type]

    def go_on(self) -> None:
        """To the next person."""
        if self.part("result").is_visible():
            self.part("result-next").click()

    def kept(self, shelf: str, key: str) -> Any:
        """A fact that this device keeps."""
        return self.page.evaluate(_KEPT, {"database": "healthcode-scanner", "shelf": shelf, "key": key})


_KEPT = """({database, shelf, key}) => new Promise((done, fail) => {
    const opening = indexedDB.open(database);
    opening.onerror = fail;
    opening.onsuccess = () => {
        const asking = opening.result.transaction(shelf).objectStore(shelf).get(key);
        asking.onsuccess = () => { opening.result.close(); done(asking.result); };
    };
})"""


def read_picture(picture: bytes) -> str:
    """The one QR code in a picture, read by another library than the pages use."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    return str(found.text)
