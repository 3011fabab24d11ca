"""Seen, billed, the split explained, the son pays, tablets come back, part is refunded, and the evening's books agree.

Nothing is played here: the channel is a process of its own, which tells the service over HTTP what was paid, and a worker
asks it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from healthcode.care.bills.reconciling import service as reconciling
from healthcode.core import clock
from healthcode.core.db import transaction
from tests.conftest import settings_for
from tests.pages.booking import carrying, grant
from tests.pages.conftest import PhoneOf, ScannerOf
from tests.pages.desks import DeskScreen, Hospital
from tests.pages.test_bills_page import yuan
from tests.pages.tills import add, my_bills
from tests.support.bills import stock_catalogue
from tests.support.channels import Sandbox, sandbox
from tests.support.chromium import PHONE
from tests.support.databases import copied, temporary
from tests.support.patience import looks
from tests.support.screens import DESK, Place, context_for, place
from tests.support.servers import free_port

TOTAL, BACK = 15_00 + 220_00 + 60 * 8_40, 30 * 8_40


@dataclass
class Market:
    """A served town, and the channel that its residents pay by."""

    place: Place
    channel: Sandbox


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    folder = tmp_path_factory.mktemp("market")
    if request.param == "sqlite":
        url = f"sqlite:///{copied(request.getfixturevalue('sqlite_template'), folder / 'town.db')}"
        yield from _open(url, folder)
        return
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    with temporary(server, template) as url:
        yield from _open(url, folder)


def _open(url: str, folder: Path) -> Iterator[Market]:
    port, var = free_port(), folder / "var"
    with sandbox(var / "channels" / "sandbox") as channel:
        settings = replace(
            settings_for(url, var), channels=f"sandbox={channel.address}", public_url=f"http://127.0.0.1:{port}"
        )
        with place(settings, 1, port=port, with_worker=True) as town:
            yield Market(town, channel)


def test_a_bill_from_the_door_to_the_refund(
    market: Market,
    phone_of: PhoneOf,
    scanner_of: ScannerOf,
    browser: Browser,
    watched: Callable[[BrowserContext, Place], BrowserContext],
) -> None:
    town, hospital = market.place, Hospital(market.place)
    mother, son = town.newcomer("王秀英"), town.newcomer("陈志明")
    with town.inside(), transaction():
        stock_catalogue()  # and everybody who is there is insured
    grant(town, mother, son, ["bills:pay"])

    # She is known by her code, and checks in.
    town.booked(mother)
    phone, scanner = phone_of(town, mother), scanner_of(town)
    scanner.step("check-in")
    assert scanner.paste(phone.code()).kind == "known"
    scanner.part("check-in-button").click()
    expect(scanner.part("number")).to_contain_text("您的号")

    # A draft with the fee is there by itself; what was done is added, and it is issued.
    desk = DeskScreen(watched(context_for(browser, town.address, viewport=DESK), town).new_page(), town)
    desk.remember(hospital.colleague("clerk"), town.town.hospital)
    desk.open("bills")
    desk.page.locator("label", has=desk.part("state-draft")).click()
    _until(lambda: hospital.ask("GET", f"/institutions/{town.town.hospital}/bills?state=draft")["items"])
    desk.part("refresh").click()
    desk.part("bill-row").first.click()
    add(desk, "ct-chest")
    add(desk, "amlodipine-5", 60)
    expect(desk.part("would")).to_contain_text(yuan(TOTAL))
    desk.part("issue").click()
    expect(desk.part("said")).to_contain_text("账单已开出")
    own = desk.part("due").inner_text()

    # Her son reads why it costs what it costs, and pays in the channel's own application.
    his = carrying(phone_of, town, son)
    my_bills(town, his)
    his.part("people").get_by_role("button").filter(has_text="王*英").click()
    expect(his.part("due").get_by_test_id("amount")).to_have_text(own)
    his.part("due").get_by_test_id("open").click()
    his.part("why-open").click()
    expect(his.part("why")).to_contain_text("起付")
    his.part("pay").click()
    expect(his.part("pay-link")).to_be_visible()
    wallet = browser.new_context(viewport=PHONE)
    payer = wallet.new_page()
    payer.goto(his.part("pay-link").get_attribute("href") or "")
    expect(payer.get_by_role("heading")).to_have_text(own)
    payer.get_by_role("button", name="Pay").click()
    wallet.close()
    expect(his.part("opened").get_by_test_id("state")).to_have_text("已结清")

    # Half of the tablets come back: so much less, and what was paid for them goes back the way it came.
    desk.page.locator("label", has=desk.part("state-balanced")).click()
    desk.part("bill-row").first.click()
    desk.part("credit-open").click()
    desk.part("credit-count").last.fill("30")
    expect(desk.part("credit-what")).to_contain_text(yuan(BACK))
    desk.part("credit").click()
    expect(desk.part("said")).to_contain_text("已退费")
    back = _until(lambda: market.channel.state()["refunds"])
    assert [0 < one["refund_fen"] < BACK for one in back] == [True]
    his.page.reload()
    expect(his.part("opened")).to_contain_text(f"退还 {yuan(back[0]['refund_fen'])}")

    # In the evening the channel's day is compared with the books: all that came in and went back stands in both.
    _until(lambda: _gone_back(hospital))
    with town.inside():
        reconciling.reconcile("sandbox", clock.today())
    books = DeskScreen(watched(context_for(browser, town.address, viewport=DESK), town).new_page(), town)
    books.remember(hospital.colleague("cashier"), town.town.hospital)
    books.open("reconciliation")
    expect(books.part("day").first).to_contain_text("对上 2 笔，没有不符")
    expect(books.part("no-differences")).to_have_text("没有不符的账。")


def _gone_back(hospital: Hospital) -> list[Any]:
    """Refunds of which the channel has said that they have arrived."""
    (bill,) = hospital.ask("GET", f"/institutions/{hospital.place.town.hospital}/bills?state=balanced")["items"]
    (payment,) = hospital.ask("GET", f"/bills/{bill['id']}/payments")["items"]
    return [refund for refund in payment["refunds"] if refund["state"] == "succeeded"]


def _until(asked: Callable[[], list[Any]]) -> list[Any]:
    """What the worker does takes its time: ask until there is something."""
    for _ in looks(pause=0.2):
        if found := asked():
            return found
    raise AssertionError("the worker did nothing")
