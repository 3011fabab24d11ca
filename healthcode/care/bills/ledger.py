"""The ledger: one amount from one account to another, never changed, so that every fen is found again in ten years.

Accounts: `resident` and `insurer` owe (what a bill asks of them), `care` earns, `cash` and `channel:<name>` hold what was
paid, `refunding` is on its way back, `suspense` holds what came in and counts for no bill. Every entry stands at an
institution, a day, and a bill.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from healthcode.care.bills.models import Bill, LedgerEntry
from healthcode.core import clock, ids
from healthcode.core.db import insert_many, session

RESIDENT, INSURER, CARE, CASH = "resident", "insurer", "care", "cash"
REFUNDING, SUSPENSE = "refunding", "suspense"


def channel_account(channel: str) -> str:
    """Where money of this channel is: the desk's cash, or what the channel owes us."""
    return CASH if channel == "cash" else f"channel:{channel}"


class Move(NamedTuple):
    """So much from the account `credit` to the account `debit`."""

    debit: str
    credit: str
    amount_fen: int


def post(
    bill: Bill, what: str, moves: Sequence[Move], *, payment_id: str | None = None, refund_id: str | None = None
) -> None:
    """Write what moved, in the transaction of the deed that moved it. Moves of nothing are left out."""
    moment = clock.now()
    insert_many(
        LedgerEntry,
        [
            {
                "id": ids.new(),
                "at": moment,
                "day": clock.day_of(moment),
                "what": what,
                "institution_id": bill.institution_id,
                "resident_id": bill.resident_id,
                "bill_id": bill.id,
                "payment_id": payment_id,
                "refund_id": refund_id,
                **move._asdict(),
            }
            for move in moves
            if move.amount_fen
        ],
    )


def balances(institution_id: str, day: date) -> dict[str, int]:
    """What each account of an institution gained or lost on a day, in fen; the sum is always 0."""
    found: dict[str, int] = {}
    for debit, credit, amount in session().execute(LedgerEntry.sums(institution_id, day)):
        found[debit] = found.get(debit, 0) + int(amount)
        found[credit] = found.get(credit, 0) - int(amount)
    return found
