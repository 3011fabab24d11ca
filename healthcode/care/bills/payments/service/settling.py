"""What came in, counted once: whichever of a channel's answer and its callback is first, and however often they come.

Everything here is called while the person, the bill and the payment are held. `provider_id` is written when money is
counted, and what has one is never counted again.
"""

from healthcode.care.bills import ledger
from healthcode.care.bills import rows as bills
from healthcode.care.bills.ledger import RESIDENT, SUSPENSE, Move, channel_account
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment
from healthcode.care.bills.payments.service import receipts, refunds, rows
from healthcode.core.caller import Caller
from healthcode.core.outbox import announce

NOTHING, APPLIED, DIFFERS = "nothing-to-do", "applied", "amount-differs"  # what became of a message


def paid(bill: Bill, payment: Payment, *, came_in_fen: int, provider_id: str | None) -> str:
    """The channel holds so many fen for this payment. Says what became of it."""
    if payment.provider_id is not None or payment.state == "succeeded":
        return NOTHING
    payment.provider_id = provider_id or payment.number
    payment.next_look_at = None
    if came_in_fen != payment.amount_fen:
        _set_aside(bill, payment, "amount-differs", came_in_fen)
        return DIFFERS
    if payment.state in rows.ALIVE and bill.due_fen >= payment.amount_fen:
        count(bill, payment, rows.ITSELF)
    else:
        _set_aside(bill, payment, "paid-too-late", came_in_fen)
        refunds.give_back_beside(bill, payment)
    return APPLIED


def count(bill: Bill, payment: Payment, caller: Caller) -> None:
    """The payment succeeded, and the bill is paid by so much."""
    rows.turn(payment, "succeeded")
    bill.paid_fen += payment.amount_fen
    bills.settle(bill, caller)
    into = channel_account(payment.channel)
    ledger.post(bill, "payment.succeeded", [Move(into, RESIDENT, payment.amount_fen)], payment_id=payment.id)
    receipts.write(bill, payment)
    announce("payment.succeeded", **rows.facts(payment))


def _set_aside(bill: Bill, payment: Payment, why: str, came_in_fen: int) -> None:
    """What came in counts for no bill."""
    if payment.state in rows.ALIVE:
        fail(payment, why)
    payment.why = why
    into = channel_account(payment.channel)
    ledger.post(bill, f"payment.{payment.state}", [Move(into, SUSPENSE, came_in_fen)], payment_id=payment.id)


def fail(payment: Payment, why: str) -> None:
    """The intent is over, and nothing more is asked about it."""
    rows.turn(payment, "failed", why=why)
    payment.next_look_at = None
    announce("payment.failed", **rows.facts(payment))


def end(payment: Payment, why: str) -> None:
    """Nothing more can come of it: an intent has failed, and one that was let go of is closed for certain."""
    if payment.state in rows.ALIVE:
        fail(payment, why)
    payment.next_look_at = None
