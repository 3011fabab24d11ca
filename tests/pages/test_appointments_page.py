"""The resident's appointments on the phone: found, booked once, waited for, moved, given up; for oneself and for a mother."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from playwright.sync_api import Page, Route, expect

from healthcode.core import clock
from tests.care.conftest import Clinic
from tests.pages.booking import at_the_booking, carrying, clinic, grant, my_page
from tests.pages.conftest import PhoneOf
from tests.support.chromium import offline
from tests.support.screens import Place
from tests.support.town import Person

BOOKINGS = re.compile(r"/residents/[^/]+/appointments$")


def mine(street: Place, at: Clinic, person: Person) -> list[tuple[str, str | None]]:
    """The states of a person's appointments and their slots, newest first."""
    with street.inside():
        return [(one["state"], one["slot_id"]) for one in at.of(person)]


@contextmanager
def lost_answers(page: Page, address: re.Pattern[str]) -> Iterator[list[str]]:
    """The service does what it is asked, and its answers get lost on the way; gives the keys that were sent."""
    keys: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        keys.append(route.request.headers["idempotency-key"])
        route.fetch()
        route.abort("connectionreset")

    page.route(address, lose)
    yield keys
    page.unroute(address, lose)


def test_a_place_is_found_checked_and_booked(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "骨科", room="3 楼 312")
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "骨科")
    expect(phone.part("day").first).to_contain_text("余 2")
    phone.part("time").filter(has_text="14:30").click()
    check = phone.part("check")
    for said in (person.name, "骨科", "晋江市医院，3 楼 312", "明天 14:30"):
        expect(check).to_contain_text(said)
    phone.part("yes").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("约好了")
    assert mine(street, at, person) == [("booked", at.slots[1]["id"])]
    phone.part("to-mine").click()
    first = phone.part("first")
    expect(first).to_contain_text("已约好")
    expect(first).to_contain_text("明天 14:30")
    expect(first).to_contain_text("骨科 · 3 楼 312")
    phone.open()
    phone.shows(person)
    expect(phone.part("next")).to_contain_text("明天 14:30")
    phone.part("next").locator("a").click()
    expect(phone.part("first")).to_contain_text("骨科")


def test_a_lost_answer_and_a_second_press_book_once(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "皮肤科")
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "皮肤科")
    phone.part("time").first.click()
    with lost_answers(phone.page, BOOKINGS) as keys:
        phone.part("yes").click()
        expect(phone.part("said")).to_contain_text("不会办两次")
        phone.part("yes").click()
        expect(phone.part("yes")).to_be_enabled()
        expect(phone.part("said")).to_contain_text("不会办两次")
    assert len(keys) == 2
    phone.part("yes").click()
    expect(phone.part("step-done")).to_be_visible()
    assert len(set(keys)) == 1
    assert mine(street, at, person) == [("booked", at.slots[0]["id"])]


def test_whoever_waits_is_offered_a_place_and_takes_it(street: Place, phone_of: PhoneOf) -> None:
    person, other = street.newcomer(), street.newcomer("郭先到")
    at = clinic(street, "耳鼻喉科", ends="14:30")
    with street.inside():
        booked = at.book(other).json
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "耳鼻喉科")
    expect(phone.part("day").first).to_contain_text("满")
    expect(phone.part("full")).to_contain_text("为您留 30 分钟")
    phone.part("wait").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("已经候补")
    first = my_page(street, phone)
    expect(first).to_contain_text("候补中")
    with street.inside():
        at.act(booked, "cancellations", other)
    first = my_page(street, phone)
    expect(first).to_contain_text("有号了")
    expect(phone.part("kept")).to_contain_text("还有")
    phone.part("take").click()
    expect(phone.part("said")).to_contain_text("约好了：明天 14:00，耳鼻喉科")
    expect(first).to_contain_text("已约好")
    assert mine(street, at, person) == [("booked", at.slots[0]["id"])]


def test_an_offer_is_declined_after_a_question_and_ends_by_itself(street: Place, phone_of: PhoneOf) -> None:
    person, other, later = street.newcomer(), street.newcomer("郭先到"), street.newcomer("洪后来")
    at = clinic(street, "针灸科", ends="14:30")
    with street.inside():
        booked = at.book(other).json
        assert at.wait(person).status_code == 201
        assert at.wait(later).status_code == 201
        at.act(booked, "cancellations", other)
    phone = carrying(phone_of, street, person)
    my_page(street, phone)
    phone.part("decline").click()
    expect(phone.part("sure")).to_contain_text("明天 14:00，针灸科")
    expect(phone.part("sure")).to_contain_text("不再为您候补")
    phone.part("sure-yes").click()
    expect(phone.part("no-appointments")).to_be_visible()
    assert mine(street, at, person) == [("cancelled", at.slots[0]["id"])]
    next_one = carrying(phone_of, street, later)
    first = my_page(street, next_one)
    expect(next_one.part("take")).to_be_visible()
    next_one.page.clock.fast_forward(31 * 60_000)
    expect(first).to_contain_text("号已让给别人")
    expect(next_one.part("take")).to_have_count(0)


def test_a_time_is_moved_and_the_old_place_named(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "内分泌科")
    with street.inside():
        at.book(person)
    phone = carrying(phone_of, street, person)
    my_page(street, phone)
    phone.part("move").click()
    expect(phone.part("moving")).to_contain_text("明天 14:00，内分泌科")
    expect(phone.part("time").filter(has_text="14:00")).to_be_disabled()
    phone.part("time").filter(has_text="14:30").click()
    expect(phone.part("check")).to_contain_text("原来明天 14:00")
    phone.part("yes").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("时间改好了")
    assert mine(street, at, person) == [("booked", at.slots[1]["id"])]
    phone.page.goto(f"{street.address}/portal/book?move=01938f5a-8f00-7abc-8def-0123456789ab")
    expect(phone.part("said")).to_contain_text("不能改时间")


def test_an_appointment_is_cancelled_after_a_question_that_names_it(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "口腔科")
    with street.inside():
        at.book(person)
    phone = carrying(phone_of, street, person)
    my_page(street, phone)
    phone.part("cancel").click()
    expect(phone.part("sure")).to_contain_text("明天 14:00，口腔科，晋江市医院")
    phone.part("sure-no").click()
    assert mine(street, at, person)[0][0] == "booked"
    phone.part("cancel").click()
    with offline(phone.page.context):
        phone.part("sure-yes").click()
        expect(phone.part("sure")).to_contain_text("不会办两次")
    phone.part("sure-yes").click()
    expect(phone.part("said")).to_contain_text("已取消：明天 14:00，口腔科")
    expect(phone.part("sure")).to_be_hidden()
    assert mine(street, at, person)[0][0] == "cancelled"
    phone.part("past-open").click()
    expect(phone.part("past")).to_contain_text("已取消")


def test_a_place_that_was_just_taken_is_answered_with_what_is_left(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "眼科")
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "眼科")
    phone.part("time").filter(has_text="14:00").click()
    with street.inside():
        at.book(street.newcomer("郭先到"), 0)
    phone.part("yes").click()
    expect(phone.part("instead")).to_contain_text("刚刚被约走")
    expect(phone.part("yes")).to_be_hidden()
    phone.part("instead").get_by_test_id("time").click()
    expect(phone.part("check")).to_contain_text("明天 14:30")
    with street.inside():
        at.book(street.newcomer("洪后来"), 1)
    phone.part("yes").click()
    expect(phone.part("instead")).to_contain_text("这天也约满了")
    phone.part("instead").get_by_test_id("wait").click()
    expect(phone.part("step-done").locator("h1")).to_have_text("已经候补")
    assert mine(street, at, person) == [("waitlist", None)]


def test_a_son_books_for_his_mother_and_for_nobody_who_did_not_ask(street: Place, phone_of: PhoneOf) -> None:
    mother, son, aunt = street.newcomer("王秀英"), street.newcomer("李建国"), street.newcomer("王秀兰")
    at = clinic(street, "老年科")
    grant(street, mother, son, ["codes:show", "appointments:book"])
    grant(street, aunt, son, ["codes:show"])
    phone = carrying(phone_of, street, son)
    at_the_booking(street, phone, "老年科")
    switch = phone.part("people").get_by_role("button")
    expect(switch).to_have_count(2)
    switch.filter(has_text="父母 · 王*英").click()
    phone.part("time").first.click()
    expect(phone.part("check")).to_contain_text("王*英 · 父母")
    expect(phone.part("yes")).to_have_text("为 王*英 预约")
    phone.part("yes").click()
    expect(phone.part("step-done")).to_contain_text("王*英")
    assert mine(street, at, mother) == [("booked", at.slots[0]["id"])]
    assert mine(street, at, son) == []
    phone.part("to-mine").click()
    expect(phone.part("first")).to_contain_text("老年科")
    phone.part("people").get_by_role("button").filter(has_text=son.name).click()
    expect(phone.part("no-appointments")).to_be_visible()


REFUSED: dict[str, tuple[int, dict[str, Any], str]] = {
    "booking-closed": (403, {"until": "2099-12-20T00:00:00+08:00"}, "服务台照常可以约"),
    "slot-not-open": (409, {"opens_at": "2099-12-01T07:00:00+08:00"}, "07:00 放出"),
    "identity-not-proved": (403, {}, "带证件到任何一家的服务台"),
    "too-many-appointments": (409, {}, "已经有五个"),
    "slots-overlap": (409, {}, "和另一个预约冲突"),
    "already-booked": (409, {}, "已经有预约或候补"),
}


def _refuse(body: dict[str, Any], route: Route) -> None:
    route.fulfill(status=body["status"], json=body)


def test_every_refusal_says_why_and_what_then(street: Place, phone_of: PhoneOf) -> None:
    person, _ = street.newcomer(), clinic(street, "消化科")
    phone = carrying(phone_of, street, person)
    at_the_booking(street, phone, "消化科")
    phone.part("time").first.click()
    for slug, (status, more, words) in REFUSED.items():
        body = {"type": f"/problems/{slug}", "title": "不行", "status": status} | more
        phone.page.route(BOOKINGS, partial(_refuse, body))
        phone.part("yes").click()
        expect(phone.part("said")).to_contain_text(words)
        phone.page.unroute(BOOKINGS)
    expect(phone.part("said").locator("a")).to_have_attribute("href", "/portal/appointments")


def test_a_day_that_is_not_released_says_when_it_opens(street: Place, phone_of: PhoneOf) -> None:
    clinic(street, "中医科", released_days_ahead=0, released_at="07:15")
    phone = carrying(phone_of, street, street.newcomer())
    at_the_booking(street, phone, "中医科")
    expect(phone.part("day").first).to_contain_text("未放号")
    expect(phone.part("opens")).to_contain_text("明天 07:15 放出")
    expect(phone.part("time")).to_have_count(0)


def test_the_phone_s_own_way_back_goes_one_step_back(street: Place, phone_of: PhoneOf) -> None:
    clinic(street, "妇科")
    phone = carrying(phone_of, street, street.newcomer())
    at_the_booking(street, phone, "妇科")
    phone.part("time").first.click()
    expect(phone.part("yes")).to_be_visible()
    for step in ("when", "what", "where"):
        phone.page.go_back()
        expect(phone.part(f"step-{step}")).to_be_visible()
    expect(phone.part("institution").first).to_be_visible()
    phone.part("institution").first.click()
    phone.part("change-where").click()
    expect(phone.part("step-where")).to_be_visible()


def test_a_phone_whose_date_is_wrong_speaks_of_the_city_s_day(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "肾内科")
    with street.inside():
        at.book(person)
        tomorrow = clock.today()
    phone = phone_of(street)
    phone.page.clock.install(time=f"{tomorrow.year + 1}-01-05T08:00:00")
    phone.remember(person)
    expect(my_page(street, phone)).to_contain_text("明天 14:00")


def test_without_network_the_page_says_so_and_comes_back(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    phone.page.route("**/api/v1/me", lambda route: route.abort())
    for path in ("appointments", "book"):
        phone.page.goto(f"{street.address}/portal/{path}")
        expect(phone.part("said")).to_contain_text("现在没有网络")
    phone.page.unroute("**/api/v1/me")
    phone.part("again").click()
    expect(phone.part("institution").first).to_be_visible()
    expect(phone.part("again")).to_be_hidden()
    phone.part("wanted").fill("没有这一家")
    phone.part("search").click()
    expect(phone.part("where-said")).to_contain_text("没有找到")


TICKET = {"id": "t", "appointment_id": "a", "queue_id": "q", "place": "312 诊室", "number": 7, "state": "arrived"}


def test_a_number_is_followed_until_it_is_called(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    now = TICKET | {"ahead": 3, "expected_at": "2026-11-26T06:50:00+00:00"}
    asked: list[dict[str, Any]] = []
    is_lost = False

    def told(route: Route) -> None:
        if is_lost:
            route.abort("internetdisconnected")
            return
        asked.append(now)
        route.fulfill(json={"items": [now] if now else []})

    phone.page.route("**/residents/*/tickets", told)
    my_page(street, phone)
    expect(phone.part("number")).to_have_text("7 号")
    expect(phone.part("stands")).to_have_text("前面还有 3 位，大约 14:50")
    now = TICKET | {"ahead": 0, "expected_at": None}
    phone.page.clock.fast_forward(10_000)
    expect(phone.part("stands")).to_have_text("下一位就是您")
    is_lost = True
    phone.page.clock.fast_forward(10_000)
    expect(phone.part("ticket")).to_contain_text("现在没有网络")
    is_lost = False
    now = TICKET | {"state": "in-progress", "ahead": 0, "expected_at": None}
    phone.page.clock.fast_forward(10_000)
    expect(phone.part("stands")).to_have_text("请到 312 诊室")
    now = {}
    phone.page.clock.fast_forward(10_000)
    expect(phone.part("ticket")).to_be_hidden()
    phone.page.wait_for_load_state("networkidle")
    before = len(asked)
    phone.page.clock.fast_forward(60_000)
    phone.page.wait_for_timeout(300)
    assert len(asked) == before, "nobody asks where there is no number"


def test_unread_notices_are_on_top_and_read_once_they_were_seen(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    told = {"kind": "appointment-offered", "detail": "请在 30 分钟内决定。", "created_at": "2026-11-26T06:50:00+00:00"}
    items = [
        told | {"id": "n1", "title": "有号了", "read_at": None},
        told | {"id": "n2", "title": "旧的", "read_at": told["created_at"]},
    ]
    phone.page.route("**/residents/*/notices?*", lambda route: route.fulfill(json={"items": items, "next": None}))
    with phone.page.expect_request("**/notices/n1/readings") as reading:
        phone.page.route("**/readings", lambda route: route.fulfill(json={}))
        my_page(street, phone)
    assert reading.value.method == "POST"
    expect(phone.part("notice")).to_have_count(1)
    expect(phone.part("notice")).to_contain_text("有号了")


def test_referrals_say_how_they_stand(street: Place, phone_of: PhoneOf) -> None:
    town, phone = street.town, carrying(phone_of, street, street.newcomer())
    sent = {
        "from_institution_id": town.station,
        "to_institution_id": town.hospital,
        "direction": "up",
        "reason": "胸痛待查",
    }
    no = {"state": "rejected", "decided_reason": "请先到心内科门诊", "appointment": None}
    yes = {"state": "booked", "decided_reason": None, "appointment": {"starts_at": "2099-12-03T06:30:00+00:00"}}
    items = [sent | {"id": "r1"} | yes, sent | {"id": "r2"} | no]
    phone.page.route("**/residents/*/referrals", lambda route: route.fulfill(json={"items": items}))
    my_page(street, phone)
    booked, rejected = phone.part("referral").nth(0), phone.part("referral").nth(1)
    expect(booked).to_contain_text("转到上级医院 · 已约好时间")
    expect(booked).to_contain_text("青阳街道社区卫生服务站 → 晋江市医院")
    expect(booked).to_contain_text("12月3日")
    expect(rejected).to_contain_text("原因：请先到心内科门诊")


def test_a_calendar_s_link_is_shown_once_and_can_be_stopped(street: Place, phone_of: PhoneOf) -> None:
    person, at = street.newcomer(), clinic(street, "康复科")
    with street.inside():
        booked = at.book(person).json
    phone = carrying(phone_of, street, person)
    feeds: list[dict[str, str]] = []

    def feed(route: Route) -> None:
        if route.request.method == "POST":
            feeds.append({"id": "f1", "created_at": "2026-11-26T06:50:00+00:00"})
            route.fulfill(status=201, json={"id": "f1", "address": "/api/v1/calendar-feeds/hidden.ics"})
        else:
            route.fulfill(json={"items": feeds})

    phone.page.route("**/residents/*/calendar-feeds", feed)
    phone.page.route("**/calendar-feeds/f1", lambda route: (feeds.clear(), route.fulfill(status=204)))
    my_page(street, phone)
    address = f"/api/v1/appointments/{booked['id']}/calendar"
    expect(phone.part("into-calendar")).to_have_attribute("href", address)
    phone.part("calendar-open").click()
    phone.part("subscribe").click()
    expect(phone.part("feed-address")).to_have_value(f"{street.address}/api/v1/calendar-feeds/hidden.ics")
    phone.part("feed-copy").click()
    expect(phone.page.locator("[data-copied]")).not_to_be_empty()
    phone.part("feed-revoke").click()
    phone.part("sure-yes").click()
    expect(phone.part("feed")).to_have_count(0)
    expect(phone.part("feed-address")).to_be_hidden()


def test_what_the_service_does_not_have_is_left_out(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(phone_of, street, street.newcomer())
    for part in ("tickets", "notices?*", "referrals", "calendar-feeds"):
        phone.page.route(f"**/residents/*/{part}", lambda route: route.fulfill(status=404, json={"title": "没有找到"}))
    my_page(street, phone)
    expect(phone.part("no-appointments")).to_be_visible()
    for part in ("#ticket", "#notices", "#referrals", "#calendar", "[data-trouble] >> nth=0"):
        expect(phone.page.locator(part)).to_be_hidden()


def test_the_line_under_the_code_says_nothing_without_network(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    phone = phone_of(street, person, is_kept=True)
    expect(phone.part("next")).to_contain_text("暂时没有安排")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    with offline(phone.page.context):
        phone.page.reload()
        phone.shows(person)
        expect(phone.part("next")).to_be_hidden()


def test_the_nearest_are_found_only_after_a_tap(street: Place, phone_of: PhoneOf) -> None:
    phone = carrying(
        phone_of,
        street,
        street.newcomer(),
        geolocation={"latitude": 24.577, "longitude": 118.607},
        permissions=["geolocation"],
    )

    def allowed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"permissions-policy": "geolocation=(self)"})

    asked: list[str] = []
    phone.page.on("request", lambda request: asked.append(request.url))
    phone.page.route("**/portal/book", allowed)
    phone.page.goto(f"{street.address}/portal/book")
    expect(phone.part("institution").first).to_be_visible()
    assert not [url for url in asked if "near=" in url]
    phone.part("near").click()
    expect(phone.part("institution").first).to_contain_text("金井镇卫生站")
    expect(phone.part("institution").first).to_contain_text("米")
    assert [url for url in asked if "near=24.577%2C118.607" in url], "a hundred metres near, no nearer"
