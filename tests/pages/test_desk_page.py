"""The desk: signing in to work, the day and its queue, booking for somebody in front, referrals."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from healthcode.core import ids
from tests.pages.conftest import DeskOf
from tests.pages.desks import TODAY, DeskScreen, Hospital, Room, body_of, referral

TOMORROW = date(2026, 11, 24)
IDLE = 15 * 60


# ---- signing in ----


def test_a_doctor_signs_in_by_password_and_authenticator_and_sees_what_the_post_does(
    hospital: Hospital, desk_of: DeskOf
) -> None:
    doctor, desk = hospital.colleague("doctor"), desk_of()
    desk.open()
    expect(desk.page.locator("#username")).to_be_focused()
    desk.sign_in(doctor, password="guessed")
    expect(desk.part("sign-in")).to_contain_text("用户名、密码或动态码不正确")
    expect(desk.page.locator("#totp")).to_have_value("")
    desk.sign_in(doctor)
    expect(desk.part("way-day")).to_be_visible()
    expect(desk.part("way-day")).to_be_focused()
    expect(desk.part("way-book")).to_be_visible()
    expect(desk.part("where")).to_have_text(f"晋江市医院 · {doctor.username}")
    (cookie,) = [one for one in desk.page.context.cookies() if one["name"] == "healthcode_session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    with desk.page.expect_navigation():
        desk.part("sign-out").click()
    expect(desk.part("sign-in")).to_be_visible()
    desk.open("day")
    expect(desk.part("sign-in")).to_be_visible()
    expect(desk.part("work")).to_be_hidden()


def test_who_works_at_two_places_says_where_with_the_same_digits(hospital: Hospital, desk_of: DeskOf) -> None:
    town, desk = hospital.place.town, desk_of()
    desk.open()
    desk.sign_in(hospital.colleague("clerk", town.hospital, town.station))
    expect(desk.part("places")).to_be_visible()
    desk.part("places").get_by_label("青阳街道社区卫生服务站").check(force=True)
    desk.part("sign-in-button").click()
    expect(desk.part("where")).to_contain_text("青阳街道社区卫生服务站")


@pytest.mark.parametrize(("role", "ways"), [("hotline", ["way-book"]), ("cashier", ["way-bills"]), ("auditor", [])])
def test_a_post_sees_only_what_it_does(hospital: Hospital, desk_of: DeskOf, role: str, ways: list[str]) -> None:
    where = hospital.place.town.hospital if role == "cashier" else None
    desk = desk_of(hospital.colleague(role, where), where)
    desk.open()
    expect(desk.part("work")).to_be_visible()
    assert [way for way in ("way-day", "way-book", "way-referrals", "way-bills") if desk.part(way).is_visible()] == ways
    assert desk.part("nothing").is_visible() is not bool(ways)
    desk.open("day")
    expect(desk.part("refused")).to_be_visible()
    expect(desk.part("refused")).to_contain_text("您现在的岗位没有这一项权限")


def test_a_session_that_ended_asks_for_the_sign_in_and_loses_nothing_typed(hospital: Hospital, desk_of: DeskOf) -> None:
    clerk, patient, desk = hospital.colleague("clerk"), hospital.patient(), desk_of()
    desk.open("book")
    desk.sign_in(clerk)
    desk.part("find-number").fill(patient.number)
    desk.page.context.clear_cookies()
    desk.part("find-button").click()
    expect(desk.part("sign-in-why")).to_contain_text("填到一半的内容还在")
    expect(desk.part("work")).to_be_hidden()
    expect(desk.page.locator("#username")).to_have_value(clerk.username)
    desk.sign_in(clerk)
    expect(desk.part("who")).to_have_text(patient.masked)  # what was asked is asked again by itself


def test_somebody_else_who_signs_in_finds_nothing_of_what_was_begun(hospital: Hospital, desk_of: DeskOf) -> None:
    hospital.clinic(TOMORROW, title="皮肤科")
    patient, desk = hospital.patient(), desk_of()
    desk.open("book")
    desk.sign_in(hospital.colleague("clerk"))
    desk.find(patient)
    desk.part("slots-day").filter(has_text="明天").get_by_test_id("slot").first.click()
    desk.page.context.clear_cookies()
    desk.part("book-button").click()
    expect(desk.part("sign-in-why")).to_be_visible()
    other = hospital.colleague("clerk")
    desk.sign_in(other)
    expect(desk.part("where")).to_contain_text(other.username)
    expect(desk.part("find-number")).to_be_focused()
    expect(desk.part("in-front")).to_be_hidden()
    assert patient.masked not in desk.page.content()
    assert hospital.appointments(patient) == []


@pytest.mark.case("O9")
def test_a_screen_that_nobody_touches_signs_out_although_it_refreshes_itself(
    hospital: Hospital, desk_of: DeskOf
) -> None:
    clerk, desk = hospital.colleague("clerk"), desk_of()
    desk.open("day")
    desk.sign_in(clerk)
    expect(desk.part("day-title")).to_contain_text("11月23日")
    desk.page.clock.fast_forward((IDLE - 60) * 1000)
    desk.page.keyboard.press("Shift")
    desk.page.clock.fast_forward((IDLE - 60) * 1000)
    expect(desk.part("work")).to_be_visible()
    with desk.page.expect_response(lambda answer: answer.request.method == "DELETE") as ended:
        desk.page.clock.fast_forward(120_000)
    assert ended.value.status == 204
    expect(desk.part("sign-in-why")).to_contain_text("有一会儿没有人操作")
    expect(desk.part("work")).to_be_hidden()
    desk.page.reload()
    expect(desk.part("sign-in")).to_be_visible()


# ---- the day ----


def test_the_day_lists_who_is_expected_masked_by_clinic(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(title="内科甲", starts="09:30", ends="11:30", room="218")
    first, second = hospital.patient("赵一一"), hospital.patient("钱二二")
    slots = hospital.slots(clinic)
    hospital.book(second, slots[2]["id"])
    hospital.book(first, slots[0]["id"])
    desk = desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    desk.answers("/institutions/*/queues", lambda _route: (404, {"type": "/problems/not-found", "status": 404}))
    desk.open("day")
    mine = desk.part("clinic").filter(has_text="内科甲 · 218")
    expect(mine.get_by_test_id("expected")).to_have_count(2)
    expect(mine.get_by_test_id("expected").first).to_contain_text("09:30赵*一已预约")
    expect(mine).to_contain_text("共 2 人 · 已到 0")
    assert "赵一一" not in desk.page.content()
    expect(desk.part("queue")).to_be_hidden()  # a part whose door is not there is left out
    expect(mine.get_by_test_id("miss")).to_have_count(0)  # not before the slot is over
    desk.page.keyboard.press("/")
    expect(desk.part("filter")).to_be_focused()
    desk.page.keyboard.type("10:30")
    expect(desk.part("expected")).to_have_count(1)
    desk.part("filter").fill("nobody")
    expect(desk.part("no-list")).to_have_text("名单里没有这样的人。")
    desk.part("filter").fill("")
    desk.part("day").fill("2026-11-26")
    expect(desk.part("no-list")).to_have_text("这一天没有人预约。")
    expect(desk.part("day-title")).to_have_text("11月26日 周四")


def test_who_has_no_phone_is_checked_in_at_the_desk(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(title="内科乙", starts="10:00", ends="11:00")
    appointment = hospital.book(hospital.patient("孙三三"), hospital.slots(clinic)[0]["id"])
    desk = desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    asked: list[str] = []

    def arrive(route: Route) -> Any:
        asked.append(route.request.headers["idempotency-key"])
        return appointment | {"state": "arrived", "ticket": 7}

    def listed(route: Route) -> Any:
        answer = route.fetch().json()
        for one in answer["items"]:
            if asked and one["appointment"]["id"] == appointment["id"]:
                one["appointment"] |= {"state": "arrived", "ticket": 7}
        return answer

    desk.answers(f"/appointments/{appointment['id']}/arrivals", arrive)
    desk.answers("/institutions/*/appointments?day=*", listed)
    desk.open("day")
    row = desk.part("expected").filter(has_text="孙*三")
    row.get_by_test_id("arrive").click()
    expect(row).to_contain_text("已到 · 7 号")
    assert len(asked) == 1


def test_who_did_not_come_is_noted_after_the_slot_and_only_by_who_is_sure(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(title="内科丙", starts="09:30", ends="10:00")
    patient = hospital.patient("李四四")
    hospital.book(patient, hospital.slots(clinic)[0]["id"])
    desk = desk_of(hospital.colleague("nurse"), hospital.place.town.hospital)
    asked: list[str] = []
    desk.answers("/appointments/*/absences", lambda route: asked.append(route.request.url) or {})
    desk.open("day")
    row = desk.part("expected").filter(has_text="李*四")
    expect(row).to_be_visible()
    expect(row.get_by_test_id("miss")).to_be_hidden()
    for _ in range(4):  # somebody is there, or the page would sign out
        desk.page.keyboard.press("Shift")
        desk.page.clock.fast_forward(12 * 60 * 1000)
    row.get_by_test_id("miss").click()
    expect(row).to_contain_text("没有来？记下后不能撤回。")
    row.get_by_test_id("miss-no").click()
    assert asked == []
    row.get_by_test_id("miss").click()
    with desk.page.expect_response("**/absences"):
        row.get_by_test_id("miss-yes").click()
    assert len(asked) == 1


# ---- the queue ----


def test_people_are_called_one_after_another_by_key_and_by_button(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    room = Room(desk, hospital.place.town.hospital, ["王*英", "李*国", "陈*玲"])
    desk.open("day")
    number = desk.part("now-number")
    expect(desk.part("call")).to_be_focused()
    expect(desk.part("ticket")).to_have_count(3)
    expect(desk.part("ticket").first).to_contain_text("优先")
    assert desk.part("now").get_attribute("aria-live") == "polite"
    desk.press("Enter")
    expect(number).to_have_text("1")
    expect(desk.part("now-who")).to_have_text("王*英 · 优先")
    expect(desk.part("waiting-count")).to_have_text("2")
    with desk.page.expect_response("**/tickets/*/calls"):
        desk.press("r")
    desk.press("s")
    expect(number).to_have_text("—")
    expect(desk.part("skipped")).to_contain_text("王*英")
    desk.press("n")
    expect(number).to_have_text("2")
    desk.part("ticket-return").click()
    expect(desk.part("waiting-count")).to_have_text("2")
    desk.part("done").click()
    expect(number).to_have_text("—")
    desk.part("day-title").click()
    desk.press("Enter")
    expect(number).to_have_text("1")
    assert [deed.split("/")[0] for deed in room.asked if deed != "tickets"].count("tickets") == 3
    assert len(set(room.keys)) == len(room.keys), "each deed has a key of its own"


def test_nobody_waits_is_a_sentence(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    Room(desk, hospital.place.town.hospital, [])
    desk.open("day")
    expect(desk.part("nobody-waits")).to_be_visible()
    desk.part("call").click()
    expect(desk.part("queue-trouble")).to_have_text("没有人在等")
    expect(desk.part("queue-trouble")).to_have_attribute("data-tone", "attention")


def test_a_call_whose_answer_was_lost_is_sent_again_with_its_key(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    room = Room(desk, hospital.place.town.hospital, ["王*英", "李*国"])
    desk.open("day")
    expect(desk.part("ticket")).to_have_count(2)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.headers["idempotency-key"])
        route.abort()

    desk.page.route(f"**/queues/{room.id}/calls", lose, times=1)
    desk.part("call").click()
    expect(desk.part("queue-trouble")).to_contain_text("现在没有网络")
    desk.part("call").dblclick()
    expect(desk.part("now-number")).to_have_text("1")
    assert lost == room.keys[:1]
    assert len(room.keys) == 1, "the second of two quick presses calls nobody"


def test_a_hand_held_reader_calls_nobody(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    room = Room(desk, hospital.place.town.hospital, ["王*英"])
    desk.open("day")
    expect(desk.part("call")).to_be_focused()
    codes = ["KeyH", "KeyP", "Digit1", *(f"Key{letter}" for letter in "NSDRNSDR"), "Digit7", "KeyN", "Enter"]
    is_let_press = desk.page.evaluate(
        """codes => codes.map(code => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {code, bubbles: true, cancelable: true}))).at(-1)""",
        codes,
    )
    assert not is_let_press, "the Enter at its end"
    desk.page.wait_for_timeout(400)
    assert room.keys == []


def test_the_queue_refreshes_itself_and_asks_for_people_only_when_numbers_changed(
    hospital: Hospital, desk_of: DeskOf
) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    room = Room(desk, hospital.place.town.hospital, ["王*英"])
    desk.open("day")
    expect(desk.part("ticket")).to_have_count(1)
    row = desk.part("ticket").first.element_handle()
    looks = len(room.asked)
    for _ in range(3):
        with desk.page.expect_response("**/queues"):
            desk.page.clock.fast_forward(5_000)
    assert len(room.asked) == looks
    room.arrive("周*五")
    desk.part("refresh").focus()
    desk.page.clock.fast_forward(5_000)
    expect(desk.part("ticket")).to_have_count(2)
    expect(desk.part("refresh")).to_be_focused()
    assert row.evaluate("row => row.isConnected"), "what stayed the same is not drawn anew"
    desk.page.route("**/queues", lambda route: route.abort())
    desk.page.clock.fast_forward(5_000)
    expect(desk.part("still")).to_contain_text("现在没有网络")
    expect(desk.part("ticket")).to_have_count(2)
    room.listen()
    desk.page.clock.fast_forward(5_000)
    expect(desk.part("still")).to_be_hidden()


def test_the_room_that_was_chosen_is_remembered(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    room = Room(desk, hospital.place.town.hospital, ["王*英"])
    other = ids.new()
    room.others.append({"id": other, "place": "415", "day": TODAY.isoformat(), "waiting": 0, "current": []})
    desk.answers(f"/queues/{other}/tickets", lambda _route: {"items": []})
    desk.open("day")
    expect(desk.part("ticket")).to_have_count(1)
    desk.part("queue-choice").select_option(other)
    expect(desk.part("nobody-waits")).to_be_visible()
    desk.page.reload()
    expect(desk.part("queue-choice")).to_have_value(other)
    expect(desk.part("nobody-waits")).to_be_visible()


# ---- booking ----


def test_somebody_in_front_is_found_booked_moved_and_cancelled(hospital: Hospital, desk_of: DeskOf) -> None:
    hospital.clinic(TOMORROW, title="外科", starts="12:00", ends="14:00")  # hours that no other story has
    patient, desk = hospital.patient(), desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    desk.open("book")
    expect(desk.part("find-number")).to_be_focused()
    desk.part("find-number").fill("HP1:ABC")
    desk.page.keyboard.press("Enter")
    expect(desk.part("find-trouble")).to_contain_text("这是就医码")
    desk.find(patient)
    expect(desk.part("no-appointments")).to_be_visible()
    day = desk.part("slots-day").filter(has_text="明天")
    day.get_by_test_id("slot").filter(has_text="12:30").first.click()
    expect(desk.part("choice")).to_contain_text(f"{patient.masked}：明天 · 11月24日 周二 12:30，外科 · 302，晋江市医院")
    expect(desk.part("book-button")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.part("booked-says")).to_contain_text(f"已为 {patient.masked} 预约：明天 · 11月24日 周二 12:30")
    expect(desk.part("appointment")).to_have_count(1)
    slip = desk.part("slip")
    expect(slip).to_be_hidden()
    desk.page.emulate_media(media="print", color_scheme="dark")
    expect(slip).to_be_visible()
    expect(slip).to_contain_text("11月24日 周二")
    expect(slip).to_contain_text("12:30")
    expect(desk.part("work")).to_be_hidden()
    assert slip.evaluate("slip => [getComputedStyle(slip).color, getComputedStyle(document.body).backgroundColor]") == [
        "rgb(0, 0, 0)",
        "rgb(255, 255, 255)",
    ]
    desk.page.emulate_media(media="screen", color_scheme="light")
    desk.part("move").click()
    expect(desk.part("moving")).to_contain_text("原来的号还在")
    day.get_by_test_id("slot").filter(has_text="13:30").first.click()
    desk.part("book-button").click()
    expect(desk.part("booked-says")).to_contain_text("已改到：明天 · 11月24日 周二 13:30")
    expect(desk.part("appointment")).to_contain_text("13:30")
    desk.part("cancel").click()
    expect(desk.part("appointment")).to_contain_text("号会让给别人")
    desk.part("cancel-yes").click()
    expect(desk.part("no-appointments")).to_be_visible()
    assert hospital.appointments(patient) == []
    desk.part("next-person").first.click()
    expect(desk.part("find-number")).to_be_focused()
    expect(desk.part("in-front")).to_be_hidden()


def test_a_booking_whose_answer_was_lost_is_one_booking(hospital: Hospital, desk_of: DeskOf) -> None:
    hospital.clinic(TOMORROW, title="骨科", starts="16:00", ends="17:30")
    patient, desk = hospital.patient(), desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    keys: list[str] = []

    def lose(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            assert route.fetch().status == 201  # it was booked, and the page never hears of it
            route.abort()
        else:
            route.fallback()

    desk.page.route(
        "**/api/v1/residents/*/appointments",
        lambda route: lose(route) if route.request.method == "POST" else route.fallback(),
    )
    desk.open("book")
    desk.find(patient)
    desk.part("slots-day").filter(has_text="明天").get_by_test_id("slot").last.click()
    desk.part("book-button").click()
    expect(desk.part("choice-trouble")).to_contain_text("现在没有网络")
    desk.part("book-button").click()
    expect(desk.part("booked-says")).to_contain_text("已为")
    assert len(set(keys)) == 1
    assert len(hospital.appointments(patient)) == 1


def test_a_full_clinic_is_waited_for_or_a_place_is_added_with_a_reason(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(TOMORROW, title="眼科", starts="14:00", ends="14:30", capacity=1)
    hospital.book(hospital.patient(), hospital.slots(clinic)[0]["id"])
    waiting, added = hospital.patient("吴六六"), hospital.patient("郑七七")
    desk = desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    desk.open("book")
    desk.find(waiting)
    full = desk.part("slots").locator("button", has_text="已满")
    expect(desk.part("slot").first).to_be_visible()
    expect(full).to_have_count(0)
    desk.part("slots-full").check(force=True)
    full.filter(has_text="14:00").click()
    expect(desk.part("book-button")).to_be_hidden()
    desk.part("wait-button").click()
    expect(desk.part("booked-says")).to_contain_text(f"{waiting.masked} 已候补")
    expect(desk.part("print-slip")).to_be_hidden()
    assert [one["state"] for one in hospital.appointments(waiting)] == ["waitlist"]
    desk.part("next-person").first.click()
    desk.find(added)
    full.filter(has_text="14:00").click()
    desk.part("beyond").locator("summary").click()
    desk.part("beyond-button").click()
    expect(desk.part("beyond-why")).to_be_focused()  # not without a reason
    desk.part("beyond-why").fill("术后复查")
    desk.part("beyond-button").click()
    expect(desk.part("booked-says")).to_contain_text(f"已为 {added.masked} 加号")
    assert [one["is_overbooked"] for one in hospital.appointments(added)] == [True]


def test_another_place_is_booked_as_residents_do_and_adds_no_place(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(TOMORROW, title="耳鼻喉科", starts="15:00", ends="15:30", capacity=1)
    hospital.book(hospital.patient(), hospital.slots(clinic)[0]["id"])
    town, patient = hospital.place.town, hospital.patient()
    desk = desk_of(hospital.colleague("station_worker", town.station), town.station)
    desk.open("book")
    expect(desk.part("slots-none")).to_be_visible()
    desk.find(patient)
    desk.part("slots-place").select_option(town.hospital)
    desk.part("slots-full").check(force=True)
    desk.part("slots").locator("button", has_text="已满").filter(has_text="15:00").click()
    expect(desk.part("wait-button")).to_be_visible()
    expect(desk.part("beyond")).to_be_hidden()


def test_nobody_registered_and_a_document_nobody_saw_are_sentences(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("clerk"), hospital.place.town.hospital)
    desk.open("book")
    desk.part("find-number").fill("H12345678")
    expect(desk.part("find-kind")).to_have_value("hk-macao-permit")
    desk.part("find-button").click()
    expect(desk.part("find-trouble")).to_contain_text("没有人登记过这个证件")
    desk.part("find-number").fill("110105194912310021")
    expect(desk.part("find-kind")).to_have_value("resident-id")
    desk.part("find-button").click()
    expect(desk.part("find-number")).to_have_attribute("aria-invalid", "true")


@pytest.mark.case("Z2")
def test_a_clerk_of_another_institution_sees_nothing_here(hospital: Hospital, desk_of: DeskOf) -> None:
    clinic = hospital.clinic(title="内科丁", starts="11:00", ends="11:30")
    patient = hospital.patient("冯八八")
    hospital.book(patient, hospital.slots(clinic)[0]["id"])
    desk = desk_of(hospital.place.town.far_clerk)
    desk.open("day")
    expect(desk.part("where")).to_have_text("金井镇卫生站")
    expect(desk.part("no-list")).to_have_text("这一天没有人预约。")
    assert "冯*八" not in desk.page.content()
    # Not even with the hospital's ids in hand: no visit is open at the far station.
    said = f'{{"id": "{patient.id}", "name": "?"}}'
    desk.page.evaluate("said => sessionStorage.setItem('desk-in-front', said)", said)
    desk.open("book")
    expect(desk.part("theirs")).to_contain_text("这里还没有为此人打开就诊")
    listed = desk.page.evaluate(
        "id => fetch(`/api/v1/institutions/${id}/appointments`).then(answer => answer.status)",
        hospital.place.town.hospital,
    )
    assert listed == 403


# ---- referrals ----


class Referrals:
    """What the doors of referrals answer, after the contract of their states."""

    def __init__(self, desk: DeskScreen, *rows: dict[str, Any]) -> None:
        self.rows = {row["id"]: row for row in rows}
        self.asked: list[tuple[str, Any]] = []
        desk.answers("/institutions/*/referrals?*", self._list)
        for deed, state in (
            ("acceptances", "accepted"), ("rejections", "rejected"), ("bookings", "booked"),
            ("completions", "completed"), ("cancellations", "cancelled"),
        ):  # fmt: skip
            desk.answers(f"/referrals/*/{deed}", lambda route, state=state: self._become(route, state))
        desk.answers("/residents/*/referrals", self._new)

    def _list(self, route: Route) -> Any:
        named = parse_qs(urlsplit(route.request.url).query).get(
            "state", ["requested", "accepted", "booked", "unattended"]
        )
        return {"items": [row for row in self.rows.values() if row["state"] in named], "next": None}

    def _become(self, route: Route, state: str) -> Any:
        which, deed = route.request.url.split("/")[-2:]
        self.asked.append((deed, body_of(route)))
        self.rows[which]["state"] = state
        return self.rows[which]

    def _new(self, route: Route) -> Any:
        self.asked.append(("referrals", body_of(route)))
        return {}


def test_referrals_that_came_in_are_accepted_booked_rejected_and_sent_back(hospital: Hospital, desk_of: DeskOf) -> None:
    hospital.clinic(TOMORROW, title="心内科")
    town, desk = hospital.place.town, desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    urgent, usual = referral(hospital, urgency="asap"), referral(hospital, display_name="李*国")
    done = referral(hospital, display_name="陈*玲", state="completed", summary="已调整用药")
    doors = Referrals(desk, urgent, usual, done)
    desk.open("referrals")
    expect(desk.part("referral")).to_have_count(2)
    first, second = (desk.part("referral").filter(has_text=name) for name in ("王*英", "李*国"))
    expect(first).to_contain_text("尽快王*英等待处理")
    expect(first).to_contain_text("青阳街道社区卫生服务站 → 晋江市医院")
    first.get_by_test_id("accept").click()
    expect(desk.part("said")).to_have_text("已接收 王*英 的转诊。")
    expect(first.get_by_test_id("accept")).to_have_count(0)
    first.get_by_test_id("place").click()
    desk.part("placing").get_by_test_id("slot").first.click()
    desk.part("placing-choice").get_by_test_id("place").click()
    expect(first).to_contain_text("已约时间")
    second.get_by_test_id("reject").click()
    desk.part("asked-yes").click()
    expect(desk.part("asked")).to_be_focused()  # not without a reason
    desk.part("asked").fill("本院无此检查")
    desk.part("asked-yes").click()
    expect(second).to_have_count(0)
    desk.part("all").check(force=True)
    expect(desk.part("referral")).to_have_count(3)
    first.get_by_test_id("back").first.click()
    expect(desk.part("answering")).to_contain_text("把 王*英 转回 青阳街道社区卫生服务站")
    expect(desk.part("to")).to_have_value(town.station)
    desk.part("reason").fill("病情稳定，请随访")
    desk.part("refer").click()
    expect(desk.part("said")).to_contain_text("转诊已发出")
    deeds = dict(doors.asked)
    assert deeds["rejections"] == {"reason": "本院无此检查"}
    assert ids.is_id(deeds["bookings"]["slot_id"])
    assert deeds["referrals"] == {
        "to_institution_id": town.station,
        "urgency": "routine",
        "reason": "病情稳定，请随访",
        "answers_id": urgent["id"],
    }


def test_a_doctor_refers_somebody_in_front_and_a_clerk_is_not_offered_it(hospital: Hospital, desk_of: DeskOf) -> None:
    town, patient = hospital.place.town, hospital.patient()
    desk = desk_of(hospital.colleague("doctor", town.station), town.station)
    doors = Referrals(desk)
    desk.open("referrals")
    expect(desk.part("no-referrals")).to_have_text("没有待处理的转诊。")
    desk.part("new").locator("summary").click()
    desk.find(patient)
    desk.part("to").select_option(town.hospital)
    desk.page.get_by_label("较急").check(force=True)
    desk.part("reason").fill("请心内科会诊")
    desk.part("refer").click()
    expect(desk.part("said")).to_contain_text(f"{patient.masked} 的转诊已发出")
    assert doors.asked == [
        ("referrals", {"to_institution_id": town.hospital, "urgency": "urgent", "reason": "请心内科会诊"})
    ]
    clerk = desk_of(town.clerk)
    Referrals(clerk, referral(hospital))
    clerk.open("referrals")
    expect(clerk.part("referral")).to_have_count(1)
    expect(clerk.part("new")).to_be_hidden()
