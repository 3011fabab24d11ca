"""Money on its way back, the way it came. What fails waits in `refunding` until a cashier tries again or pays it out."""

from healthcode.care.bills import ledger, numbers
from healthcode.care.bills.ledger import CASH, REFUNDING, RESIDENT, SUSPENSE, Move, channel_account
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment, Refund
from healthcode.care.bills.payments.service import rows
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, WrongState


def give_back(bill: Bill, amount_fen: int, caller: Caller, reason: str) -> None:
    """So many fen of what was paid for a bill go back, of the newest payments first, and `bill.paid_fen` is less by them.

    Called while person and bill are held, before the bill itself is changed: it flushes nothing after it has taken from
    `paid_fen`, so that what the bill asks for can be lessened in the same statement. Raises ValueError if not so much
    was paid.
    """
    paying = Payment.of_bill(bill.id).where(Payment.state == "succeeded").order_by(None).order_by(Payment.id.desc())
    payments = session().scalars(locked(paying)).all()
    if amount_fen < 0 or amount_fen > sum(one.amount_fen - one.refunded_fen for one in payments):
        raise ValueError("more than was paid")
    left = amount_fen
    for payment in payments:
        part = min(left, payment.amount_fen - payment.refunded_fen)
        if part:
            _begin(bill, payment, part, caller, reason)
        left -= part


def _begin(bill: Bill, payment: Payment, amount_fen: int, caller: Caller, reason: str) -> None:
    refund = _write(payment, amount_fen, caller, reason)
    bill.paid_fen -= amount_fen
    _post(bill, refund, "refund.requested", Move(RESIDENT, REFUNDING, amount_fen))
    if payment.channel == "cash":
        succeed(bill, refund, CASH)


def give_back_beside(bill: Bill, payment: Payment) -> None:
    """All of a payment that came in and counts for no bill."""
    refund = _write(payment, payment.amount_fen, rows.ITSELF, str(payment.why))
    refund.is_beside_bill = True
    _post(bill, refund, "refund.requested", Move(SUSPENSE, REFUNDING, refund.amount_fen))


def _write(payment: Payment, amount_fen: int, caller: Caller, reason: str) -> Refund:
    """The row, not yet flushed, and what of the payment it takes."""
    moment = clock.now()
    refund = Refund(
        id=ids.new(),
        payment_id=payment.id,
        bill_id=payment.bill_id,
        resident_id=payment.resident_id,
        number=numbers.new("R"),
        amount_fen=amount_fen,
        state="processing",
        reason=reason,
        is_beside_bill=False,
        made_by_kind=caller.kind,
        made_by_id=caller.id,
        created_at=moment,
        changed_at=moment,
        next_look_at=moment,
    )
    session().add(refund)
    payment.refunded_fen += amount_fen
    announce("refund.requested", **rows.facts(refund))
    return refund


def settle(bill: Bill, refund: Refund, payment: Payment, *, number: str, state: str, amount_fen: int) -> bool:
    """What the channel says of a refund of this number, in fen; says whether it was news. All rows are held.

    Another amount than ours is not believed: it is asked again, and shows in the reconciliation.
    """
    if refund.state != "processing" or refund.number != number or amount_fen != refund.amount_fen:
        return False
    if state == "succeeded":
        succeed(bill, refund, channel_account(payment.channel))
    elif state == "failed":
        _turn(refund, "failed")
        announce("refund.failed", **rows.facts(refund))
    return state in ("succeeded", "failed")


def retry(caller: Caller, *, refund_id: str) -> Refund:
    """Ask the channel once more, by a new number: to a channel a refund that failed has failed for ever.

    Raises NotFound, WrongState.
    """
    _, refund = _failed(caller, refund_id)
    refund.number = numbers.new("R")
    _turn(refund, "processing")
    refund.next_look_at = clock.now()
    announce("refund.requested", **rows.facts(refund))
    return refund


def pay_out(caller: Caller, *, refund_id: str) -> Refund:
    """What did not go back the way it came is paid out over the desk, once. Raises NotFound, WrongState."""
    bill, refund = _failed(caller, refund_id)
    succeed(bill, refund, CASH)
    return refund


def _failed(caller: Caller, refund_id: str) -> tuple[Bill, Refund]:
    """A refund of the institution's own that failed, held. Raises NotFound, WrongState."""
    found = session().scalars(Refund.of_institution(caller.institution_id).where(Refund.id == refund_id)).first()
    if found is None:
        raise NotFound()
    bill = rows.hold_for(found.resident_id, found.bill_id)
    rows.held_payment(found.payment_id)
    refund = rows.held_refund(refund_id)
    rows.note(refund, refund.id)
    if refund.state != "failed":
        raise WrongState(state=refund.state)
    return bill, refund


def succeed(bill: Bill, refund: Refund, account: str) -> None:
    _turn(refund, "succeeded")
    _post(bill, refund, "refund.succeeded", Move(REFUNDING, account, refund.amount_fen))
    announce("refund.succeeded", **rows.facts(refund))


def _turn(refund: Refund, state: str) -> None:
    refund.state, refund.changed_at, refund.next_look_at = state, clock.now(), None


def _post(bill: Bill, refund: Refund, what: str, move: Move) -> None:
    ledger.post(bill, what, [move], payment_id=refund.payment_id, refund_id=refund.id)
