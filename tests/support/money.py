"""What must hold of money after every story: nothing is made, nothing is lost."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from healthcode.care.bills.ledger import REFUNDING, RESIDENT, SUSPENSE
from healthcode.care.bills.models import Bill, LedgerEntry
from healthcode.care.bills.payments.models import Payment, Refund

ALIVE = ("requires-payment", "processing")


def accounts(session: Session, bill_id: str | None = None) -> dict[str, int]:
    """What stands on each account, in fen, of one bill or of all; accounts with nothing on them are left out."""
    found: dict[str, int] = defaultdict(int)
    for entry in session.scalars(select(LedgerEntry)):
        if bill_id in (None, entry.bill_id):
            found[entry.debit] += entry.amount_fen
            found[entry.credit] -= entry.amount_fen
    return {name: amount for name, amount in found.items() if amount}


def check_money(session: Session) -> None:
    """I4 and I5: the ledger sums to nothing, and says of every bill what its payments and refunds say."""
    assert sum(accounts(session).values()) == 0
    refunds = session.scalars(select(Refund)).all()
    payments = session.scalars(select(Payment)).all()
    for payment in payments:
        back = sum(one.amount_fen for one in refunds if one.payment_id == payment.id)
        assert back == payment.refunded_fen <= payment.amount_fen
        assert (payment.claims_bill_id is not None) == (payment.state in ALIVE)
    for bill in session.scalars(select(Bill)):
        _check_bill(
            session,
            bill,
            [one for one in payments if one.bill_id == bill.id],
            [one for one in refunds if one.bill_id == bill.id],
        )


def _check_bill(session: Session, bill: Bill, payments: list[Payment], refunds: list[Refund]) -> None:
    came = sum(one.amount_fen for one in payments if one.state == "succeeded")
    went = sum(one.amount_fen for one in refunds if not one.is_beside_bill)
    assert 0 <= came - went == bill.paid_fen
    moved: dict[str, int] = defaultdict(int)  # by payments and refunds alone
    for entry in session.scalars(select(LedgerEntry).where(LedgerEntry.bill_id == bill.id)):
        if entry.payment_id is not None:
            moved[entry.debit] += entry.amount_fen
            moved[entry.credit] -= entry.amount_fen
    assert -moved[RESIDENT] == bill.paid_fen
    assert -moved[REFUNDING] == sum(one.amount_fen for one in refunds if one.state != "succeeded")
    held = sum(amount for name, amount in moved.items() if name == "cash" or name.startswith("channel:"))
    assert held == bill.paid_fen - moved[REFUNDING] - moved[SUSPENSE]
    assert held >= 0, "more went back than came in"
    aside = {one.id for one in payments if one.why == "amount-differs"}
    assert (moved[SUSPENSE] < 0) == bool(aside), "only what nobody can explain is set aside"
