"""Bills on the phone and at the desk: seen, understood, paid once; written, issued, credited, made void."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from healthcode.core import ids
from tests.pages.booking import carrying
from tests.pages.conftest import DeskOf, PhoneOf
from tests.pages.desks import Hospital
from tests.pages.test_appointments_page import lost_answers
from tests.pages.tills import Till, a_bill, add, at_the_till, my_bills
from tests.support.bills import issued_bill
from tests.support.chromium import offline
from tests.support.phones import new_deed
from tests.support.screens import PhoneScreen, Place, read_picture
from tests.support.town import Person

YUAN = re.compile(r"¥[0-9,]+[.][0-9]{2}")
CASH = re.compile(r"/bills/[^/]+/cash-payments$")
PAYING = re.compile(r"/bills/[^/]+/payments$")


def owed(street: Place, bill_id: str, person: Person) -> dict[str, Any]:
    with street.inside():
        found = street.app.test_client().get(f"/api/v1/bills/{bill_id}", headers=street.town.headers(person))
    assert found.status_code == 200, found.json
    told: dict[str, Any] = found.json
    return told


def settle(street: Place, bill_id: str, fen: int) -> None:
    with street.inside():
        headers = street.town.headers(street.town.clerk) | new_deed()
        client = street.app.test_client()
        done = client.post(f"/api/v1/bills/{bill_id}/cash-payments", json={"amount_fen": fen}, headers=headers)
    assert done.status_code == 201, done.json


def yuan(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02}"


def opened(street: Place, phone: PhoneScreen) -> None:
    my_bills(street, phone)
    phone.part("open").first.click()
    expect(phone.part("opened")).to_be_visible()


def test_somebody_without_bills_is_told_so(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    phone.open()
    phone.part("to-bills").click()
    expect(phone.part("nothing-due")).to_contain_text("现在没有要付的账单。")
    expect(phone.part("no-bills")).to_contain_text("年没有以前的账单")
    expect(phone.part("sums")).to_be_hidden()
    expect(phone.part("people").get_by_role("button")).to_have_count(0)


def test_a_bill_is_seen_opened_and_explained(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    bill = owed(street, a_bill(street, person, ct_chest=2, tumour_markers=1), person)
    phone = carrying(phone_of, street, person)
    my_bills(street, phone)
    due = phone.part("due")
    expect(due.get_by_test_id("amount")).to_have_text(yuan(bill["due_fen"]))
    expect(due).to_contain_text("今天 · 晋江市医院")
    expect(due).to_contain_text("待付")
    expect(phone.part("sums")).to_contain_text(yuan(bill["total_fen"]))
    expect(phone.part("months").locator("tbody tr")).to_have_count(1)
    expect(phone.part("bars")).to_have_attribute("aria-label", re.compile("柱形图"))
    due.get_by_test_id("open").click()
    expect(phone.part("opened-amount")).to_have_text(yuan(bill["due_fen"]))
    phone.part("lines-open").click()
    ct = phone.part("line").filter(has_text="ct-chest")
    expect(ct).to_contain_text("单价 ¥220.00 × 2 次")
    expect(ct).to_contain_text("乙类")
    expect(phone.part("line").filter(has_text="tumour-markers")).to_contain_text("丙类，自费")
    phone.part("why-open").click()
    expect(phone.part("why").locator("li")).to_have_count(len(bill["steps"]))
    expect(phone.part("why")).to_contain_text(YUAN)
    expect(phone.part("opened-numbers")).to_contain_text(bill["number"])
    phone.page.go_back()
    expect(phone.part("due")).to_be_visible()


def test_the_page_speaks_english_too(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    a_bill(street, person, tumour_markers=1)
    phone = carrying(phone_of, street, person, language="en")
    my_bills(street, phone)
    expect(phone.part("due")).to_contain_text("to pay")
    phone.part("open").click()
    phone.part("lines-open").click()
    expect(phone.part("line")).to_contain_text("class C, not insured")
    expect(phone.part("pay")).to_have_text("Pay ¥260.00")


def test_a_bill_is_paid_on_the_phone(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    bill_id = a_bill(street, person, tumour_markers=1)
    phone = carrying(phone_of, street, person)
    till = Till(phone.page, 260_00)
    opened(street, phone)
    expect(phone.part("pay")).to_have_text("支付 ¥260.00")
    phone.part("pay").dblclick()
    expect(phone.part("way-says")).to_contain_text("正在准备付款：¥260.00")
    till.opens()
    phone.page.clock.fast_forward(3_000)
    expect(phone.part("way-says")).to_have_text("等待付款：¥260.00")
    expect(phone.part("pay-link")).to_have_attribute("href", "https://pay.example.test/q/Ab3?bill=1")
    expect(phone.page.locator("#paying canvas")).to_be_visible()
    assert len(till.payments) == 1
    with offline(phone.page.context):
        phone.page.unroute("**/api/v1/payments/*")
        phone.page.clock.fast_forward(3_000)
        expect(phone.part("pay-said")).to_contain_text("现在没有网络")
        settle(street, bill_id, 260_00)
        till.becomes("succeeded")
        phone.page.route("**/api/v1/payments/*", lambda route: route.fulfill(json=till.payments[-1]))
    expect(phone.part("said")).to_have_text("付好了：¥260.00")
    expect(phone.part("opened").get_by_test_id("state")).to_have_text("已结清")
    expect(phone.part("paying")).to_be_hidden()
    phone.part("to-list").click()
    expect(phone.part("nothing-due")).to_be_visible()
    expect(phone.part("past")).to_contain_text("¥260.00")


def test_a_lost_answer_and_a_second_press_pay_once(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    a_bill(street, person, tumour_markers=1)
    phone = carrying(phone_of, street, person)
    keys: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            keys.append(route.request.headers["idempotency-key"])
            route.abort("connectionreset")
        else:
            route.fulfill(json={"items": []})

    phone.page.route(PAYING, lose)
    opened(street, phone)
    for _ in range(2):
        phone.part("pay").click()
        expect(phone.part("pay-said")).to_contain_text("不会付两次")
        expect(phone.part("pay")).to_be_enabled()
    phone.page.unroute(PAYING, lose)
    till = Till(phone.page, 260_00)
    phone.part("pay").click()
    expect(phone.part("way")).to_be_visible()
    assert {*keys, *till.keys} == {till.keys[0]}
    assert len(keys) == 2


def test_a_payment_that_runs_is_gone_on_with_given_up_and_begun_anew(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    a_bill(street, person, tumour_markers=1)
    phone = carrying(phone_of, street, person)
    till = Till(phone.page, 260_00)
    opened(street, phone)
    till.begin()  # meanwhile, on another phone
    till.opens()
    phone.part("pay").click()
    expect(phone.part("way-says")).to_have_text("等待付款：¥260.00")
    opened(street, phone)
    expect(phone.part("way-says")).to_have_text("等待付款：¥260.00")
    phone.part("stop-paying").click()
    expect(phone.part("said")).to_contain_text("这次不付了")
    phone.part("pay").click()
    expect(phone.part("way")).to_be_visible()
    till.becomes("failed", why="expired")
    phone.page.clock.fast_forward(3_000)
    expect(phone.part("said")).to_have_text("付款时间过了，可以再付一次。")
    expect(phone.part("pay")).to_be_visible()
    assert len(till.payments) == 2


def test_without_network_the_page_says_so_and_comes_back(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    phone.page.route("**/api/v1/me", lambda route: route.abort())
    phone.page.goto(f"{street.address}/portal/bills")
    expect(phone.part("said")).to_contain_text("现在没有网络")
    phone.page.unroute("**/api/v1/me")
    phone.part("again").click()
    expect(phone.part("nothing-due")).to_be_visible()
    phone.page.goto(f"{street.address}/portal/bills#{ids.new()}")
    expect(phone.part("said")).to_contain_text("这张账单看不到")


def test_a_draft_is_filled_issued_and_paid_in_cash(hospital: Hospital, desk_of: DeskOf) -> None:
    desk, patient = at_the_till(hospital, desk_of)
    desk.part("open-draft").click()
    expect(desk.part("bill-title")).to_have_text(f"{patient.masked} 的账单")
    expect(desk.part("state-draft")).to_be_checked()
    expect(desk.part("issuing")).to_be_hidden()
    add(desk, "tumour-markers", 2)
    add(desk, "blood-count")
    expect(desk.part("bill-line")).to_have_count(2)
    expect(desk.part("would")).to_contain_text("总额 ¥540.00")
    desk.part("take-off").last.click()
    expect(desk.part("bill-line")).to_have_count(1)
    expect(desk.part("would")).to_contain_text("本人付 ¥520.00")
    desk.part("issue").click()
    expect(desk.part("said")).to_contain_text("账单已开出")
    expect(desk.part("state-issued")).to_be_checked()
    expect(desk.part("due")).to_have_text("¥520.00")
    with lost_answers(desk.page, CASH) as keys:
        desk.part("take-cash").click()
        expect(desk.part("bill-trouble")).to_contain_text("不会办两次")
    desk.part("take-cash").click()
    expect(desk.part("said")).to_have_text("已收现金 ¥520.00。")
    assert len(keys) == 1
    expect(desk.part("cash")).to_be_hidden()
    expect(desk.part("state-balanced")).to_be_checked()
    expect(desk.part("bill-row")).to_contain_text("¥520.00")
    expect(desk.part("bill-about")).to_contain_text("已结清")
    expect(desk.part("receipt")).to_have_text("收据 ¥520.00")


def test_a_line_is_credited_and_a_bill_made_void(hospital: Hospital, desk_of: DeskOf) -> None:
    desk, _ = at_the_till(hospital, desk_of)
    desk.part("open-draft").click()
    add(desk, "tumour-markers", 2)
    desk.part("issue").click()
    expect(desk.part("due")).to_have_text("¥520.00")
    desk.part("credit-open").click()
    desk.part("credit").click()
    expect(desk.part("credit-count")).to_be_focused()
    desk.part("credit-count").fill("3")
    expect(desk.part("credit")).to_be_disabled()
    desk.part("credit-count").fill("1")
    expect(desk.part("credit-what")).to_contain_text("退 1 件，总额减少 ¥260.00")
    desk.part("credit").click()
    expect(desk.part("said")).to_have_text("已退费 ¥260.00。")
    expect(desk.part("due")).to_have_text("¥260.00")
    expect(desk.part("bill-line")).to_contain_text("已退 1 次")
    expect(desk.part("bill-notes")).to_contain_text("−¥260.00")
    desk.part("void-open").click()
    expect(desk.part("void-what")).to_contain_text("作废，本人不用付")
    desk.part("void-reason").select_option("duplicate")
    desk.part("void").click()
    expect(desk.part("said")).to_have_text("已作废。")
    expect(desk.part("state-cancelled")).to_be_checked()
    expect(desk.part("cash")).to_be_hidden()


def test_a_bill_that_was_paid_meanwhile_is_shown_as_it_is(hospital: Hospital, desk_of: DeskOf) -> None:
    desk, _ = at_the_till(hospital, desk_of)
    desk.part("open-draft").click()
    add(desk, "tumour-markers")
    desk.part("issue").click()
    expect(desk.part("due")).to_have_text("¥260.00")
    town = hospital.place.town
    bills = hospital.ask("GET", f"/institutions/{town.hospital}/bills?state=issued&limit=100")["items"]
    hospital.ask("POST", f"/bills/{bills[-1]['id']}/cash-payments", {"amount_fen": 260_00})
    desk.part("take-cash").click()
    expect(desk.part("bill-trouble")).to_be_visible()
    expect(desk.part("bill-about")).to_contain_text("已结清")
    expect(desk.part("take-cash")).to_be_hidden()


def test_the_catalogue_says_what_it_does_not_have(hospital: Hospital, desk_of: DeskOf) -> None:
    desk, _ = at_the_till(hospital, desk_of)
    desk.part("open-draft").click()
    desk.part("add-text").fill("没有这一项")
    desk.page.keyboard.press("Enter")
    expect(desk.part("add-none")).to_contain_text("目录里没有“没有这一项”")
    desk.part("add-text").fill("blood-count")
    desk.part("add-count").fill("0")
    desk.part("search").click()
    desk.part("found-item").click()
    expect(desk.part("bill-trouble")).to_contain_text("数量从 1 到 9999")
    expect(desk.part("add-count")).to_be_focused()


def test_a_list_without_bills_and_one_that_cannot_be_read(hospital: Hospital, desk_of: DeskOf) -> None:
    desk, _ = at_the_till(hospital, desk_of)
    expect(desk.part("no-bills")).to_have_text("没有待付的账单。")
    expect(desk.part("no-bill")).to_be_visible()
    desk.part("next-person").click()
    desk.answers("/institutions/*/bills?*", lambda _route: (503, {"title": "请稍后再试", "status": 503}))
    desk.part("refresh").click()
    expect(desk.part("list-trouble")).to_contain_text("请稍后再试")


def test_whoever_only_reads_is_offered_no_deed(hospital: Hospital, desk_of: DeskOf) -> None:
    town = hospital.place.town
    with hospital.place.inside():
        issued_bill(town.wang, town.hospital, tumour_markers=1)
    desk = desk_of(hospital.colleague("institution_admin"), town.hospital)
    desk.open("bills")
    desk.part("bill-row").first.click()
    expect(desk.part("bill")).to_be_visible()
    for part in ("take-cash", "credit-open", "void-open", "add-form", "issue"):
        expect(desk.part(part)).to_be_hidden()


def test_a_receipt_is_shown_and_proved_and_a_changed_one_is_not(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    bill_id = a_bill(street, person, tumour_markers=1)
    settle(street, bill_id, 260_00)
    phone = carrying(phone_of, street, person)
    phone.page.goto(f"{street.address}/portal/bills#{bill_id}")
    with phone.page.expect_download() as coming:
        phone.part("paper").click()
    assert re.fullmatch(r"B[0-9]{8}-[0-9A-Z]{10}\.pdf", coming.value.suggested_filename)
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")
    phone.part("receipt").click()
    expect(phone.part("verdict")).to_have_text("这张收据是真的，由本市系统签发。")
    expect(phone.part("amount")).to_have_text("¥260.00")
    expect(phone.part("facts")).to_contain_text("晋江市医院")
    expect(phone.part("facts")).to_contain_text("现金")
    address = phone.page.url
    assert read_picture(phone.page.locator("#code").screenshot()) == address
    somebody = phone_of(street)  # who is not signed in, and only has the paper
    somebody.page.goto(address)
    expect(somebody.part("amount")).to_have_text("¥260.00")
    somebody.page.goto(f"{address[:-3]}{'AAA' if address[-3:] != 'AAA' else 'BBB'}")
    expect(somebody.part("verdict")).to_contain_text("不能证明这张收据是真的")
    expect(somebody.part("receipt")).to_be_hidden()
    somebody.page.goto(f"{street.address}/receipt")
    expect(somebody.part("verdict")).to_contain_text("不能证明这张收据是真的")


def test_without_network_a_receipt_is_neither_proved_nor_called_false(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street)
    phone.page.route("**/.well-known/healthcode/keys", lambda route: route.abort())
    phone.page.goto(f"{street.address}/receipt#a.b.c")
    expect(phone.part("verdict")).to_contain_text("现在没有网络")
    phone.page.unroute("**/.well-known/healthcode/keys")
    phone.part("again").click()
    expect(phone.part("verdict")).to_contain_text("不能证明这张收据是真的")
