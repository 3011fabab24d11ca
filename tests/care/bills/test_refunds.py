"""Refunds: back the way it came, never more than came, once; and those that a channel does not take."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import update

from healthcode.care.bills import rows as bills
from healthcode.care.bills.ledger import RESIDENT
from healthcode.care.bills.payments import service
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.core import tidying
from healthcode.core.db import session, transaction
from tests.support.tills import CHANNEL, OWN, kind


def test_a_refund_that_the_channel_does_not_take_waits_for_a_cashier(till, channel):
    succeeded(till, channel)
    channel.refuses = ("refund",)
    till.give_back(OWN)
    tidying.reach_out()
    (refund,) = till.refunds()
    assert (refund.state, till.stands()) == ("failed", {CHANNEL: OWN, "refunding": -OWN})


def succeeded(till, channel) -> Payment:
    payment = till.begun()
    channel.pay(payment.number, OWN)
    till.look(seconds=5)
    return till.payment(payment.id)


@pytest.mark.case("M8")
def test_money_goes_back_the_way_it_came_and_never_more_than_came(till, channel):
    payment = succeeded(till, channel)
    till.give_back(2000)
    assert (till.paid_fen(), till.stands()) == (OWN - 2000, {CHANNEL: OWN, RESIDENT: 2000 - OWN, "refunding": -2000})
    with pytest.raises(ValueError, match="more than was paid"):
        till.give_back(OWN - 1999)
    with pytest.raises(Exception, match="refunded"), transaction():
        session().execute(update(Payment).values(refunded_fen=OWN + 1))
    till.look(seconds=1)
    till.look(seconds=60)
    assert till.stands() == {CHANNEL: OWN - 2000, RESIDENT: 2000 - OWN}
    shown = till.get(f"payments/{payment.id}").json
    assert (shown["refunded_fen"], [one["state"] for one in shown["refunds"]]) == (2000, ["succeeded"])


def test_cash_goes_back_at_once(till):
    till.cash()
    till.give_back(OWN)
    assert (till.paid_fen(), till.stands()) == (0, {})
    (refund,) = till.refunds()
    assert (refund.state, refund.next_look_at) == ("succeeded", None)


@pytest.mark.case("M8")
def test_many_who_give_back_at_once_never_give_more_than_came(app, till, channel):
    succeeded(till, channel)
    together = Barrier(6)

    def back(_: int) -> str:
        together.wait(30)
        try:
            with app.app_context(), transaction():
                bill = bills.hold(till.staff, till.bill)
                service.give_back(bill, 2000, till.staff, "退药")
                bill.credited_own_fen += 2000
                bill.credited_fen += 2000
        except ValueError as error:
            return str(error)
        return "given back"

    with ThreadPoolExecutor(6) as hands:
        assert sorted(hands.map(back, range(6))) == ["given back"] * 2 + ["more than was paid"] * 4
    till.look(seconds=1)
    assert till.stands() == {CHANNEL: OWN - 4000, RESIDENT: 4000 - OWN}


def test_a_refund_that_is_under_way_is_asked_for_until_it_is_there(till, channel):
    succeeded(till, channel)
    channel.refunds_become = "processing"
    till.give_back(OWN)
    tidying.reach_out()
    (refund,) = till.refunds()
    assert refund.state == "processing"
    told = channel.event(refund.number, OWN, kind="refund", state="succeeded")
    for _ in range(2):
        assert till.tell(told).status_code == 200
    till.look()
    assert till.stands() == {}
    assert channel.calls.count("refund") == 1


def failed_refund(till, channel) -> Refund:
    succeeded(till, channel)
    channel.refunds_become = "failed"
    till.give_back(OWN)
    tidying.reach_out()
    (refund,) = till.refunds()
    assert (refund.state, till.stands()) == ("failed", {CHANNEL: OWN, "refunding": -OWN})
    return refund


def test_a_refund_that_failed_is_tried_again_by_a_new_number(till, town, channel):
    refund = failed_refund(till, channel)
    assert till.post(f"refunds/{refund.id}/retries", by=till.far_cashier).status_code == 404
    assert till.post(f"refunds/{refund.id}/retries", by=town.clerk).status_code == 403
    channel.refunds_become = "succeeded"
    again = till.post(f"refunds/{refund.id}/retries", by=till.cashier)
    assert (again.status_code, again.json["state"], again.json["number"] != refund.number) == (201, "processing", True)
    assert kind(till.post(f"refunds/{refund.id}/retries", by=till.cashier)) == "wrong-state"
    tidying.reach_out()
    assert till.stands() == {}


@pytest.mark.case("M8")
def test_a_refund_that_failed_is_paid_out_in_cash_once(app, till, channel):
    refund = failed_refund(till, channel)
    assert till.post(f"refunds/{refund.id}/cash-payouts", by=till.far_cashier).status_code == 404
    together = Barrier(4)

    def pay_out(_: int) -> str:
        together.wait(30)
        try:
            with app.app_context(), transaction():
                return service.pay_out(till.staff, refund_id=refund.id).state
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as hands:
        assert sorted(hands.map(pay_out, range(4))) == ["WrongState"] * 3 + ["succeeded"]
    till.look()
    assert till.stands() == {CHANNEL: OWN, "cash": -OWN}
