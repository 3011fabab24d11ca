"""The wall: it enrols once, and from then on shows by itself what happens at the desks."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.pages.test_look import everywhere
from tests.support import queues
from tests.support.chromium import offline
from tests.support.phones import new_deed
from tests.support.screens import Place


def do(where: Place, path: str, body=None):
    with where.inside():
        headers = where.town.headers(where.town.doctor) | new_deed()
        answer = where.app.test_client().post(f"/api/v1/{path}", json=body, headers=headers)
    assert answer.status_code == 201, answer.json
    return answer.json


def hall(where: Place, place: str, *names: str) -> str:
    """People wait at a new place of the hospital; the id of its queue."""
    with where.inside():
        slot_id = queues.clinic(where.town.hospital, place)
    for name in names:
        person = where.newcomer(name)
        with where.inside():
            queues.arrived(slot_id, person)
    with where.inside():
        path = f"/api/v1/institutions/{where.town.hospital}/queues"
        lines = where.app.test_client().get(path, headers=where.town.headers(where.town.doctor)).json["items"]
    return next(one["id"] for one in lines if one["place"] == place)


def test_a_call_appears_by_itself(street: Place, wall_of) -> None:
    queue_id = hall(street, "一诊室", "黄秋水", "吴丽华", "郑一")
    page = wall_of(street)
    row = page.get_by_test_id("place").filter(has_text="一诊室")
    expect(row).to_contain_text("接下来 1 · 2 · 3")
    page.evaluate("window.opened = 'once'")
    called = do(street, f"queues/{queue_id}/calls")
    expect(page.get_by_test_id("call-number")).to_have_text("1")
    expect(page.get_by_test_id("call-name")).to_have_text("黄*水")
    expect(page.get_by_test_id("call-place")).to_have_text("一诊室")
    expect(row).to_contain_text("接下来 2 · 3")
    expect(row).to_contain_text("2 人候诊")
    assert page.evaluate("window.opened") == "once", "nothing was loaded anew"
    do(street, f"tickets/{called['id']}/skips")
    expect(row).not_to_contain_text("黄*水")
    do(street, f"queues/{queue_id}/calls")
    expect(row).to_contain_text("2 吴*华")
    assert "秋" not in page.content()
    assert "丽" not in page.content()


def test_a_number_that_may_be_old_is_never_shown_as_the_present_one(street: Place, wall_of) -> None:
    queue_id = hall(street, "二诊室", "黄秋水", "吴丽华")
    page = wall_of(street)
    do(street, f"queues/{queue_id}/calls")
    expect(page.get_by_test_id("call-place")).to_have_text("二诊室")
    expect(page.get_by_test_id("call-what")).to_have_text("请就诊")
    with offline(page.context):
        page.evaluate("dispatchEvent(new Event('offline'))")
        expect(page.get_by_test_id("line")).to_have_text(re.compile(r"\d\d:\d\d 起离线"))
        expect(page.get_by_test_id("call-what")).to_have_text("断线前最后叫到")
        expect(page.get_by_test_id("old")).to_contain_text("号码可能已经变了")
        do(street, f"queues/{queue_id}/calls")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(31_000)
    expect(page.get_by_test_id("line")).to_have_attribute("data-line", "online")
    expect(page.get_by_test_id("call-name")).to_have_text("吴*华")
    expect(page.get_by_test_id("old")).to_be_hidden()


def test_silence_is_noticed(street: Place, wall_of) -> None:
    """A service that hangs: no connection ends, and nothing more comes."""
    page = wall_of(street)
    hanging = street.running.workers()
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    try:
        page.clock.run_for(16_000)
        expect(page.get_by_test_id("line")).to_have_attribute("data-line", "offline")
    finally:
        for pid in hanging:
            os.kill(pid, signal.SIGCONT)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_test_id("line")).to_have_attribute("data-line", "online")


def test_a_wall_without_a_seat_asks_instead(street: Place, wall_of) -> None:
    queue_id = hall(street, "五诊室", "黄秋水")
    page = wall_of(street)
    page.route("**/api/v1/wall/events", lambda route: route.fulfill(status=503, headers={"Retry-After": "30"}))
    page.evaluate("dispatchEvent(new Event('offline'))")  # the stream that it has ends
    page.clock.run_for(2_000)
    do(street, f"queues/{queue_id}/calls")
    for _ in range(12):  # in small steps: a clock that runs ahead of the network calls every answer late
        if page.get_by_test_id("call-place").text_content() == "五诊室":
            break
        page.clock.run_for(2_500)
        page.wait_for_timeout(100)
    expect(page.get_by_test_id("call-place")).to_have_text("五诊室")
    expect(page.get_by_test_id("line")).to_have_attribute("data-line", "online")


def test_a_wall_that_was_stopped_says_so(street: Place, wall_of) -> None:
    page = wall_of(street)
    device_id = page.evaluate(
        """() => new Promise((done) => {
            const opening = indexedDB.open("healthcode-wall");
            opening.onsuccess = () => {
                const asking = opening.result.transaction("facts").objectStore("facts").get("device");
                asking.onsuccess = () => done(asking.result.device_id);
            };
        })"""
    )
    with street.inside():
        headers = street.town.headers(street.town.city_admin) | new_deed()
        path = f"/api/v1/devices/{device_id}/revocations"
        street.app.test_client().post(path, json={"reason": "换新屏"}, headers=headers)
    for _ in range(3):
        page.clock.run_for(2_000)
    expect(page.get_by_test_id("line")).to_contain_text("已停用")
    expect(page.get_by_test_id("enrol")).to_be_visible()


def test_one_place_alone_and_a_sound_that_is_allowed(street: Place, wall_of) -> None:
    hall(street, "三诊室", "黄秋水")
    queue_id = hall(street, "四诊室", "吴丽华")
    page = wall_of(street)
    page.locator("#places").select_option("四诊室")
    expect(page.get_by_test_id("place")).to_have_count(1)
    expect(page.get_by_test_id("sound")).to_have_text("没有声音，点这里打开")
    page.get_by_test_id("sound").click()
    expect(page.get_by_test_id("sound")).to_have_text("声音已开")
    do(street, f"queues/{queue_id}/calls")
    expect(page.get_by_test_id("call-number")).to_have_text("1")
    page.reload()
    expect(page.get_by_test_id("place")).to_have_count(1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_can_read_the_wall(street: Place, wall_of, language: str) -> None:
    queue_id = hall(street, f"第{language}诊室", "阿依古丽·买买提江·阿卜杜热合曼", "黄秋水", "吴丽华")
    page = wall_of(street, language=language)
    do(street, f"queues/{queue_id}/calls")
    expect(page.get_by_test_id("call-number")).to_have_text("1")
    assert everywhere(page) == []
    great = page.get_by_test_id("call-number").evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize) / innerHeight"
    )
    assert round(great, 2) == 0.2
    with offline(page.context):
        page.evaluate("dispatchEvent(new Event('offline'))")
        expect(page.get_by_test_id("old")).to_be_visible()
        assert everywhere(page) == []
