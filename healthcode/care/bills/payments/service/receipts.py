"""Receipts: that money was paid, provable by whoever has the city's published keys, without asking anybody.

The proof is a compact JWS (RFC 7515) of the type `healthcode-receipt+jwt`, signed when it is asked for, so that it is always
by a key that stands. It says what the paper says and nothing about the person or the care.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from healthcode.care.bills import numbers
from healthcode.care.bills import rows as bills
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments.models import Payment, Receipt
from healthcode.core import clock, ids, signing
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, session
from healthcode.registry.institutions import service as institutions

TYPE = "healthcode-receipt+jwt"
PROVES = timedelta(days=10 * 366)  # so long must a receipt be provable


@dataclass(frozen=True)
class Proved:
    """A receipt with the text that proves it."""

    receipt: Receipt
    bill_number: str
    token: str


def write(bill: Bill, payment: Payment) -> None:
    """The receipt of a payment that has just been counted, in the same transaction."""
    row = {
        "id": ids.new(),
        "payment_id": payment.id,
        "bill_id": bill.id,
        "resident_id": bill.resident_id,
        "number": numbers.new("S"),
        "channel": payment.channel,
        "amount_fen": payment.amount_fen,
        "at": clock.now(),
    }
    insert_many(Receipt, [row])


def receipts_of_bill(caller: Caller, *, bill_id: str) -> Sequence[Proved]:
    """Those of a bill, the first one first. Raises NotFound."""
    bill = bills.look(caller, bill_id)
    where = institutions.named(bill.institution_id)
    found = session().scalars(Receipt.of_bill(bill.id)).all()
    return [Proved(one, str(bill.number), _signed(one, bill, where.name)) for one in found]


def _signed(receipt: Receipt, bill: Bill, institution: str) -> str:
    claims = {
        "number": receipt.number,
        "bill": bill.number,
        "amount_fen": receipt.amount_fen,
        "currency": "CNY",
        "channel": receipt.channel,
        "institution": institution,
        "paid_at": receipt.at.isoformat(),
    }
    return signing.sign("receipt", claims, typ=TYPE, lifetime_seconds=int(PROVES.total_seconds()))
