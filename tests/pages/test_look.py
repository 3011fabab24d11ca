"""Pages that everybody can read: no violation that axe finds serious, nothing cut off, in both languages and prints."""

import pytest
from playwright.sync_api import Page, expect

from tests.house.sources import ROOT
from tests.pages.booking import at_the_booking, carrying, clinic, my_page
from tests.pages.conftest import DeskOf, PhoneOf, ScannerOf
from tests.pages.desks import Hospital, Room, referral
from tests.pages.test_bills_page import settle
from tests.pages.test_reconciliation_page import at_the_books, compared, missing
from tests.pages.tills import Till, a_bill, add, at_the_till, my_bills
from tests.support.chromium import offline
from tests.support.screens import Place

AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text()
LONG = "阿依古丽·买买提江·阿卜杜热合曼"
WIDTHS = {320: 640, 390: 844, 768: 1024, 1280: 800}
_SERIOUS = """async () => {
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    const grave = violations.filter(({impact}) => ["serious", "critical"].includes(impact));
    return grave.map(({id, nodes}) => `${id}: ${nodes.map(({target, any}) => `${target} ${any[0]?.message ?? ""}`).join("; ")}`);
}"""
# What sticks out of the window, what does not fit into its button, and words of Latin letters broken in the middle.
_CUT_OFF = """() => {
    const found = [];
    const over = document.documentElement.scrollWidth - innerWidth;
    if (over > 0) found.push(`the page is ${over} px too wide`);
    const slip = /\\b(null|undefined|NaN)\\b|\\[object /.exec(document.body.innerText);
    if (slip) found.push(`the page says ${slip[0]}`);
    for (const one of document.querySelectorAll("button, .button, .face, h1, h2, p, label, summary, a")) {
        if (!one.offsetParent || one.matches(".hidden-word, .skip")) continue;
        const isBlock = getComputedStyle(one).display !== "inline";
        if (isBlock && one.scrollWidth > one.clientWidth + 1) found.push(`${one.innerText} does not fit`);
        for (const text of one.childNodes) {
            if (text.nodeType !== Node.TEXT_NODE) continue;
            for (const word of text.data.matchAll(/[A-Za-z]+/g)) {
                const range = document.createRange();
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                if (new Set([...range.getClientRects()].map(({top}) => top)).size > 1) found.push(`${word[0]} is broken`);
            }
        }
    }
    return found;
}"""


def everywhere(page: Page) -> list[str]:
    """What is wrong with the page as it stands, light and dark, at every width, in both prints."""
    found: list[str] = []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += page.evaluate(_SERIOUS)
    usual = page.viewport_size
    for large in ("usual", "large"):
        page.evaluate("print => { document.documentElement.dataset.print = print; }", large)
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("dispatchEvent(new Event('resize'))")
            found += [f"{large} {width}: {complaint}" for complaint in page.evaluate(_CUT_OFF)]
    page.evaluate("document.documentElement.dataset.print = 'usual'")
    assert usual
    page.set_viewport_size(usual)
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_resident_s_page(street: Place, phone_of: PhoneOf, language: str) -> None:
    person = street.newcomer(LONG)
    phone = phone_of(street, language=language)
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(phone.page)

    phone.open()
    expect(phone.part("sign-in")).to_be_visible()
    look("signing in")
    phone.remember(person)
    phone.open()
    phone.shows(person)
    look("the code")
    phone.part("show-digits").click()
    expect(phone.part("digits")).to_be_visible()
    phone.part("answer-station").click()
    look("answering a counter, with digits")
    phone.part("station-close").click()
    phone.part("lost").click()
    look("a lost phone")
    phone.page.goto(f"{street.address}/portal/accesses")
    expect(phone.part("access").first).to_be_visible()
    look("who looked")
    phone.page.goto(f"{street.address}/portal/family")
    phone.part("invite-open").click()
    expect(phone.part("no-grants")).to_be_visible()
    look("family")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_pages_of_appointments(street: Place, phone_of: PhoneOf, language: str) -> None:
    person, other = street.newcomer(LONG), street.newcomer()
    title = f"心内科高血压与心力衰竭联合专家门诊 {language}"
    usual, full = (
        clinic(street, title, room="3 楼 312 诊室"),
        clinic(street, f"口腔科 {language}", starts="16:00", ends="16:30"),
    )
    phone = carrying(phone_of, street, person, language=language)
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(phone.page)

    my_page(street, phone)
    look("no appointments")
    at_the_booking(street, phone, title)
    look("when")
    phone.part("time").first.click()
    expect(phone.part("yes")).to_be_visible()
    look("the check")
    with street.inside():
        usual.book(other)
        taken = full.book(other).json
    phone.part("yes").click()
    expect(phone.part("instead")).to_be_visible()
    look("taken")
    phone.part("instead").get_by_test_id("time").click()
    phone.part("yes").click()
    expect(phone.part("to-mine")).to_be_visible()
    look("booked")
    phone.page.goto(f"{street.address}/portal/book")
    expect(phone.part("institution").first).to_be_visible()
    look("where")
    phone.part("institution").first.click()
    expect(phone.part("clinic").first).to_be_visible()
    look("what")
    phone.part("clinic").filter(has_text=f"口腔科 {language}").click()
    expect(phone.part("full")).to_be_visible()
    look("full")
    phone.part("wait").click()
    expect(phone.part("to-mine")).to_be_visible()
    _with_every_part(street, phone.page)
    my_page(street, phone)
    expect(phone.part("referral")).to_be_visible()
    phone.part("calendar-open").click()
    phone.part("subscribe").click()
    expect(phone.part("feed-address")).to_be_visible()
    look("every part")
    phone.part("cancel").click()
    look("the question")
    with street.inside():
        full.act(taken, "cancellations", other)
    my_page(street, phone)
    expect(phone.part("take")).to_be_visible()
    look("offered")
    phone.part("move").click()
    expect(phone.part("moving")).to_be_visible()
    look("moving")
    phone.open()
    phone.shows(person)
    expect(phone.part("next")).to_be_visible()
    look("the code, with what is next")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


def _with_every_part(street: Place, page: Page) -> None:
    """What rooms that are to come will tell."""
    at, town = "2026-11-26T06:50:00+00:00", street.town
    ticket = {"number": 17, "state": "arrived", "place": "3 楼 312 诊室", "ahead": 3, "expected_at": at}
    notice = {
        "id": "n",
        "title": "停诊 / no clinic",
        "detail": "已为您留了下一次的号。",
        "created_at": at,
        "read_at": None,
    }
    referral = {"id": "r", "from_institution_id": town.station, "to_institution_id": town.hospital, "direction": "up"}
    referral |= {"state": "rejected", "reason": "胸痛待查", "decided_reason": "请先到心内科门诊", "appointment": None}
    feed = {"id": "f", "created_at": at, "address": "/api/v1/calendar-feeds/9f2c6d1b8a7e4c35b6d1f0a2c4e68b79.ics"}
    for path, told in (("tickets", ticket), ("notices?*", notice), ("referrals", referral), ("calendar-feeds", feed)):
        answer = {"items": [told], "next": None} | (told if told is feed else {})
        page.route(f"**/residents/*/{path}", lambda route, _, answer=answer: route.fulfill(json=answer))
    page.route("**/readings", lambda route: route.fulfill(json={}))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_scanner_s_page(
    street: Place, phone_of: PhoneOf, scanner_of: ScannerOf, language: str
) -> None:
    person = street.newcomer(LONG)
    phone, scanner = phone_of(street, person), scanner_of(street, street.town.hospital, language=language)
    street.booked(person, title="心血管内科与高血压糖尿病联合专家门诊", room="门诊楼三层 312 室")
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(scanner.page)

    look("idle")
    assert scanner.paste("HP1:" + "0" * 360).kind == "refused"
    look("refused")
    assert scanner.paste(phone.code()).kind == "known"
    expect(scanner.part("agenda")).not_to_be_empty()
    look("known")
    scanner.part("check-in-button").click()
    expect(scanner.part("number")).to_be_visible()
    look("checked in")
    scanner.page.wait_for_timeout(900)
    scanner.go_on()
    look("typing")
    scanner.step("collect")
    expect(scanner.part("request")).to_be_visible()
    look("a request")
    assert scanner.paste(phone.next_code()).slug == "challenge-needed"
    look("a second check")
    scanner.go_on()
    scanner.step("check-in")
    with offline(scanner.page.context):
        scanner.is_offline()
        assert scanner.paste(phone.next_code()).kind == "offline"
        look("without a line")
        scanner.go_on()
        look("idle, without a line")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_desk(hospital: Hospital, desk_of: DeskOf, language: str) -> None:
    town, patient, desk = hospital.place.town, hospital.patient(LONG), desk_of(language=language)
    clinic = hospital.clinic(title="心内科高血压专家门诊", starts="11:00", ends="11:30")
    hospital.book(patient, hospital.slots(clinic)[0]["id"])
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(desk.page)

    desk.open()
    expect(desk.part("sign-in")).to_be_visible()
    desk.sign_in(hospital.colleague("doctor", town.hospital, town.station))
    expect(desk.part("places")).to_be_visible()
    look("signing in, and where")
    desk.remember(hospital.colleague("doctor"), town.hospital)
    desk.open()
    expect(desk.part("way-day")).to_be_visible()
    look("the way in")
    room = Room(desk, town.hospital, [patient.masked, "李*国", "陈*玲", "林*禾"])
    desk.open("day")
    expect(desk.part("expected").first).to_be_visible()
    for act in ("call", "skip", "call"):
        desk.part(act).click()
    expect(desk.part("skipped")).to_be_visible()
    expect(desk.part("now-number")).to_have_text("2")
    look("the day")
    assert room.keys
    desk.open("book")
    expect(desk.part("slot").first).to_be_visible()
    look("nobody in front")
    desk.find(patient)
    desk.part("slot").last.click()
    expect(desk.part("choice")).to_be_visible()
    look("somebody in front, a time chosen")
    desk.part("book-button").click()
    expect(desk.part("booked")).to_be_visible()
    desk.part("cancel").first.click()
    look("booked, and one about to be cancelled")
    rows = [referral(hospital, urgency="asap"), referral(hospital, state="accepted", summary="已调整用药")]
    desk.answers("/institutions/*/referrals?*", lambda _route: {"items": rows, "next": None})
    desk.open("referrals")
    expect(desk.part("referral")).to_have_count(2)
    desk.part("reject").first.click()
    desk.part("new").locator("summary").click()
    expect(desk.part("new-form")).to_be_visible()
    look("referrals, one about to be rejected")
    desk.part("place").first.click()
    expect(desk.part("placing").get_by_test_id("slot").first).to_be_visible()
    look("a time for a referral")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_pages_of_bills(street: Place, phone_of: PhoneOf, language: str) -> None:
    person = street.newcomer(LONG)
    phone = carrying(phone_of, street, person, language=language)
    till = Till(phone.page, 12_345_67)
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(phone.page)

    my_bills(street, phone)
    look("no bills")
    a_bill(street, person, ct_chest=40, tumour_markers=30)
    a_bill(street, person, blood_count=1)
    my_bills(street, phone)
    expect(phone.part("due")).to_have_count(2)
    look("two to pay, and the year")
    phone.part("open").last.click()
    for part in ("why-open", "lines-open"):
        phone.part(part).click()
    look("one opened")
    phone.part("pay").click()
    expect(phone.part("way")).to_be_visible()
    look("a payment that is being prepared")
    till.opens()
    phone.page.clock.fast_forward(3_000)
    expect(phone.part("pay-link")).to_be_visible()
    look("the way to pay")
    till.becomes("failed")
    phone.page.clock.fast_forward(3_000)
    expect(phone.part("said")).to_be_visible()
    look("a payment that failed")
    settle(street, a_bill(street, person, tumour_markers=4_000), 1_040_000_00)
    phone.page.unroute("**/api/v1/bills/*/payments")
    my_bills(street, phone)
    phone.part("past").get_by_test_id("open").click()
    phone.part("receipt").click()
    expect(phone.part("receipt")).to_be_visible()
    look("a receipt")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_desk_s_bills(hospital: Hospital, desk_of: DeskOf, language: str) -> None:
    desk, _ = at_the_till(hospital, desk_of, language=language)
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(desk.page)

    look("nothing to pay")
    desk.part("open-draft").click()
    add(desk, "tumour-markers", 30)
    add(desk, "ct-chest", 2)
    desk.part("add-text").fill("没有这一项")
    desk.part("search").click()
    expect(desk.part("add-none")).to_be_visible()
    desk.part("add-text").fill("blood-count")
    desk.part("search").click()
    expect(desk.part("found-item")).to_be_visible()
    look("a draft, and what was found")
    desk.part("issue").click()
    expect(desk.part("due")).to_be_visible()
    for part in ("credit-open", "void-open"):
        desk.part(part).click()
    desk.part("credit-count").first.fill("1")
    look("issued, with all that can be done")
    desk.part("take-cash").click()
    expect(desk.part("cash")).to_be_hidden()
    look("paid")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_desk_s_reconciliation(hospital: Hospital, desk_of: DeskOf, language: str) -> None:
    missing(hospital)
    compared(hospital.place)
    desk = at_the_books(hospital, desk_of, language=language)
    wrong: dict[str, list[str]] = {}

    def look(state: str) -> None:
        wrong[state] = everywhere(desk.page)

    look("what differs")
    desk.part("difference-row").first.click()
    expect(desk.part("settling")).to_be_visible()
    look("one opened")
    desk.part("reason").fill("渠道已核实，对方财务回函编号 2026-1123-0007")
    desk.part("settle").click()
    expect(desk.part("ended")).to_be_visible()
    look("settled")
    assert {state: complaints for state, complaints in wrong.items() if complaints} == {}


def test_a_page_that_nobody_can_read_is_noticed(street: Place, phone_of: PhoneOf) -> None:
    phone = phone_of(street)
    phone.open()
    expect(phone.part("sign-in")).to_be_visible()
    phone.page.evaluate("""() => {
        document.querySelector("label").remove();
        const wide = document.body.appendChild(document.createElement("button"));
        wide.textContent = "Unbreakable";
        wide.style.cssText = "width: 30px; min-width: 0; overflow-wrap: anywhere; margin-left: 1400px";
    }""")
    found = "\n".join(everywhere(phone.page))
    assert "label: #phone" in found
    assert "too wide" in found
    assert "Unbreakable is broken" in found


def test_large_print_and_language_are_chosen_on_the_page_and_stay(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    phone = phone_of(street, person, is_kept=True)
    root = phone.page.locator("html")
    small = phone.part("whose-code").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    phone.part("large-print").click()
    expect(phone.part("large-print")).to_have_attribute("aria-pressed", "true")
    large = phone.part("whose-code").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert large / small == pytest.approx(1.35, abs=0.01)
    phone.part("language").click()
    expect(root).to_have_attribute("lang", "en")
    expect(phone.part("code-state")).to_contain_text("works without network until")
    expect(phone.page).to_have_title("My healthcode")
    phone.page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    with offline(phone.page.context):
        phone.page.reload()  # kept in Chinese, and still in English
        phone.shows(person)
        expect(root).to_have_attribute("lang", "en")
        expect(root).to_have_attribute("data-print", "large")
        expect(phone.part("code-state")).to_contain_text("works without network until")
