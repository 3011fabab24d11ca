"""In the morning: what the channel says of yesterday, what our books say, and how each difference is settled."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date

import pytest

from healthcode.care.bills import channels
from healthcode.care.bills.channels import ChannelAway, StatementLine
from healthcode.care.bills.reconciling import service
from healthcode.core import clock as city
from healthcode.core import tidying
from healthcode.core.db import transaction
from tests.support.bills import issued_bill
from tests.support.channels import Sandbox, sandbox
from tests.support.money import accounts, check_money
from tests.support.phones import new_deed
from tests.support.town import Town, _staff

A = "/api/v1"
DAY = date(2026, 11, 23)
FEE = 260_00
ACCOUNT = "channel:sandbox"


class Till:
    """Bills that are paid by the channel, a worker that may sleep, and whoever answers for the money."""

    def __init__(self, client, town: Town, there: Sandbox) -> None:
        self.client, self.town, self.there = client, town, there
        with transaction():
            self.cashier = _staff("cashier", "庄收费", town.hospital, "cashier")
            self.far_cashier = _staff("far-cashier", "远收费", town.station, "cashier")

    def paid(self, *, is_known: bool = True) -> str:
        """A bill that was paid at the channel; its payment's number. Not known: neither told to us nor asked by us."""
        bill_id = issued_bill(self.town.wang, self.town.hospital, tumour_markers=1)
        begun = self.post(f"bills/{bill_id}/payments", {"channel": "sandbox"}, self.town.wang).json
        tidying.reach_out()
        self.there.pay(begun["number"])
        if is_known:
            self.look()
        return begun["number"]

    def look(self) -> None:
        self.later(minutes=2)
        tidying.reach_out()

    def later(self, **by: float) -> None:
        city.advance(**by)
        self.there.ask("PUT", "/sandbox/clock", {"stopped_at": city.now().astimezone(UTC).isoformat()})
        self.town.sign_in_again()

    def lines(self) -> list[StatementLine]:
        return list(self.there.client.statement(DAY))

    def run(self, lines: list[StatementLine] | None = None, day: date = DAY) -> dict[str, object]:
        service.reconcile("sandbox", day, statement=lines)
        asked = f"{A}/reconciliations?channel=sandbox"
        found = self.client.get(asked, headers=self.town.headers(self.cashier)).json["items"]
        run: dict[str, object] = next(one for one in found if one["day"] == day.isoformat())
        return run

    def open_ones(self, by=None, state: str = "open") -> list[dict]:
        headers = self.town.headers(by or self.cashier)
        found: list[dict] = self.client.get(f"{A}/differences?state={state}", headers=headers).json["items"]
        return found

    def post(self, path: str, body: object, by):
        return self.client.post(f"{A}/{path}", json=body, headers=self.town.headers(by) | new_deed())

    def settle(self, one: dict, how: str, by=None):
        return self.post(
            f"differences/{one['id']}/settlements", {"how": how, "reason": "渠道已核实"}, by or self.cashier
        )

    def channel_holds(self) -> int:
        with transaction("read") as current:
            check_money(current)
            return accounts(current).get(ACCOUNT, 0)


@pytest.fixture
def till(client, town: Town, tmp_path) -> Iterator[Till]:
    with sandbox(tmp_path / "channel") as there:
        channels.register("sandbox", there.client)
        it = Till(client, town, there)
        it.later()
        yield it


def test_a_day_on_which_both_sides_agree(till: Till):
    for _ in range(3):
        till.paid()
    till.later(days=1)
    run = till.run()
    assert (run["state"], run["matched"], run["paid_fen"], run["refunded_fen"]) == ("complete", 3, 3 * FEE, 0)
    assert till.open_ones() == []
    assert till.run()["id"] == run["id"], "a day that is compared again is the same day"


@pytest.mark.case("M2")
def test_what_only_the_channel_knows_is_counted_as_if_it_had_told_us(till: Till):
    till.paid()
    number = till.paid(is_known=False)
    till.later(hours=20)  # of a night in which the worker slept
    run = till.run()
    assert (run["matched"], run["only_theirs"]) == (1, 1)
    (one,) = till.open_ones()
    assert (one["number"], one["theirs_fen"], one["ours_fen"], one["ways"]) == (number, FEE, None, ["count"])
    assert till.open_ones(till.far_cashier) == []
    assert till.settle(one, "count", till.far_cashier).status_code == 404
    refused = till.settle(one, "book")
    assert (refused.status_code, refused.json["ways"]) == (409, ["count"])
    shown = f"{A}/bills/{one['bill_id']}/differences"
    (told,) = till.client.get(shown, headers=till.town.headers(till.town.wang)).json["items"]
    assert (told["payment_id"], told["refund_id"], told["state"]) == (one["payment_id"], None, "open")
    assert till.settle(one, "count").json["state"] == "settled"
    (told,) = till.client.get(shown, headers=till.town.headers(till.town.wang)).json["items"]
    assert (told["state"], "reason" in told) == ("settled", False)
    again = till.settle(one, "count")
    assert (again.status_code, again.json["state"]) == (409, "settled")
    assert till.channel_holds() == 2 * FEE
    assert (till.run()["matched"], till.open_ones()) == (2, []), (
        "it stands in our books of today, and is matched all the same"
    )
    owner = till.client.get(f"{A}/payments/{one['payment_id']}", headers=till.town.headers(till.town.wang)).json
    assert owner["state"] == "succeeded"


def test_what_was_counted_while_somebody_read_the_list_is_not_counted_twice(till: Till):
    till.paid(is_known=False)
    till.later(hours=20)
    till.run()
    (one,) = till.open_ones()
    till.look()  # the worker wakes up
    assert till.settle(one, "count").json["state"] == "resolved"
    assert till.channel_holds() == FEE


def test_what_only_we_have_and_what_is_another_amount_is_booked_to_suspense(till: Till):
    kept, changed, missing = (till.paid() for _ in range(3))
    till.later(days=1)
    lines = [
        replace(one, amount_fen=FEE - 1_00) if one.number == changed else one
        for one in till.lines()
        if one.number != missing
    ]
    run = till.run(lines)
    assert (run["matched"], run["only_ours"], run["amount_differs"]) == (1, 1, 1)
    found = {one["number"]: one for one in till.open_ones()}
    assert {number: (one["what"], one["ours_fen"], one["theirs_fen"]) for number, one in found.items()} == {
        missing: ("only-ours", FEE, None),
        changed: ("amount-differs", FEE, FEE - 1_00),
    }
    for one in found.values():
        assert till.settle(one, "book").json["how"] == "book"
    assert till.channel_holds() == FEE + FEE - 1_00 == sum(line.amount_fen for line in lines)
    assert kept not in found
    assert till.run(lines)["only_ours"] == 1, "it is still so, and settled"
    assert till.open_ones() == []


def test_a_later_statement_explains_what_was_only_ours(till: Till):
    number = till.paid()
    till.later(days=1)
    lines = till.lines()
    till.run([])
    assert [one["number"] for one in till.open_ones()] == [number]
    till.run(lines, date(2026, 11, 24))  # it moved after midnight, by the channel's clock
    assert till.open_ones() == []
    till.run([])
    assert till.open_ones() == []
    assert till.channel_holds() == FEE


def test_money_that_belongs_to_no_bill_is_a_city_desks(till: Till):
    stranger = StatementLine("refund", "NOBODY-1", "50300000001", 1_23, city.now())
    run = till.run([stranger])
    assert (run["only_theirs"], run["refunded_fen"]) == (1, 1_23)
    assert till.open_ones() == []
    (one,) = till.open_ones(till.town.city_admin)
    assert till.settle(one, "count", till.town.city_admin).status_code == 409
    assert till.settle(one, "keep", till.town.city_admin).json["state"] == "settled"


@pytest.mark.case("M8")
def test_a_refund_that_only_the_channel_knows_of(till: Till):
    till.paid()
    wang = till.town.headers(till.town.wang)
    bill_id = till.client.get(f"{A}/residents/{till.town.wang.id}/bills", headers=wang).json["items"][0]["id"]
    credit = {"lines": [{"position": 1, "quantity": 1}], "reason": "returned"}
    assert till.post(f"bills/{bill_id}/credit-notes", credit, till.town.clerk).status_code == 201
    (payment,) = till.client.get(f"{A}/bills/{bill_id}/payments", headers=wang).json["items"]
    (refund,) = payment["refunds"]
    back = StatementLine("refund", refund["number"], "50300000002", FEE, city.now())
    assert till.run([*till.lines(), back])["only_theirs"] == 1
    (one,) = till.open_ones()
    assert till.settle(one, "count").json["state"] == "settled"
    assert till.channel_holds() == 0


def test_a_channel_that_is_away_is_asked_again_in_half_an_hour(till: Till, monkeypatch: pytest.MonkeyPatch):
    till.paid()
    till.later(hours=21, minutes=1)  # 6:01 of the next morning

    def away(day: date):
        raise ChannelAway("timeout")

    with monkeypatch.context() as silent:
        silent.setattr(channels.channel("sandbox"), "statement", away)
        tidying.reach_out()
        shown = service.of_day("sandbox", DAY)
        assert (shown.state, shown.why) == ("failed", "channel-away")
    tidying.reach_out()
    assert service.of_day("sandbox", DAY).state == "failed"
    till.later(minutes=31)
    tidying.reach_out()
    assert (service.of_day("sandbox", DAY).state, service.of_day("sandbox", DAY).matched) == ("complete", 1)


def test_another_merchants_statement_is_no_difference_of_ours(till: Till, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("healthcode.care.bills.reconciling.service.running.MOST", 3)
    strangers = [StatementLine("payment", f"X-{n}", f"42{n}", 1, city.now()) for n in range(4)]
    run = till.run(strangers)
    assert (run["state"], run["why"]) == ("failed", "too-many-differences")
    assert till.open_ones(till.town.city_admin) == []


@pytest.mark.parametrize(
    ("fault", "counts", "held"),
    [
        ("line-lost", {"matched": 1, "only_ours": 1}, FEE),
        ("line-twice", {"matched": 1, "amount_differs": 1}, 3 * FEE),
        ("wrong-amount", {"matched": 1, "amount_differs": 1}, 2 * FEE - 1),
        ("stranger", {"matched": 2, "only_theirs": 1}, 2 * FEE),
    ],
)
def test_whatever_is_wrong_with_a_statement_is_found_and_settled(till: Till, fault: str, counts: dict, held: int):
    till.paid()
    till.later(hours=1)
    till.paid()
    till.there.faults(statements=fault)
    run = till.run()
    nothing = dict.fromkeys(("matched", "only_ours", "only_theirs", "amount_differs"), 0)
    assert {name: run[name] for name in nothing} == nothing | counts
    by = till.town.city_admin if fault == "stranger" else till.cashier
    (one,) = till.open_ones(by)
    (way,) = one["ways"]
    assert till.settle(one, way, by).json["state"] == "settled"
    assert till.channel_holds() == held, "what the statement says, but for a number that nobody knows"
    again = till.run()
    assert {name: again[name] for name in counts} == counts
    assert till.open_ones(by) == []
