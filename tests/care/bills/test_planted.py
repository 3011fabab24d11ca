"""Bugs put in on purpose: each turns a story red."""

import contextlib
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from healthcode.care.bills import ledger
from healthcode.care.bills import rows as bills
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.service import callbacks, settling
from healthcode.core import ids
from healthcode.core.caller import Caller
from healthcode.core.db import session, transaction
from tests.care.bills import test_payments, test_refunds
from tests.support.money import check_money
from tests.support.tills import Till


@pytest.fixture
def careless(app, client, town, channel) -> Till:
    """A till at whose end nobody looks whether the money is right: here it is not."""
    return Till(app, client, town, channel)


@pytest.mark.case("B5")
def test_a_ledger_that_knows_one_side_is_noticed(careless: Till, channel, monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: what comes in is counted on the bill and not in the ledger."""
    really = ledger.post

    def forgetful(bill: Any, what: str, moves: Any, **more: Any) -> None:
        if what != "payment.succeeded":
            really(bill, what, moves, **more)

    monkeypatch.setattr(ledger, "post", forgetful)
    test_refunds.succeeded(careless, channel)
    with pytest.raises(AssertionError), transaction("read") as current:
        check_money(current)


@pytest.mark.case("B6")
def test_refunds_without_a_lock_are_noticed(app, careless: Till, channel, monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: everybody reads the bill before anybody has written it. SQLite has one writer at a time anyway."""
    is_sqlite = app.config["SETTINGS"].database_url.startswith("sqlite")
    really, all_have_read = bills.hold, Barrier(6)

    def look_only(caller: Caller, bill_id: str) -> Bill:
        if caller.kind != "staff":
            return really(caller, bill_id)
        bill = session().scalars(Bill.paid_by(bill_id)).one()
        if not is_sqlite:
            all_have_read.wait(30)
        return bill

    monkeypatch.setattr(bills, "hold", look_only)
    with contextlib.nullcontext() if is_sqlite else pytest.raises((AssertionError, IntegrityError)):
        test_refunds.test_many_who_give_back_at_once_never_give_more_than_came(app, careless, channel)
        with transaction("read") as current:
            check_money(current)


@pytest.mark.case("B7")
def test_a_callback_whose_amount_nobody_compares_is_noticed(careless: Till, channel, monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: that something was paid is enough."""
    really = settling.paid

    def trusting(bill: Any, payment: Any, *, came_in_fen: int, provider_id: str | None) -> str:
        return really(bill, payment, came_in_fen=payment.amount_fen, provider_id=provider_id)

    monkeypatch.setattr(settling, "paid", trusting)
    with pytest.raises(AssertionError):
        test_payments.test_another_amount_is_not_a_payment_and_is_set_aside(careless, channel, True)


@pytest.mark.case("B8")
def test_a_callback_without_its_own_id_is_noticed(app, careless: Till, channel, monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: every callback is taken for a new one."""
    really = callbacks.insert_if_absent

    def anew(table: Any, values: dict[str, Any], *, unique: Any) -> bool:
        return really(table, values | {"event_id": ids.new()}, unique=unique)

    monkeypatch.setattr(callbacks, "insert_if_absent", anew)
    with pytest.raises(AssertionError):
        test_payments.test_the_same_callback_twenty_times_at_once_is_one_effect(app, careless, channel)


def test_a_payment_without_a_receipt_is_noticed(careless: Till, monkeypatch: pytest.MonkeyPatch):
    """The bug, planted: the money is counted, and nobody writes the receipt."""
    monkeypatch.setattr(settling.receipts, "write", lambda *_: None)
    careless.cash()
    with pytest.raises(AssertionError, match="one receipt for each"), transaction("read") as current:
        check_money(current)


def test_the_stories_are_green_without_them(app, careless: Till, channel):
    """What turned red above is green here."""
    test_payments.test_another_amount_is_not_a_payment_and_is_set_aside(careless, channel, True)
