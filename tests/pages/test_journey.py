"""From signing in to being known: the whole way, with a line and without, on either database."""

import pytest
from playwright.sync_api import expect

from tests.pages.conftest import PhoneOf, ScannerOf
from tests.support.chromium import offline
from tests.support.screens import Place

MASKED = "陈*玲，女，68 岁"


def test_a_resident_signs_in_and_is_known_at_one_institution_and_then_at_another(
    city: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person, phone = city.newcomer(), phone_of(city)
    phone.sign_in(person)
    phone.shows(person)
    code = phone.code()
    assert code.startswith("HP1:")
    assert len(code) <= 366, "one version of the QR code larger would be harder to read"

    hospital = scanner_of(city)
    known = hospital.paste(code)
    assert (known.kind, known.tone, known.person[:3]) == ("known", "done", MASKED[:3])
    expect(hospital.part("agenda")).to_have_text("今天在这里没有要办的事。")

    station = scanner_of(city, city.town.far_station)
    fresh = phone.next_code()
    assert fresh != code
    again = station.look_at(phone.screenshot())
    assert (again.kind, again.person) == ("known", known.person)
    places = {one.institution_id for one in city.verifications(person)}
    assert places == {city.town.hospital, city.town.far_station}


@pytest.mark.case("Q3")
def test_without_a_line_on_either_side_the_reading_is_amber_and_is_sent_when_the_line_is_back(
    city: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = city.newcomer()
    phone = phone_of(city, person, is_kept=True)
    scanner, other = scanner_of(city), scanner_of(city, city.town.station)
    with offline(phone.page.context), offline(other.page.context):
        with offline(scanner.page.context):
            scanner.is_offline()
            other.is_offline()
            phone.page.reload()  # the page itself comes from the phone
            phone.shows(person)
            first = phone.code()
            read = scanner.paste(first)
            assert (read.kind, read.tone, read.doubts) == ("offline", "attention", [])
            assert read.person == "", "who it is only the city knows"
            assert "请看一眼证件" in read.text
            assert scanner.paste(phone.next_code()).kind == "offline"
            scanner.waiting(2)
            assert other.paste(first).kind == "offline", "two scanners without a line cannot know of each other"
            assert city.verifications(person) == []
        scanner.waiting(0)
        assert [one.is_offline for one in city.verifications(person)] == [True, True]
    other.waiting(0)
    other.go_on()
    expect(other.part("conflicts")).to_contain_text("在别处也用过")
    expect(scanner.part("conflicts")).to_be_hidden()


@pytest.mark.parametrize("city", ["postgresql"], indirect=True)
@pytest.mark.case("Q4")
def test_a_screenshot_is_refused_a_minute_later_with_a_line_and_without(
    city: Place, phone_of: PhoneOf, scanner_of: ScannerOf
) -> None:
    person = city.newcomer()
    phone, online, alone = phone_of(city, person), scanner_of(city), scanner_of(city, is_kept=True)
    screenshot = phone.screenshot()
    with offline(alone.page.context):
        alone.is_offline()
        city.later(61, phone.page, online.page, alone.page)
        for scanner in (online, alone):
            refused = scanner.look_at(screenshot)
            assert (refused.kind, refused.slug, refused.tone) == ("refused", "code-expired", "stop")
            assert refused.title == "请对方重新打开码"
            assert "可能是截图" in refused.text
        alone.waiting(0)
        expect(phone.part("code")).to_have_attribute("data-state", "pass")
        assert online.paste(phone.code()).kind == "known", "the page itself shows a fresh one"
    assert len(city.verifications(person)) == 1


@pytest.mark.case("Q1")
def test_the_same_showing_is_taken_once(street: Place, phone_of: PhoneOf, scanner_of: ScannerOf) -> None:
    person = street.newcomer()
    phone, here, there = phone_of(street, person), scanner_of(street), scanner_of(street, street.town.far_station)
    code = phone.code()
    assert here.paste(code).kind == "known"
    elsewhere = there.paste(code)
    assert (elsewhere.kind, elsewhere.slug) == ("refused", "code-already-used")
    with offline(here.page.context):
        here.is_offline()
        seen = here.paste(code)
        assert (seen.kind, seen.slug) == ("refused", "code-already-used"), "taken with a line, and not again without"
        fresh = phone.next_code()
        assert here.paste(fresh).kind == "offline"
        twice = here.paste(fresh)
        assert (twice.kind, twice.slug) == ("refused", "code-already-used")
        here.waiting(1)
    here.waiting(0)
    assert len(street.verifications(person)) == 2
