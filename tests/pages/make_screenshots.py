"""Draws the pictures of docs/images anew: `python -m tests.pages.make_screenshots`.

A town is founded and served on a Monday morning; a resident's phone and a hospital's scanner are used as people do.
"""

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask_migrate import upgrade
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, Page, expect

from healthcode import create_app
from healthcode.care.bills import channels
from healthcode.care.bills import service as bills
from healthcode.care.bills.channels import StatementLine
from healthcode.care.bills.reconciling import service as reconciling
from healthcode.core import clock
from healthcode.core.db import db, transaction
from healthcode.registry.residents.models import Resident
from seeds import catalogue, insurance_rules
from tests.conftest import settings_for
from tests.house.sources import ROOT
from tests.pages.booking import at_the_booking, clinic, my_page
from tests.pages.desks import DeskScreen, Hospital
from tests.pages.tills import my_bills
from tests.support.bills import differing, issued_bill
from tests.support.chromium import PHONE, chromium, offline
from tests.support.double import DoubleChannel
from tests.support.screens import DESK, PhoneScreen, Place, ScannerScreen, context_for, place

IMAGES = ROOT / "docs" / "images"
MORNING = datetime(2026, 11, 23, 1, 20, tzinfo=UTC)  # twenty past nine in the city
CLINIC = "心内科专家门诊"
COLOURS = 128  # those that cover most stay exactly as they are
# What a phone of today would choose for its own letters, where this machine has only the fonts of a server.
_FONTS = """<fontconfig><include>/etc/fonts/fonts.conf</include><match target="pattern">
<edit name="family" mode="prepend" binding="strong"><string>Noto Sans CJK SC</string></edit></match></fontconfig>"""


def main() -> None:
    """Every picture, and how large it became."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _fonts(Path(folder)), _town(Path(folder)) as town:
        _with_clinics(town)
        _morning(town)
        _with_bills(town)
        camera = _film(Path(folder) / "camera.mjpeg")
        with chromium(camera=camera) as browser:
            for language in ("zh", "en"):
                for device, window in (("phone", PHONE), ("desk", DESK)):
                    context = context_for(
                        browser,
                        town.address,
                        language=language,
                        viewport=window,
                        device_scale_factor=2 - (window is DESK),
                    )
                    phone = PhoneScreen(context.new_page(), town)
                    code = _code_page(phone, f"{device}-{language}")
                    scanner = ScannerScreen(context.new_page(), town)
                    _scanner_page(scanner, phone, code, f"{device}-{language}")
                    if device == "phone":
                        phone.page.bring_to_front()
                        _booking(phone, f"{device}-{language}")
                        _bills(phone, f"{device}-{language}")
                    context.close()
                _day_page(browser, town, language)
                _till_pages(browser, town, language)
            context = context_for(browser, town.address, print_="large", color_scheme="dark", device_scale_factor=2)
            _code_page(PhoneScreen(context.new_page(), town), "phone-large-dark")
    total = sum(path.stat().st_size for path in IMAGES.glob("*.png"))
    print(f"{len(list(IMAGES.glob('*.png')))} pictures, {total / 1000:,.0f} kB")


def _code_page(phone: PhoneScreen, name: str) -> str:
    phone.remember(phone.place.town.wang)
    phone.open()
    phone.shows(phone.place.town.wang)
    code = phone.code()
    _keep(phone.page, f"code-{name}")
    return code


def _scanner_page(scanner: ScannerScreen, phone: PhoneScreen, code: str, name: str) -> None:
    scanner.enrol()
    scanner.part("camera-button").click()
    expect(scanner.page.locator("#video")).to_be_visible()
    scanner.page.wait_for_function("() => document.querySelector('#video').videoWidth > 0")
    _keep(scanner.page, f"scanner-{name}")
    scanner.part("camera-button").click()
    assert scanner.paste(code).kind == "known"
    expect(scanner.part("agenda")).not_to_be_empty()
    _keep(scanner.page, f"scanner-known-{name}")
    if name.startswith("desk"):
        return
    with offline(scanner.page.context):
        scanner.is_offline()
        phone.page.bring_to_front()
        fresh = phone.next_code()
        scanner.page.bring_to_front()
        assert scanner.paste(fresh).kind == "offline"
        _keep(scanner.page, f"scanner-offline-{name}")
    scanner.waiting(0)


def _booking(phone: PhoneScreen, name: str) -> None:
    """The hours of a clinic, and what this person has."""
    phone.page.set_viewport_size(PHONE)
    at_the_booking(phone.place, phone, CLINIC)
    _keep(phone.page, f"book-{name}")
    my_page(phone.place, phone)
    _keep(phone.page, f"appointments-{name}")


def _with_bills(town: Place) -> None:
    """One bill to pay, one that was paid, and a payment that only the channel knows of; at the prices of the model towns."""
    wang, hospital = town.town.wang, town.town.hospital
    with town.inside():
        with transaction() as current:
            current.query(Resident).update({"coverage": "employee"})
            bills.load_items(catalogue(), from_on=date(2025, 1, 1))
            bills.load_rules(insurance_rules())
        paid = issued_bill(wang, hospital, visit_clinic=1, ecg=1)
        issued_bill(wang, hospital, visit_clinic=1, ct_chest=1, amlodipine_5=2)
        differing(town.town.son, hospital)
        channels.register("sandbox", DoubleChannel())
        compared = StatementLine("payment", "P20261122-3K7Q9XW2MT", "4200000000000001", 86_40, clock.now())
        reconciling.reconcile("sandbox", clock.today() - timedelta(days=1), statement=[compared])
    due = Hospital(town).ask("GET", f"/bills/{paid}")["due_fen"]
    Hospital(town).ask("POST", f"/bills/{paid}/cash-payments", {"amount_fen": due})


def _bills(phone: PhoneScreen, name: str) -> None:
    """What there is to pay and why, and a receipt."""
    my_bills(phone.place, phone)
    phone.part("due").get_by_test_id("open").click()
    phone.part("why-open").click()
    expect(phone.part("why")).to_be_visible()
    _keep(phone.page, f"bill-{name}")
    my_bills(phone.place, phone)
    phone.part("past").get_by_test_id("open").first.click()
    phone.part("receipt").click()
    expect(phone.part("amount")).to_be_visible()
    _keep(phone.page, f"receipt-{name}")


def _till_pages(browser: Browser, town: Place, language: str) -> None:
    """The desk's bills with one opened, and what differs from a channel's statement."""
    context = context_for(browser, town.address, language=language, viewport=DESK)
    desk = DeskScreen(context.new_page(), town)
    desk.remember(Hospital(town).colleague("cashier"), town.town.hospital)
    desk.open("bills")
    desk.part("bill-row").first.click()
    expect(desk.part("due")).to_be_visible()
    _keep(desk.page, f"bills-desk-{language}")
    desk.open("reconciliation")
    desk.part("difference-row").first.click()
    expect(desk.part("settling")).to_be_visible()
    _keep(desk.page, f"reconciliation-desk-{language}")
    context.close()


def _with_clinics(town: Place) -> None:
    """Expert afternoons of two weeks, one of them full, and a place that Wang has today."""
    wang, other = town.town.wang, town.town.son
    more = {"kind": "expert", "room": "3 楼 312 诊室", "released_days_ahead": 9, "from_on": MORNING.date().isoformat()}
    days = [
        clinic(town, CLINIC, weekday=day, ends=ends, **more)
        for day, ends in (("mon", "16:30"), ("tue", "17:00"), ("wed", "14:30"), ("thu", "16:00"))
    ]
    with town.inside():
        assert days[0].book(wang).status_code == 201
        assert days[2].book(other).status_code == 201


def _morning(town: Place) -> None:
    """A doctor's morning: one seen to, one called and not there, four who wait."""
    hospital = Hospital(town)
    slots = hospital.slots(hospital.clinic(title="心内科门诊", room="302", starts="09:30", ends="11:30"))
    for number, name in enumerate(("王秀英", "李建国", "陈美玲", "林小禾", "蔡志明", "许丽华")):
        booked = hospital.book(hospital.patient(name), slots[number // 2]["id"])
        hospital.ask("POST", f"/appointments/{booked['id']}/arrivals")


def _day_page(browser: Browser, town: Place, language: str) -> None:
    context = context_for(browser, town.address, language=language, viewport=DESK)
    desk = DeskScreen(context.new_page(), town)
    desk.remember(Hospital(town).colleague("doctor"), town.town.hospital)
    desk.open("day")
    expect(desk.part("expected").first).to_be_visible()
    if language == "zh":
        for act, number in (("call", "1"), ("skip", "—"), ("call", "2")):
            desk.part(act).click()
            expect(desk.part("now-number")).to_have_text(number)
    expect(desk.part("now-number")).to_have_text("2")
    _keep(desk.page, f"day-desk-{language}")
    context.close()


def _keep(page: Page, name: str) -> None:
    page.evaluate("() => document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    _in_few_colours(picture).save(IMAGES / f"{name}.png", optimize=True)
    print(f"{name}: {(IMAGES / f'{name}.png').stat().st_size / 1000:,.0f} kB")


def _in_few_colours(picture: Image.Image) -> Image.Image:
    found = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    colours = [colour for _, colour in found]
    often = colours[:COLOURS]
    place = {colour: number for number, colour in enumerate(often)}
    for colour in colours[COLOURS:]:
        place[colour] = min(
            range(len(often)), key=lambda at: sum((a - b) ** 2 for a, b in zip(often[at], colour, strict=True))
        )
    data = picture.tobytes()
    pixels = bytes(map(place.__getitem__, zip(data[::3], data[1::3], data[2::3], strict=True)))
    few = Image.frombytes("P", picture.size, pixels)
    few.putpalette([part for colour in often for part in colour])
    return few


def _film(place: Path) -> Path:
    """What a camera sees before it is held still: a phone, and a code too soft to be read."""
    scene = Image.new("RGB", (640, 480), "#4b5a55")
    draw = ImageDraw.Draw(scene)
    draw.rectangle((0, 330, 640, 480), fill="#6b5d4c")
    draw.rounded_rectangle((214, 40, 426, 520), 26, fill="#111716")
    draw.rounded_rectangle((224, 54, 416, 520), 18, fill="#f4f7f6")
    draw.rectangle((244, 110, 396, 262), fill="#59605e")
    draw.rectangle((270, 290, 370, 300), fill="#59605e")
    soft = scene.filter(ImageFilter.GaussianBlur(6))
    with place.open("wb") as out:
        for _ in range(10):
            soft.save(out, "JPEG", quality=90)
    return place


@contextlib.contextmanager
def _fonts(folder: Path) -> Iterator[None]:
    (folder / "fonts.conf").write_text(_FONTS)
    os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
    try:
        yield
    finally:
        del os.environ["FONTCONFIG_FILE"]


@contextlib.contextmanager
def _town(folder: Path) -> Iterator[Place]:
    settings = settings_for(f"sqlite:///{folder / 'town.db'}", folder / "var")
    moved = replace(settings, clock_offset_seconds=int((MORNING - datetime.now(UTC)).total_seconds()))
    app = create_app(moved)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    with place(moved, processes=1) as town:
        yield town


if __name__ == "__main__":
    main()
