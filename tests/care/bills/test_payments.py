"""Payments: asked for, paid once, let go of; whatever channels, callbacks and hurried fingers do."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from threading import Barrier

import pytest
from sqlalchemy import select, update

from healthcode.care.bills import channels
from healthcode.care.bills import rows as bills
from healthcode.care.bills.ledger import RESIDENT
from healthcode.care.bills.models import Bill, BillChange
from healthcode.care.bills.payments import service
from healthcode.care.bills.payments.models import ChannelEvent
from healthcode.core import clock as city_clock
from healthcode.core import ids, tidying
from healthcode.core.caller import Caller
from healthcode.core.db import db, session, transaction
from healthcode.core.outbox import Event
from healthcode.trust.grounds import service as grounds
from tests.support.double import NAME
from tests.support.tills import CHANNEL, OWN, A, kind

# Paying


@pytest.mark.case("M2")
def test_a_payment_succeeds_though_every_callback_is_lost(till, channel):
    asked = till.ask()
    assert (asked.status_code, asked.json["state"], asked.json["amount_fen"]) == (201, "requires-payment", OWN)
    tidying.reach_out()
    shown = till.get(f"payments/{asked.json['id']}").json
    assert (shown["state"], shown["code_url"]) == ("processing", f"weixin://pay/{shown['number']}")
    channel.pay(shown["number"], OWN)
    till.look(seconds=5)
    shown = till.get(f"payments/{asked.json['id']}").json
    assert (shown["state"], shown["code_url"], till.state(), till.paid_fen()) == ("succeeded", None, "balanced", OWN)
    assert till.stands() == {CHANNEL: OWN, RESIDENT: -OWN}
    with transaction("read") as current:
        assert [one.state for one in current.scalars(select(BillChange))] == ["balanced"]
        told = [one.name for one in current.scalars(select(Event).order_by(Event.id)) if "payment." in one.name]
    assert told == ["payment.requested", "payment.succeeded"]
    assert kind(till.ask()) == "wrong-state"


@pytest.mark.case("M11")
def test_no_price_comes_from_the_client(till):
    refused = till.post(f"bills/{till.bill}/payments", {"channel": NAME, "amount_fen": 1})
    assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/amount_fen")
    for amount in (1, OWN - 1, OWN + 1):
        refused = till.cash(amount)
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/amount_fen")
    assert (till.state(), till.stands()) == ("issued", {})


def test_a_channel_that_is_not_set_up_is_refused(till):
    for name in ("cash", "no-such"):
        refused = till.post(f"bills/{till.bill}/payments", {"channel": name})
        assert (refused.status_code, refused.json["errors"][0]["pointer"]) == (422, "/channel")
    assert till.client.post(f"{A}/channels/no-such/callbacks").status_code == 404


@pytest.mark.case("M1")
def test_a_bill_has_one_intent_at_a_time(till):
    first = till.ask()
    second = till.ask()
    assert (kind(second), second.json["payment_id"]) == ("payment-under-way", first.json["id"])
    assert kind(till.cash()) == "payment-under-way"


def test_a_son_pays_for_his_mother_by_her_leave_alone(till, town, channel):
    assert till.ask(by=town.son).status_code == 404
    with transaction():
        grounds.open_ground(
            resident_id=town.wang.id, grantee_kind="resident", grantee_id=town.son.id, scopes=["bills:pay"],
            source="grant", source_id=ids.new(), until_at=None,
        )  # fmt: skip
    asked = till.ask(by=town.son)
    assert asked.status_code == 201
    assert till.payment(asked.json["id"]).made_by_id == town.son.id
    for path in (f"payments/{asked.json['id']}", f"bills/{till.bill}/payments"):
        assert (till.get(path, town.son).status_code, till.get(path, town.stranger).status_code) == (200, 404)
    assert till.post(f"payments/{asked.json['id']}/cancellations", by=town.stranger).status_code == 404


def test_cash_is_taken_by_the_bills_own_institution_at_once(till, town):
    assert till.cash(by=till.far_cashier).status_code == 404
    assert till.cash(by=town.far_clerk).status_code == 404
    assert till.cash(by=town.doctor).status_code == 403
    paid = till.cash()
    assert (paid.status_code, paid.json["state"], paid.json["channel"]) == (201, "succeeded", "cash")
    assert (till.state(), till.stands()) == ("balanced", {"cash": OWN, RESIDENT: -OWN})
    assert kind(till.cash()) == "wrong-state"
    for path in (f"payments/{paid.json['id']}", f"bills/{till.bill}/payments"):
        assert till.get(path, town.institution_admin).status_code == 200
        assert till.get(path, till.far_cashier).status_code == 404


@pytest.mark.case("M1")
def test_cash_clicked_and_asked_for_by_many_at_once_is_one_payment(app, till):
    together = Barrier(8)

    def pay(turn: int) -> str:
        together.wait(30)
        try:
            with app.app_context(), transaction():
                if turn % 2:
                    return service.take_cash(till.staff, bill_id=till.bill, amount_fen=OWN).state
                wang = Caller(kind="resident", id=till.town.wang.id, sight=grounds.only_own(till.town.wang.id))
                return service.ask(wang, bill_id=till.bill, channel=NAME).state
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(8) as hands:
        ends = sorted(hands.map(pay, range(8)))
    assert len([end for end in ends if end in ("succeeded", "requires-payment")]) == 1, ends
    assert set(ends) <= {"succeeded", "requires-payment", "PaymentUnderWay", "WrongState"}


# Callbacks


@pytest.mark.case("M3")
def test_a_forged_callback_does_nothing(till, channel):
    payment = till.begun()
    forged = till.tell(channel.event(payment.number, OWN), signature="somebody's")
    assert (forged.status_code, kind(forged)) == (401, "callback-not-proved")
    with transaction("read") as current:
        assert current.scalars(select(ChannelEvent)).all() == []
    assert (till.payment(payment.id).state, till.state()) == ("processing", "issued")


@pytest.mark.case("M4")
def test_the_same_callback_twenty_times_at_once_is_one_effect(app, till, channel):
    payment = till.begun()
    event = channel.event(payment.number, OWN)
    channel.pay(payment.number, OWN)
    city_clock.advance(seconds=6)

    def tell(turn: int) -> int:
        if turn == 7:
            with app.app_context():
                return 200 + 0 * tidying.reach_out()
        headers = {"Signature": "ours"}
        return app.test_client().post(f"{A}/channels/{NAME}/callbacks", json=event, headers=headers).status_code

    with ThreadPoolExecutor(8) as line:
        assert set(line.map(tell, range(21))) == {200}
    assert (till.state(), till.stands()) == ("balanced", {CHANNEL: OWN, RESIDENT: -OWN})
    with transaction("read") as current:
        assert len(current.scalars(select(ChannelEvent)).all()) == 1


@pytest.mark.case("M5")
def test_whatever_the_order_of_callbacks_the_end_is_the_same(till, channel):
    """Every order of: the order waits, it is paid, it is paid (another event), it is closed, a refund went back."""
    ends = set()
    for order in permutations(range(5)):
        till.bill = till.new_bill()
        before = till.stands()
        payment = till.begun()
        channel.pay(payment.number, OWN)
        told = [
            channel.event(payment.number, OWN, state="waiting"),
            channel.event(payment.number, OWN),
            channel.event(payment.number, OWN),
            channel.event(payment.number, OWN, state="closed"),
            channel.event("R20261123-0000000000", OWN, kind="refund", state="succeeded"),
        ]
        assert {till.tell(told[place]).status_code for place in order} == {200}
        tidying.reach_out()
        after = till.stands()
        moved = tuple(sorted((name, amount - before.get(name, 0)) for name, amount in after.items()))
        ends.add((till.payment(payment.id).state, till.state(), till.paid_fen(), moved))
    assert ends == {("succeeded", "balanced", OWN, ((CHANNEL, OWN), (RESIDENT, -OWN)))}


@pytest.mark.case("M6")
@pytest.mark.parametrize("by_callback", [True, False])
def test_another_amount_is_not_a_payment_and_is_set_aside(till, channel, by_callback):
    payment = till.begun()
    channel.pay(payment.number, OWN - 1)
    if by_callback:
        assert till.tell(channel.event(payment.number, OWN - 1)).status_code == 200
    till.look(seconds=10)
    till.tell(channel.event(payment.number, OWN - 1))
    after = till.payment(payment.id)
    assert (after.state, after.why, after.next_look_at) == ("failed", "amount-differs", None)
    assert (till.state(), till.paid_fen()) == ("issued", 0)
    assert till.stands() == {CHANNEL: OWN - 1, "suspense": 1 - OWN}
    assert till.refunds() == []


@pytest.mark.case("M7")
@pytest.mark.parametrize("by_callback", [True, False])
def test_what_is_paid_after_the_end_goes_back(till, channel, by_callback):
    payment = till.begun()
    channel.pay(payment.number, OWN)
    gone = till.post(f"payments/{payment.id}/cancellations")
    assert (gone.status_code, gone.json["state"]) == (201, "cancelled")
    assert till.cash().status_code == 201, "the bill is free again"
    if by_callback:
        till.tell(channel.event(payment.number, OWN))
    till.look(seconds=10)
    till.tell(channel.event(payment.number, OWN))
    till.look(seconds=10)
    after = till.payment(payment.id)
    assert (after.state, after.why, after.refunded_fen) == ("cancelled", "paid-too-late", OWN)
    (refund,) = till.refunds()
    assert (refund.state, refund.is_beside_bill, refund.amount_fen) == ("succeeded", True, OWN)
    assert till.stands() == {"cash": OWN, RESIDENT: -OWN}
    assert len(channel.refunds) == 1


@pytest.mark.case("M7")
def test_what_is_paid_for_a_bill_that_is_not_due_any_more_goes_back(till, channel):
    payment = till.begun()
    with transaction():
        session().execute(update(Bill).values(state="cancelled", credited_own_fen=OWN, credited_fen=OWN))
    till.tell(channel.event(payment.number, OWN))
    till.look(seconds=10)
    assert (till.payment(payment.id).state, till.payment(payment.id).why) == ("failed", "paid-too-late")
    assert till.stands() == {}


# Letting go, and what nobody answers


def test_a_payment_that_was_let_go_of_is_closed_at_the_channel(till, channel):
    payment = till.begun()
    for _ in range(2):
        assert till.post(f"payments/{payment.id}/cancellations").json["state"] == "cancelled"
    tidying.reach_out()
    assert channel.orders[payment.number].state == "closed"
    assert till.payment(payment.id).next_look_at is None
    assert till.ask().status_code == 201


def test_an_intent_is_let_go_of_when_what_is_due_changes(till, channel):
    payment = till.begun()
    with transaction():
        bill = bills.hold(till.staff, till.bill)
        service.let_go(bill)
        bill.credited_own_fen, bill.credited_fen, bill.state = OWN, OWN, "cancelled"
    tidying.reach_out()
    assert (till.payment(payment.id).state, channel.orders[payment.number].state) == ("cancelled", "closed")


def test_what_succeeded_is_not_let_go_of(till):
    paid = till.cash().json
    assert kind(till.post(f"payments/{paid['id']}/cancellations", by=till.cashier)) == "wrong-state"


def test_an_intent_that_is_let_go_of_while_the_channel_makes_it_is_closed_too(app, till, channel):
    asked = till.ask().json
    channel.while_asked = lambda: till.post(f"payments/{asked['id']}/cancellations")
    tidying.reach_out()
    till.look(seconds=1)
    assert (till.payment(asked["id"]).state, till.payment(asked["id"]).next_look_at) == ("cancelled", None)
    assert channel.orders[asked["number"]].state == "closed"


def test_a_callback_is_counted_once_though_a_query_was_under_way(till, channel):
    payment = till.begun()
    channel.pay(payment.number, OWN)
    channel.while_asked = lambda: till.tell(channel.event(payment.number, OWN))
    till.look(seconds=5)
    assert till.stands() == {CHANNEL: OWN, RESIDENT: -OWN}


def test_an_intent_that_nobody_paid_in_time_is_over(till, channel):
    payment = till.begun()
    till.look(hours=2)
    after = till.payment(payment.id)
    assert (after.state, after.why, after.next_look_at) == ("failed", "expired", None)
    assert channel.orders[payment.number].state == "closed"


def test_a_channel_that_is_away_loses_nothing(till, channel):
    asked = till.ask().json
    channel.is_away = True
    tidying.reach_out()
    assert till.payment(asked["id"]).next_look_at == city_clock.now() + timedelta(seconds=5)
    channel.is_away = False
    till.look(seconds=5)
    assert till.payment(asked["id"]).state == "processing"


def test_what_nobody_answers_for_a_day_is_left_to_a_person(till, channel):
    payment = till.begun()
    channel.is_away = True
    looks = 0
    while (due := till.payment(payment.id).next_look_at) is not None:
        city_clock.freeze(due)
        tidying.reach_out()
        looks += 1
    after = till.payment(payment.id)
    assert (after.state, after.why) == ("failed", "no-answer")
    assert timedelta(hours=24, minutes=30) <= city_clock.now() - after.created_at <= timedelta(hours=27)
    assert 10 < looks < 25
    till.town._headers.clear()
    channel.is_away = False
    till.tell(channel.event(payment.number, OWN))
    till.look(seconds=5)
    assert till.stands() == {}, "paid after all: it went back"


def test_a_channel_that_is_gone_ends_the_payment(till, monkeypatch):
    asked = till.ask().json
    monkeypatch.setattr(channels, "_channels", {})
    tidying.reach_out()
    assert (till.payment(asked["id"]).state, till.payment(asked["id"]).why) == ("failed", "no-such-channel")


def test_a_channel_that_says_no_ends_the_payment(till, channel):
    asked = till.ask().json
    channel.refuses = ("create",)
    tidying.reach_out()
    assert (till.payment(asked["id"]).state, till.payment(asked["id"]).why) == ("failed", "refused")
    assert till.cash().status_code == 201


def test_an_order_whose_making_was_lost_and_that_was_paid_is_found(till, channel):
    asked = till.ask().json
    channel.pay(asked["number"], OWN)
    channel.refuses = ("create",)
    tidying.reach_out()
    assert (till.payment(asked["id"]).state, till.state()) == ("succeeded", "balanced")


def test_several_workers_at_once_count_once(app, till, channel):
    payments = []
    for _ in range(6):
        till.bill = till.new_bill()
        payments.append(till.begun())
    for payment in payments:
        channel.pay(payment.number, OWN)
    city_clock.advance(seconds=5)

    def work(_: int) -> None:
        with app.app_context():
            tidying.reach_out()
            db.session.remove()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert till.stands() == {CHANNEL: 6 * OWN, RESIDENT: -6 * OWN}
