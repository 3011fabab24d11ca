"""Whatever happens to a bill, in any order, repeated, lost or late: every fen is accounted for."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from healthcode.care.bills import channels, service
from healthcode.care.bills.channels.base import CallbackRefused
from healthcode.care.bills.ledger import SUSPENSE
from healthcode.care.bills.models import Bill, BillLine, CreditNote, InsuranceYear
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.core import clock, tidying
from healthcode.core.caller import EVERYBODY, Caller
from healthcode.core.db import session, transaction
from healthcode.core.problems import Problem
from tests.support.bills import draft, issued_bill
from tests.support.double import NAME, DoubleChannel
from tests.support.money import accounts, check_money

ITEMS = st.sampled_from(("blood_count", "ct_chest", "tumour_markers", "amlodipine_5"))


class Desk(RuleBasedStateMachine):
    """One resident with some bills, one channel that is sometimes away, and a cashier; through the service, as doors do."""

    town: Any
    began: Any

    def __init__(self) -> None:
        super().__init__()
        clock.freeze(self.began)
        self.channel = DoubleChannel()
        channels.register(NAME, self.channel)
        self.told: list[dict[str, Any]] = []
        self.bills: list[str] = []

    @property
    def cashier(self) -> Caller:
        return Caller(kind="staff", id=self.town.clerk.id, institution_id=self.town.hospital, sight=EVERYBODY)

    @property
    def payer(self) -> Caller:
        return Caller(kind="resident", id=self.town.son.id, sight=EVERYBODY)

    def act(self, deed: Any, caller: Caller, **asked: Any) -> None:
        try:
            with transaction():
                deed(caller, **asked)
                session().flush()
        except Problem:
            pass

    def some(self, table: Any, which: int, *conditions: Any) -> Any:
        """One of the rows of this run's bills, plain; None if there is none."""
        with transaction("read") as current:
            about = Bill.id if table is Bill else table.bill_id
            found = current.scalars(select(table).where(about.in_(self.bills), *conditions).order_by(table.id)).all()
            session().expunge_all()
        return found[which % len(found)] if found else None

    @rule(item=ITEMS, count=st.integers(1, 9), is_issued=st.booleans())
    def write(self, item: str, count: int, is_issued: bool) -> None:
        if len(self.bills) < 4:
            make = issued_bill if is_issued else draft
            self.bills.append(make(self.town.wang, self.town.hospital, **{item: count, "blood_count": 2}))

    @rule(which=st.integers(0, 3))
    def issue(self, which: int) -> None:
        if bill := self.some(Bill, which):
            self.act(service.issue, self.cashier, bill_id=bill.id)

    @rule(which=st.integers(0, 3))
    def ask(self, which: int) -> None:
        if bill := self.some(Bill, which):
            self.act(payments.ask, self.payer, bill_id=bill.id, channel=NAME)

    @rule(which=st.integers(0, 3), is_all=st.booleans())
    def take_cash(self, which: int, is_all: bool) -> None:
        if bill := self.some(Bill, which):
            amount = bill.due_fen if is_all else bill.due_fen - 1
            self.act(payments.take_cash, self.cashier, bill_id=bill.id, amount_fen=amount)

    @rule(which=st.integers(0, 9), off=st.sampled_from((0, 0, 0, 1, -1)))
    def pay(self, which: int, off: int) -> None:
        """At the channel, if it still takes it."""
        payment = self.some(Payment, which, Payment.channel == NAME)
        if payment is None or payment.number not in self.channel.orders:
            return
        if self.channel.orders[payment.number].state == "waiting" and payment.amount_fen + off > 0:
            self.channel.pay(payment.number, payment.amount_fen + off)
            self.told.append(self.channel.event(payment.number, payment.amount_fen + off))

    @rule(which=st.integers(0, 30), is_forged=st.booleans())
    def tell(self, which: int, is_forged: bool) -> None:
        """A callback of some time: the first time, once more, or late."""
        if not self.told:
            return
        event = self.told[which % len(self.told)]
        try:
            told = payments.prove(NAME, {"Signature": "theirs" if is_forged else "ours"}, json.dumps(event).encode())
        except (Problem, CallbackRefused):
            assert is_forged
            return
        assert not is_forged
        with transaction():
            payments.hear(NAME, told)

    @rule(which=st.integers(0, 9))
    def let_go(self, which: int) -> None:
        if payment := self.some(Payment, which):
            self.act(payments.cancel, self.payer, payment_id=payment.id)

    @rule(which=st.integers(0, 3), position=st.integers(1, 2), quantity=st.integers(1, 3))
    def credit(self, which: int, position: int, quantity: int) -> None:
        if bill := self.some(Bill, which):
            lines = [service.Returned(position, quantity)]
            self.act(service.credit, self.cashier, bill_id=bill.id, lines=lines, reason="returned")

    @rule(which=st.integers(0, 3))
    def cancel(self, which: int) -> None:
        if bill := self.some(Bill, which):
            self.act(service.cancel, self.cashier, bill_id=bill.id, reason="duplicate")

    @rule(which=st.integers(0, 9))
    def settle_what_failed(self, which: int) -> None:
        if refund := self.some(Refund, which, Refund.state == "failed"):
            deed = payments.retry if which % 2 else payments.pay_out
            self.act(deed, self.cashier, refund_id=refund.id)

    @rule(is_away=st.booleans(), become=st.sampled_from(("succeeded", "succeeded", "processing", "failed")))
    def weather(self, is_away: bool, become: str) -> None:
        self.channel.is_away, self.channel.refunds_become = is_away, become

    @rule(minutes=st.sampled_from((1, 20, 150, 1600)))
    def look(self, minutes: int) -> None:
        clock.freeze(clock.now() + timedelta(minutes=minutes))
        tidying.reach_out()

    @invariant()
    def every_fen_is_accounted_for(self) -> None:
        with transaction("read") as current:
            check_money(current, self.bills)
            for bill in current.scalars(select(Bill).where(Bill.id.in_(self.bills))):
                self.check_bill(bill)

    def check_bill(self, bill: Bill) -> None:
        lines = session().scalars(select(BillLine).where(BillLine.bill_id == bill.id)).all()
        notes = session().scalars(select(CreditNote).where(CreditNote.bill_id == bill.id)).all()
        assert sum(line.amount_fen for line in lines) == bill.total_fen
        if bill.state != "draft" and bill.number:
            assert sum(line.own_fen for line in lines) == bill.own_fen
            assert sum(note.own_fen for note in notes) == bill.credited_own_fen
            assert sum(note.total_fen for note in notes) == bill.credited_fen
        if bill.state == "cancelled":
            assert bill.paid_fen == 0
            assert bill.number is None or bill.credited_fen == bill.total_fen

    def teardown(self) -> None:
        """All bills void, the channel well: nothing of the year is used up, and nothing is left but what nobody can explain."""
        self.weather(is_away=False, become="succeeded")
        for bill_id in self.bills:
            self.act(service.cancel, self.cashier, bill_id=bill_id, reason="duplicate")
        for _ in range(6):
            self.settle_what_failed(0)
            self.look(1600)
        with transaction("read") as current:
            check_money(current, self.bills)
            for bill_id in self.bills:
                left = accounts(current, bill_id)
                assert set(left) <= {SUSPENSE, f"channel:{NAME}"}, left
            year = current.scalars(select(InsuranceYear)).first()
            if year is not None:
                assert (year.deductible_met_fen, year.pool_paid_fen, year.chronic_paid_fen) == (0, 0, 0)


@pytest.mark.case("M5", "M6", "M7", "M8", "I4", "I5", "I7")
@pytest.mark.parametrize(
    ("examples", "part"), [(10, 0), *(pytest.param(150, part, marks=pytest.mark.proof) for part in range(2))]
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_any_order_of_deeds_and_messages_keeps_every_fen(app, town, examples, part):
    """The parts differ in nothing but their chance, and run side by side."""

    class Machine(Desk):
        began = clock.now()

    Machine.town = town
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples, stateful_step_count=25, deadline=None, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
