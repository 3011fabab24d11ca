"""The resident's page: a code that changes, a key that never leaves, a page that opens without network."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.pages.conftest import PhoneOf, ScannerOf
from tests.support.chromium import offline
from tests.support.screens import PhoneScreen, Place, read_picture

DAY = 24 * 3600 * 1000
_PASSES = """() => new Promise((done, fail) => {
    const opening = indexedDB.open("healthcode-portal");
    opening.onsuccess = () => {
        const asking = opening.result.transaction("passes").objectStore("passes").getAll();
        asking.onsuccess = () => { opening.result.close(); done(%s); };
    };
})"""

# Looks at all that stands on a shelf until `is_so` holds: a page says nothing when it has kept something.
_KEPT_UNTIL = """async ([shelf, is_so, told]) => {
    const database = await new Promise(done => {
        const opening = indexedDB.open("healthcode-portal");
        opening.onsuccess = () => done(opening.result);
    });
    const rows = asking => new Promise(done => { asking.onsuccess = () => done(asking.result); });
    const holds = { "offset is far": offset, "passes are others": others }[is_so];
    function offset([said]) { return said < -400_000; }
    function others(kept) { return kept.length === 7 && !kept.some(({passId}) => told.includes(passId)); }
    for (let looks = 0; looks < 20_000; looks += 1) {
        const on = database.transaction(shelf).objectStore(shelf);
        if (holds(await rows(shelf === "facts" ? on.getAll("offset") : on.getAll()))) return database.close();
    }
    throw new Error(`not so: ${is_so}`);
}"""


def test_the_code_changes_every_fifteen_seconds_and_a_ring_runs_down(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street, street.newcomer())
    ring = phone.page.locator("#ring .left")
    codes = {phone.code(), phone.next_code(), phone.next_code()}
    assert len(codes) == 3
    before = phone.picture()
    phone.page.clock.fast_forward(10_000)
    assert 66 <= gone(ring) < 80
    assert phone.picture() == before, "not before its time"
    phone.page.emulate_media(reduced_motion="reduce")
    assert gone(ring) == 0
    phone.page.emulate_media(reduced_motion="no-preference")
    phone.page.clock.fast_forward(5_000)
    phone.redrawn(before)
    assert gone(ring) < 20


def gone(ring: Locator) -> float:
    """How much of the ring has run down, of a hundred."""
    return float(ring.evaluate("ring => parseFloat(getComputedStyle(ring).strokeDashoffset)"))


def test_the_picture_is_large_on_pure_white_and_no_module_is_smaller_than_four_pixels(
    street: Place, phone_of: PhoneOf
) -> None:
    phone = phone_of(street, street.newcomer())
    for width, height in ((320, 640), (360, 640), (390, 844), (844, 390), (1280, 800), (390, 844)):
        phone.page.set_viewport_size({"width": width, "height": height})
        fits = "width => document.querySelector('#panel').getBoundingClientRect().right <= width"
        phone.page.wait_for_function(fits, arg=width)  # it is drawn anew when the browser says that its window changed
        panel, picture = (phone.part(name).bounding_box() for name in ("code", "qr"))
        assert panel
        assert picture
        assert panel["width"] >= 280
        assert panel["x"] >= 0
        assert panel["x"] + panel["width"] <= width
        assert picture["width"] / (61 + 2 * 4) >= 4, "version 11 and its quiet zone"
        assert phone.part("code").evaluate("panel => getComputedStyle(panel).backgroundColor") == "rgb(255, 255, 255)"


def test_the_private_keys_cannot_be_taken_out_of_the_browser(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street, street.newcomer())
    passes = "asking.result.map(({key}) => [key.type, key.algorithm.namedCurve, key.extractable, key.usages])"
    assert phone.page.evaluate(_PASSES % passes) == [["private", "P-256", False, ["sign"]]] * 7
    exported = "Promise.all(asking.result.map(({key}) => crypto.subtle.exportKey('jwk', key).catch(e => e.name)))"
    assert phone.page.evaluate(_PASSES % exported) == ["InvalidAccessError"] * 7


def test_the_page_opens_without_network_for_as_long_as_it_says(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person, is_kept=True), scanner_of(street)
    expect(phone.part("code-state")).to_contain_text("没有网络也能用到")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    with offline(phone.page.context):
        phone.page.reload()
        phone.shows(person)
        assert scanner.paste(phone.code()).kind == "known"
        phone.next_code(6 * DAY // 1000)
        phone.shows(person)
        before = phone.part("code-state").inner_text()
        phone.page.clock.fast_forward(2 * DAY)
        expect(phone.part("code")).to_have_attribute("data-state", "none")
        expect(phone.part("code-state")).not_to_have_text(before)
        expect(phone.part("code-state")).to_contain_text("连上网络")
        expect(phone.part("qr")).to_be_hidden()


@pytest.mark.case("Q11")
def test_a_phone_whose_clock_is_wrong_shows_a_code_that_is_right(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street), scanner_of(street)
    phone.page.clock.install(time=datetime.now(UTC) + timedelta(minutes=7))
    phone.remember(person)
    phone.open()
    phone.shows(person)
    assert scanner.paste(phone.code()).kind == "known"
    phone.part("show-digits").click()
    expect(phone.part("digits")).to_be_visible()


@pytest.mark.case("Q11")
def test_a_phone_whose_clock_was_set_while_it_was_put_away_is_right_when_it_is_taken_out(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    phone.page.clock.set_system_time(datetime.now(UTC) + timedelta(minutes=7))
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.page.evaluate(_KEPT_UNTIL, ["facts", "offset is far", None])
    assert scanner.paste(phone.next_code()).kind == "known"


def test_a_browser_that_keeps_no_keys_shows_tickets(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street), scanner_of(street)
    phone.page.add_init_script("Object.defineProperty(window, 'indexedDB', {value: undefined})")
    phone.remember(person)
    phone.open()
    phone.shows(person, state="ticket")
    expect(phone.part("code-state")).to_have_text("这台设备需要联网才能出码")
    expect(phone.part("answer-station")).to_be_hidden()
    assert scanner.paste(phone.code()).kind == "known"


def test_twenty_digits_are_fetched_on_a_tap_and_end_after_three_minutes(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street, street.newcomer())
    expect(phone.part("digits-box")).to_be_hidden()
    phone.part("show-digits").click()
    expect(phone.part("digits")).to_have_text(re.compile(r"^86\d\d( \d{4}){4}$"))
    expect(phone.part("read-aloud")).to_be_visible()
    phone.page.clock.fast_forward(180_000)
    expect(phone.part("digits-box")).to_be_hidden()
    expect(phone.page.get_by_text("这串数字已过期，请再取一次。")).to_be_visible()


@pytest.mark.case("Q5")
def test_handing_over_asks_the_phone_for_an_answer_to_this_counter(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner, other = phone_of(street, person), scanner_of(street), scanner_of(street, street.town.far_station)
    scanner.step("collect")
    expect(scanner.part("request")).to_be_visible()
    assert scanner.paste(phone.code()).slug == "challenge-needed"
    scanner.go_on()

    request = read_picture(scanner.part("request-qr").screenshot())
    phone.part("answer-station").click()
    phone.page.get_by_text("不能扫？粘贴文字").click()
    phone.page.locator("#station-text").fill(request)
    phone.part("station-read").click()
    expect(phone.part("station-name")).to_have_text(f"晋江市医院 请您出示 {person.name} 的码")
    before = phone.picture()
    phone.part("station-yes").click()
    phone.redrawn(before)
    expect(phone.part("code-state")).to_contain_text("只给 晋江市医院 用")
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.part("code-state")).to_contain_text("只给 晋江市医院 用")
    answer = phone.code()
    other.step("collect")
    assert other.paste(answer).slug == "challenge-mismatch"
    handed = scanner.paste(answer)
    assert (handed.kind, handed.title) == ("known", "已核实 · 取药")


def test_a_counter_s_request_that_ended_while_somebody_was_reading_is_not_answered(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    scanner.step("collect")
    expect(scanner.part("request")).to_be_visible()
    request = read_picture(scanner.part("request-qr").screenshot())
    phone.part("answer-station").click()
    phone.page.get_by_text("不能扫？粘贴文字").click()
    phone.page.locator("#station-text").fill(request)
    phone.part("station-read").click()
    expect(phone.part("station-yes")).to_be_visible()
    phone.page.clock.fast_forward(200_000)
    phone.part("station-yes").click()
    expect(phone.part("station-dialog")).to_contain_text("窗口的请求已过期")
    expect(phone.part("station-yes")).to_be_hidden()


@pytest.mark.case("O9")
def test_on_a_device_that_others_use_too_the_session_is_a_short_one(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    phone = phone_of(street)
    phone.open()
    phone.page.locator("label", has=phone.part("is-shared")).click()
    with phone.page.expect_request(lambda request: request.url.endswith("/api/v1/sessions")) as asked:
        phone.sign_in(person, is_open=True)
    assert asked.value.post_data_json["is_shared"] is True
    phone.shows(person)
    expect(phone.page.locator("#phone")).to_have_value("")
    assert phone.page.evaluate("localStorage.getItem('device-secret')") is None


@pytest.mark.case("Q13")
def test_after_a_lost_phone_old_pictures_are_worthless_and_this_phone_goes_on(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person), scanner_of(street)
    before, old = phone.picture(), phone.code()
    phone.part("lost").click()
    phone.part("lost-yes").click()
    expect(phone.part("lost-dialog")).to_contain_text("已停用 7 个码")
    phone.redrawn(before)
    phone.page.locator("[data-act=lost-close]").click()
    assert scanner.paste(old).slug == "code-revoked"
    assert scanner.paste(phone.code()).kind == "known"


@pytest.mark.case("Q13")
def test_codes_that_were_stopped_on_another_device_are_shown_here_no_longer(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, other, scanner = phone_of(street, person), phone_of(street, person), scanner_of(street)
    other.part("lost").click()
    other.part("lost-yes").click()
    expect(other.part("lost-dialog")).to_contain_text("已停用 14 个码")
    stopped = phone.page.evaluate(_PASSES % "asking.result.map(({passId}) => passId)")
    phone.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    phone.page.evaluate(_KEPT_UNTIL, ["passes", "passes are others", stopped])
    assert scanner.paste(phone.next_code()).kind == "known"


def test_signing_out_leaves_nothing_and_somebody_else_can_sign_in(street: Place, phone_of: PhoneOf) -> None:
    first, second = street.newcomer(), street.newcomer("林小芳")
    phone = phone_of(street, first, language="en", is_kept=True)
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    phone.part("language").click()
    phone.shows(first)
    expect(phone.page.get_by_text("退出登录")).to_be_visible()
    phone.part("sign-out").click()
    expect(phone.part("sign-in")).to_be_visible()
    expect(phone.page.locator("#phone")).to_be_visible()
    expect(phone.page.locator("#phone")).to_have_value("")
    assert first.name not in phone.page.content()
    passes = phone.page.evaluate(_PASSES % "asking.result.length")
    assert passes == 0
    assert [one["name"] for one in phone.page.context.cookies()] == ["lang"], "the choice of language stays"
    phone.sign_in(second)
    phone.shows(second)


def test_a_session_that_was_ended_elsewhere_takes_the_code_away(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    phone, other = phone_of(street, person), phone_of(street, person)
    ended = """async () => {
        const {items} = await (await fetch("/api/v1/sessions")).json();
        const other = items.find(one => !one.is_current);
        return (await fetch(`/api/v1/sessions/${other.id}`, {method: "DELETE"})).status;
    }"""
    assert other.page.evaluate(ended) in (200, 204)
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.part("sign-in")).to_be_visible()
    assert phone.page.evaluate(_PASSES % "asking.result.length") == 0


def test_two_tabs_one_of_which_signed_out_and_the_other_signs_in_again(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    phone = phone_of(street, person)
    other = PhoneScreen(phone.page.context.new_page(), street)
    other.open()
    other.shows(person)
    other.part("sign-out").click()
    expect(other.part("sign-in")).to_be_visible()
    phone.page.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.part("sign-in")).to_be_visible()
    phone.sign_in(person, is_open=True)  # the browser has closed the database under this page
    phone.shows(person)
    phone.page.evaluate(_KEPT_UNTIL, ["passes", "passes are others", []])


def test_a_phone_without_room_shows_the_code_it_has(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person), scanner_of(street)
    full = "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); };"
    phone.page.add_init_script(full)
    phone.page.reload()
    phone.shows(person)
    assert scanner.paste(phone.code()).kind == "known"


@pytest.mark.case("R2")
def test_a_name_with_markup_stays_text(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer("<img src=x onerror=alert(1)>")
    phone = phone_of(street, person)
    assert phone.part("whose-code").locator("*").count() == 0


@pytest.mark.case("Z5")
def test_a_son_shows_his_mother_s_code_and_a_wrong_name_never_stands_above_it(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    mother, son = street.newcomer("陈美玲"), street.newcomer("李建军")
    hers, his, scanner = phone_of(street, mother), phone_of(street, son), scanner_of(street)
    hers.page.goto(f"{street.address}/portal/family")
    hers.part("invite-open").click()
    assert son.phone
    hers.page.locator("#invite-phone").fill(son.phone.removeprefix("+86"))
    hers.part("invite-button").click()
    expect(hers.part("grant")).to_have_attribute("data-state", "proposed")

    his.page.goto(f"{street.address}/portal/family")
    his.part("acceptances").click()
    expect(his.part("grant")).to_have_attribute("data-state", "active")
    his.open()
    his.shows(son)
    his.part("people").get_by_text("父母 · 陈*玲").click()
    his.shows(replace(mother, name="陈*玲"))
    known = scanner.paste(his.code())
    assert known.person.startswith("陈*玲")
    assert "由家人代为出示" in known.text
    his.part("people").get_by_text("我 · 李建军").click()
    his.shows(son)

    hers.page.goto(f"{street.address}/portal/accesses")
    expect(hers.part("access").filter(has_text="代办人").first).to_be_visible()


def test_who_looked_at_one_person_s_data_never_stands_under_another_s_name(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street, street.newcomer())
    mother = {"resident_id": "m", "display_name": "陈*玲", "relation": "child", "scopes": ["audit:read"]}
    hers = {"at": "2026-11-23T09:00:00Z", "who": "医生", "where": None, "what": "看了她的资料", "ground": None}
    held: list[Route] = []

    def and_a_mother(route: Route) -> None:
        route.fulfill(json=route.fetch().json() | {"acting_for": [mother]})

    phone.page.route("**/api/v1/me", and_a_mother)
    phone.page.route("**/residents/m/accesses", lambda route: held.append(route))
    phone.page.goto(f"{street.address}/portal/accesses")
    expect(phone.part("access").first).to_be_visible()
    with phone.page.expect_request("**/residents/m/accesses"):
        phone.part("people").get_by_text("父母 · 陈*玲").click()
    phone.part("people").get_by_text("我 ·").click()
    expect(phone.part("access").first).to_be_visible()
    with phone.page.expect_response("**/residents/m/accesses"):
        held[0].fulfill(json={"items": [hers], "next": None})
    phone.page.evaluate("fetch('/healthz').then(answer => answer.text())")  # whatever came before it was dealt with
    expect(phone.part("access").filter(has_text="看了她的资料")).to_have_count(0)
