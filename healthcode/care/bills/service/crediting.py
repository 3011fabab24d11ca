"""Taking off what was billed: items that came back, or the whole bill. What was paid for them goes back the way it came.

Each line's parts are given back in proportion, reckoned from what came back so far: after the last piece exactly the whole
line was given back, whatever the order. Of the deductible and the caps as much is restored as the credited sum is of the
bill's total, by the same reckoning; bills that were issued since are not touched.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from healthcode.care.bills import ledger, numbers, rows
from healthcode.care.bills.ledger import Move
from healthcode.care.bills.models import Bill, BillLine, CreditNote
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.problems import NotThatMany
from healthcode.care.bills.service import issuing
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many
from healthcode.core.outbox import announce
from healthcode.core.problems import Invalid, NotFound
from healthcode.core.words import Words
from healthcode.registry.residents import service as residents

REASONS = ("returned", "not-performed", "entered-in-error", "duplicate", "other")


@dataclass(frozen=True)
class Returned:
    """So many of one line that came back or were not done."""

    position: int
    quantity: int


@dataclass(frozen=True)
class _Taken:
    """What is taken off one line."""

    line: BillLine
    quantity: int
    pool_fen: int
    supplement_fen: int
    own_fen: int


def credit(caller: Caller, *, bill_id: str, lines: Sequence[Returned], reason: str) -> Bill:
    """A credit note for some items. Raises NotFound, WrongState, Invalid, NotThatMany."""
    bill = rows.hold(caller, bill_id)
    rows.make_sure_is(bill, "issued", "balanced")
    _take_off(bill, [_taken(line, n) for line, n in _meant(bill, lines)], caller, reason=reason)
    rows.settle(bill, caller)
    return bill


def cancel(caller: Caller, *, bill_id: str, reason: str) -> Bill:
    """The whole bill is void: a draft simply, an issued one by crediting what is left of it, with a number of its own.

    Twice is the same as once. Raises NotFound.
    """
    bill = rows.hold(caller, bill_id)
    if bill.state == "cancelled":
        return bill
    bill.cancellation_number = numbers.new("C")
    if bill.state != "draft":
        rest = [_taken(line, line.quantity - line.returned) for line in bill.lines if line.returned < line.quantity]
        _take_off(bill, rest, caller, reason=reason, number=bill.cancellation_number)
    rows.change(bill, "cancelled", caller, reason=reason)
    announce("bill.cancelled", bill_id=bill.id, resident_id=bill.resident_id)
    return bill


def _meant(bill: Bill, wanted: Sequence[Returned]) -> list[tuple[BillLine, int]]:
    """The lines that are named, each once. Raises Invalid, NotThatMany."""
    by_position = {line.position: line for line in bill.lines}
    meant: dict[int, int] = {}
    for place, one in enumerate(wanted):
        if one.position not in by_position:
            raise Invalid.at(f"lines/{place}/position", Words(zh="账单上没有此行", en="no line of this bill"))
        meant[one.position] = meant.get(one.position, 0) + one.quantity
    for position, quantity in meant.items():
        left = by_position[position].quantity - by_position[position].returned
        if quantity > left:
            raise NotThatMany(position=position, left=left)
    return [(by_position[position], quantity) for position, quantity in meant.items()]


def _taken(line: BillLine, quantity: int) -> _Taken:
    before, after = line.returned, line.returned + quantity
    pool = _share(line.pool_fen, before, after, line.quantity)
    supplement = _share(line.supplement_fen, before, after, line.quantity)
    return _Taken(line, quantity, pool, supplement, quantity * line.unit_price_fen - pool - supplement)


def _share(fen: int, before: int, after: int, whole: int) -> int:
    """What of `fen` belongs to the part from `before` to `after` of a whole: the parts of a whole sum to all of it."""
    return fen * after // whole - fen * before // whole if whole else 0


def _take_off(bill: Bill, taken: Sequence[_Taken], caller: Caller, *, reason: str, number: str | None = None) -> None:
    """Write the credit note with everything that follows from it. The bill's person and the bill are held."""
    payments.let_go(bill)  # it was for what is no longer due; if it is paid nevertheless, it goes back
    pool, supplement, own = (
        sum(getattr(one, part) for one in taken) for part in ("pool_fen", "supplement_fen", "own_fen")
    )
    _restore_year(bill, pool + supplement + own)
    for one in taken:
        one.line.returned += one.quantity
    owed = bill.own_fen - bill.credited_own_fen - own
    refund = max(bill.paid_fen - owed, 0)
    moves = [Move(ledger.CARE, ledger.RESIDENT, own), Move(ledger.CARE, ledger.INSURER, pool + supplement)]
    ledger.post(bill, "bill.credited", moves)
    if refund:
        payments.give_back(bill, refund, caller, reason=reason)
    bill.credited_fen += pool + supplement + own
    bill.credited_own_fen += own
    note = {
        "id": ids.new(),
        "bill_id": bill.id,
        "resident_id": bill.resident_id,
        "number": number or numbers.new("C"),
        "total_fen": pool + supplement + own,
        "pool_fen": pool,
        "supplement_fen": supplement,
        "own_fen": own,
        "refunded_fen": refund,
        "lines": [{"position": one.line.position, "quantity": one.quantity} for one in taken],
        "reason": reason,
        "at": clock.now(),
        "by_id": caller.id,
    }
    insert_many(CreditNote, [note])


def _restore_year(bill: Bill, credited_fen: int) -> None:
    person = residents.record(bill.resident_id)
    if person is None:
        raise NotFound()
    year = issuing.hold_year(person.id, bill.day.year)
    before, after = bill.credited_fen, bill.credited_fen + credited_fen
    for of_year, of_bill in (
        ("deductible_met_fen", bill.deductible_used_fen),
        ("pool_paid_fen", bill.pool_used_fen),
        ("chronic_paid_fen", bill.chronic_used_fen),
    ):
        restored = _share(of_bill, before, after, bill.total_fen)
        setattr(year, of_year, max(getattr(year, of_year) - restored, 0))
