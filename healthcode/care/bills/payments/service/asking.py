"""Asking for a payment, paying in cash, looking at what became of it, and letting go of it."""

from collections.abc import Sequence

from sqlalchemy import Select
from sqlalchemy.orm import selectinload

from healthcode.care.bills import channels, numbers
from healthcode.care.bills import rows as bills
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment
from healthcode.care.bills.payments.problems import PaymentUnderWay
from healthcode.care.bills.payments.service import rows, settling
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import Invalid, NotFound, WrongState
from healthcode.core.words import Words

MOST = 50  # payments of one bill that are listed: the newest


def ask(caller: Caller, *, bill_id: str, channel: str) -> Payment:
    """An intent to pay all that is due by a channel, which is asked afterwards: nothing outside happens here.

    Raises NotFound, Invalid (no such channel), WrongState (nothing is due), PaymentUnderWay.
    """
    bill = bills.hold(caller, bill_id)
    try:
        channels.channel(channel)
    except channels.NoSuchChannel:
        raise Invalid.at("channel", Words("没有这个支付渠道", "no such payment channel")) from None
    _must_be_due(bill)
    payment = _write(caller, bill, channel)
    payment.claims_bill_id = bill.id
    payment.expires_at = payment.created_at + rows.LIFE
    payment.next_look_at = payment.created_at
    session().flush()  # the unique claim is the last word on two at once
    announce("payment.requested", **rows.facts(payment))
    return payment


def take_cash(caller: Caller, *, bill_id: str, amount_fen: int) -> Payment:
    """Cash over the desk of the bill's own institution: all that is due, in fen, at once.

    Raises NotFound, WrongState (nothing is due), PaymentUnderWay, Invalid (another amount than what is due).
    """
    bill = bills.hold(caller, bill_id)
    _must_be_due(bill)
    if amount_fen != bill.due_fen:
        raise Invalid.at("amount_fen", Words("金额与应付金额不符", "not the amount that is due"))
    payment = _write(caller, bill, "cash")
    settling.count(bill, payment, caller)
    return payment


def _must_be_due(bill: Bill) -> None:
    if bill.state != "issued" or bill.due_fen <= 0:
        raise WrongState(state=bill.state)
    alive = session().scalars(_alive(bill)).first()
    if alive is not None:
        raise PaymentUnderWay(payment_id=alive.id)


def _alive(bill: Bill) -> Select[tuple[Payment]]:
    return Payment.of_bill(bill.id).where(Payment.claims_bill_id == bill.id)


def _write(caller: Caller, bill: Bill, channel: str) -> Payment:
    moment = clock.now()
    payment = Payment(
        id=ids.new(),
        bill_id=bill.id,
        resident_id=bill.resident_id,
        state="requires-payment",
        channel=channel,
        number=numbers.new("P"),
        amount_fen=bill.due_fen,
        refunded_fen=0,
        made_by_kind=caller.kind,
        made_by_id=caller.id,
        created_at=moment,
        expires_at=moment,
        changed_at=moment,
    )
    session().add(payment)
    rows.note(bill, payment.id)
    return payment


def show(caller: Caller, *, payment_id: str) -> Payment:
    """One payment. Raises NotFound."""
    payment = session().scalars(_in_sight(caller).where(Payment.id == payment_id)).first()
    if payment is None:
        raise NotFound()
    rows.note(payment, payment.id)
    return payment


def _in_sight(caller: Caller) -> Select[tuple[Payment]]:
    return Payment.of_institution(caller.institution_id) if caller.kind == "staff" else Payment.visible_to(caller)


def list_of_bill(caller: Caller, *, bill_id: str) -> Sequence[Payment]:
    """A bill's newest payments, the last one first. Raises NotFound."""
    bill = bills.look(caller, bill_id)
    newest = Payment.of_bill(bill.id).order_by(None).order_by(Payment.id.desc()).limit(MOST)
    return session().scalars(newest.options(selectinload(Payment.refunds))).all()


def cancel(caller: Caller, *, payment_id: str) -> Payment:
    """Let go of an intent; twice is the same as once. What is paid nevertheless goes back.

    Raises NotFound, WrongState.
    """
    found = show(caller, payment_id=payment_id)
    bills.hold(caller, found.bill_id)
    payment = rows.held_payment(payment_id)
    if payment.state == "cancelled":
        return payment
    if payment.state not in rows.ALIVE:
        raise WrongState(state=payment.state)
    _let_go(payment)
    return payment


def let_go(bill: Bill) -> None:
    """Cancel the intent to pay this bill, if there is one, because what is due has changed. Person and bill are held."""
    for payment in session().scalars(locked(_alive(bill))).all():
        _let_go(payment)


def _let_go(payment: Payment) -> None:
    rows.turn(payment, "cancelled")
    payment.next_look_at = clock.now()  # so that the channel hears of it too
    announce("payment.cancelled", **rows.facts(payment))
