"""Reconciliation at the desk: what differs, who may settle it, and what the payer is told meanwhile."""

import re

from playwright.sync_api import expect

from healthcode.care.bills import channels
from healthcode.care.bills.channels import StatementLine
from healthcode.care.bills.channels.base import Channel
from healthcode.care.bills.reconciling import service
from healthcode.core import clock
from tests.pages.booking import carrying
from tests.pages.conftest import DeskOf, PhoneOf
from tests.pages.desks import DeskScreen, Hospital
from tests.pages.test_appointments_page import lost_answers
from tests.support.bills import differing
from tests.support.screens import Place
from tests.support.town import Person

SETTLING = re.compile(r"/differences/[^/]+/settlements$")
CHANNEL = "quiet"


def at_the_books(hospital: Hospital, desk_of: DeskOf, who: Person | None = None, **more: object) -> DeskScreen:
    """A cashier of the hospital, or somebody else."""
    desk = desk_of(who or hospital.colleague("cashier"), None if who else hospital.place.town.hospital, **more)
    desk.open("reconciliation")
    expect(desk.part("work")).to_be_visible()
    return desk


def compared(place: Place, *lines: StatementLine) -> None:
    """Today, by a channel that has only what it is given."""
    with place.inside():
        channels.register(CHANNEL, object.__new__(Channel))  # type: ignore[type-abstract]
        service.reconcile(CHANNEL, clock.today(), statement=lines)


def missing(hospital: Hospital, person: Person | None = None) -> str:
    """Money that only the channel knows of; the payment's number."""
    with hospital.place.inside():
        differing(person or hospital.place.town.wang, hospital.place.town.hospital)
    return str(
        hospital.ask("GET", "/differences?limit=100", None, hospital.place.town.city_admin)["items"][-1]["number"]
    )


def test_what_differs_is_settled_once_with_a_reason(hospital: Hospital, desk_of: DeskOf) -> None:
    number = missing(hospital)
    desk = at_the_books(hospital, desk_of)
    desk.part("difference-row").filter(has_text=number).click()
    expect(desk.part("difference-title")).to_have_text("我们的账上没有")
    expect(desk.part("difference-title")).to_be_focused()
    expect(desk.part("theirs")).to_have_text("¥20.00")
    expect(desk.part("ours")).to_have_text("没有")
    desk.part("settle").click()
    expect(desk.part("settle-trouble")).to_have_text("请先写原因。")
    expect(desk.part("reason")).to_be_focused()
    desk.part("reason").fill("渠道已核实")
    with lost_answers(desk.page, SETTLING) as keys:
        desk.part("settle").click()
        expect(desk.part("settle-trouble")).to_contain_text("不会办两次")
    desk.part("settle").click()
    expect(desk.part("said")).to_have_text(f"已处理：{number}")
    assert len(keys) == 1
    expect(desk.part("ended")).to_contain_text("补记这笔钱 · 原因：渠道已核实")
    expect(desk.part("settling")).to_be_hidden()
    expect(desk.part("difference-row").filter(has_text=number)).to_have_count(0)
    desk.part("state-settled").locator("..").click()
    expect(desk.part("difference-row").filter(has_text=number)).to_have_count(1)


def test_somebody_else_was_first(hospital: Hospital, desk_of: DeskOf) -> None:
    number = missing(hospital)
    desk = at_the_books(hospital, desk_of)
    desk.part("difference-row").filter(has_text=number).click()
    admin = hospital.place.town.institution_admin
    found = hospital.ask("GET", "/differences?limit=100", None, admin)["items"]
    (one,) = [one for one in found if one["number"] == number]
    hospital.ask("POST", f"/differences/{one['id']}/settlements", {"how": "count", "reason": "已查"}, admin)
    desk.part("reason").fill("再查一次")
    desk.part("settle").click()
    expect(desk.part("list-trouble")).to_be_visible()
    expect(desk.part("difference")).to_be_hidden()


def test_the_city_s_desk_settles_what_belongs_to_nobody(hospital: Hospital, desk_of: DeskOf) -> None:
    number = missing(hospital)
    compared(hospital.place, StatementLine("refund", "NOBODY-7", "50300000007", 1_23, clock.now()))
    desk = at_the_books(hospital, desk_of, hospital.place.town.city_admin)
    desk.part("difference-row").filter(has_text=number).click()
    expect(desk.part("elsewhere")).to_be_visible()
    expect(desk.part("settling")).to_be_hidden()
    desk.part("difference-row").filter(has_text="NOBODY-7").click()
    expect(desk.part("elsewhere")).to_be_hidden()
    expect(desk.part("settle")).to_have_text("只记下，不动账")
    desk.part("reason").fill("渠道误记，已让其更正")
    desk.part("settle").click()
    expect(desk.part("ended")).to_contain_text("只记下，不动账")
    expect(desk.part("day").filter(has_text=CHANNEL)).to_contain_text("不符 1 笔 · 收 ¥0.00，退 ¥1.23")


def test_days_without_a_difference_and_a_list_that_cannot_be_read(hospital: Hospital, desk_of: DeskOf) -> None:
    days = [
        {"day": "2026-11-22", "state": "complete", "why": None, "matched": 1204},
        {"day": "2026-11-21", "state": "failed", "why": "channel-away", "matched": 0},
        {"day": "2026-11-20", "state": "running", "why": None, "matched": 0},
    ]
    none = {"only_ours": 0, "only_theirs": 0, "amount_differs": 0, "paid_fen": 88_000_00, "refunded_fen": 0}
    desk = desk_of(hospital.colleague("cashier"), hospital.place.town.hospital)
    desk.answers("/differences?*", lambda _route: {"items": [], "next": None})
    told = [one | none | {"id": one["day"], "channel": "sandbox"} for one in days]
    desk.answers("/reconciliations?*", lambda _route: {"items": told, "next": None})
    desk.open("reconciliation")
    expect(desk.part("no-differences")).to_have_text("没有不符的账。")
    expect(desk.part("day").nth(0)).to_contain_text("对上 1204 笔，没有不符 · 收 ¥88,000.00")
    expect(desk.part("day").nth(1)).to_contain_text("没有对成：渠道没有回答，会再试")
    expect(desk.part("day").nth(2)).to_contain_text("正在对账")
    desk.answers("/differences?*", lambda _route: (503, {"title": "请稍后再试", "status": 503}))
    desk.part("refresh").click()
    expect(desk.part("list-trouble")).to_contain_text("请稍后再试")


def test_a_post_that_does_not_answer_for_money_is_shown_none(hospital: Hospital, desk_of: DeskOf) -> None:
    desk = desk_of(hospital.colleague("doctor"), hospital.place.town.hospital)
    desk.open("reconciliation")
    expect(desk.part("refused")).to_be_visible()


def test_the_payer_is_told_that_it_is_being_cleared(street: Place, phone_of: PhoneOf) -> None:
    person = street.newcomer()
    with street.inside():
        differing(person, street.town.hospital)
    phone = carrying(phone_of, street, person)
    phone.page.goto(f"{street.address}/portal/bills")
    phone.part("open").first.click()
    expect(phone.part("clearing")).to_contain_text("机构正在查。您不用再付一次。")
