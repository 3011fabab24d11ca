"""What must hold of money after every story: nothing is made, nothing is lost."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from healthcode.care.bills.ledger import REFUNDING, RESIDENT, SUSPENSE
from healthcode.care.bills.models import Bill, LedgerEntry
from healthcode.care.bills.payments.models import Payment, Receipt, Refund

ALIVE = ("requires-payment", "processing")


def accounts(session: Session, bill_id: str | None = None) -> dict[str, int]:
    """What stands on each account, in fen, of one bill or of all; accounts with nothing on them are left out."""
    found: dict[str, int] = defaultdict(int)
    moved = select(LedgerEntry.debit, LedgerEntry.credit, func.sum(LedgerEntry.amount_fen))
    if bill_id is not None:
        moved = moved.where(LedgerEntry.bill_id == bill_id)
    for debit, credit, amount in session.execute(moved.group_by(LedgerEntry.debit, LedgerEntry.credit)):
        found[debit] += int(amount)
        found[credit] -= int(amount)
    return {name: amount for name, amount in found.items() if amount}


def check_money(session: Session, bill_ids: Collection[str] | None = None) -> None:
    """I4 and I5: the ledger sums to nothing, and says of every bill (or of these) what its payments and refunds say."""
    assert sum(accounts(session).values()) == 0
    bills = session.scalars(select(Bill) if bill_ids is None else select(Bill).where(Bill.id.in_(bill_ids))).all()
    ours = [bill.id for bill in bills]
    refunds = session.scalars(select(Refund).where(Refund.bill_id.in_(ours))).all()
    payments = session.scalars(select(Payment).where(Payment.bill_id.in_(ours))).all()
    for payment in payments:
        back = sum(one.amount_fen for one in refunds if one.payment_id == payment.id)
        assert back == payment.refunded_fen <= payment.amount_fen
        assert (payment.claims_bill_id is not None) == (payment.state in ALIVE)
    for bill in bills:
        _check_bill(
            session,
            bill,
            [one for one in payments if one.bill_id == bill.id],
            [one for one in refunds if one.bill_id == bill.id],
        )


def _check_bill(session: Session, bill: Bill, payments: list[Payment], refunds: list[Refund]) -> None:
    came = sum(one.amount_fen for one in payments if one.state == "succeeded")
    receipts = session.scalars(select(Receipt).where(Receipt.bill_id == bill.id)).all()
    paid = {one.id: one.amount_fen for one in payments if one.state == "succeeded"}
    assert sorted((one.payment_id, one.amount_fen) for one in receipts) == sorted(paid.items()), "one receipt for each"
    went = sum(one.amount_fen for one in refunds if not one.is_beside_bill)
    assert 0 <= came - went == bill.paid_fen
    moved: dict[str, int] = defaultdict(int)  # by payments and refunds alone
    for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.bill_id == bill.id)):
        if entry.payment_id is not None and entry.what != "difference.settled":
            moved[entry.debit] += entry.amount_fen
            moved[entry.credit] -= entry.amount_fen
    assert -moved[RESIDENT] == bill.paid_fen
    assert -moved[REFUNDING] == sum(one.amount_fen for one in refunds if one.state != "succeeded")
    held = sum(amount for name, amount in moved.items() if name == "cash" or name.startswith("channel:"))
    assert held == bill.paid_fen - moved[REFUNDING] - moved[SUSPENSE]
    assert held >= 0, "more went back than came in"
    aside = {one.id for one in payments if one.why == "amount-differs"}
    assert (moved[SUSPENSE] < 0) == bool(aside), "only what nobody can explain is set aside"
