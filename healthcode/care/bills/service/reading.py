"""Reading bills: one, a resident's history, what an institution still waits for, and the sums of a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func

from healthcode.care.bills import ledger, rows
from healthcode.care.bills.models import Bill, BillChange, CreditNote
from healthcode.core import trail
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.pages import Page, page
from healthcode.core.problems import NotAllowed


@dataclass(frozen=True)
class Whole:
    """One bill with what came off it."""

    bill: Bill
    credit_notes: Sequence[CreditNote]


def show(caller: Caller, *, bill_id: str) -> Whole:
    """Raises NotFound."""
    return whole(rows.look(caller, bill_id))


def whole(bill: Bill) -> Whole:
    return Whole(bill, session().scalars(CreditNote.of_bill(bill.id).limit(200)).all())


def changes(caller: Caller, *, bill_id: str) -> Sequence[BillChange]:
    """All that was done to it, the first first. Raises NotFound."""
    bill = rows.look(caller, bill_id)
    mine = BillChange.of_bill(bill.id)
    return session().scalars(mine.limit(500)).all()


def bills_of(
    caller: Caller,
    *,
    resident_id: str,
    year: int | None = None,
    state: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Bill]:
    """A resident's bills, newest first. Drafts are the institution's own business until they are issued."""
    found = Bill.visible_to(caller).where(
        Bill.resident_id == resident_id, Bill.state != "draft", Bill.number.is_not(None)
    )
    if year is not None:
        found = found.where(Bill.day >= date(year, 1, 1), Bill.day <= date(year, 12, 31))
    if state is not None:
        found = found.where(Bill.state == state)
    trail.note(resident_id=resident_id)
    return page(found, by=Bill.id.expression, after=after, limit=limit, newest_first=True)


def bills_at(
    caller: Caller, *, institution_id: str, state: str = "issued", after: str | None = None, limit: int = 20
) -> Page[Bill]:
    """An institution's own bills in one state, the oldest first. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    found = page(
        Bill.of_institution(institution_id).where(Bill.state == state), by=Bill.id.expression, after=after, limit=limit
    )
    for bill in found.items:
        trail.note(resident_id=bill.resident_id, purpose="bill-list")
    return found


@dataclass(frozen=True)
class MonthSums:
    """What one month's bills came to, less what was credited and given back; in fen."""

    month: int
    total_fen: int
    insured_fen: int
    own_fen: int
    paid_fen: int


def sums_of(caller: Caller, *, resident_id: str, year: int) -> list[MonthSums]:
    """A resident's year by month; months without a bill are left out."""
    month = func.extract("month", Bill.day)
    total = Bill.total_fen - Bill.credited_fen
    own = Bill.own_fen - Bill.credited_own_fen
    mine = Bill.visible_to(caller).where(
        Bill.resident_id == resident_id,
        Bill.state.in_(("issued", "balanced")),
        Bill.day >= date(year, 1, 1),
        Bill.day <= date(year, 12, 31),
    )
    summed = mine.with_only_columns(month, *(func.sum(one) for one in (total, total - own, own, Bill.paid_fen)))
    trail.note(resident_id=resident_id)
    found = session().execute(summed.group_by(month).order_by(month))
    return [MonthSums(int(row[0]), *(int(fen) for fen in row[1:])) for row in found]


def balances(caller: Caller, *, institution_id: str, day: date) -> dict[str, int]:
    """What each account of one's own institution gained or lost on a day, in fen. Raises NotAllowed."""
    if caller.institution_id is not None and caller.institution_id != institution_id:
        raise NotAllowed()
    return ledger.balances(institution_id, day)
