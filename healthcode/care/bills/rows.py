"""One bill: found by whoever may see it, held after its person, changed with its history."""

from sqlalchemy import Select

from healthcode.care.bills.models import Bill, BillChange
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, locked, session
from healthcode.core.problems import NotFound, WrongState
from healthcode.registry.residents import service as residents


def seen_by(caller: Caller) -> Select[tuple[Bill]]:
    """Bills in sight: of staff, those that their institution wrote; of residents, theirs and those they pay for others."""
    if caller.kind == "staff" and caller.institution_id is not None:
        return Bill.of_institution(caller.institution_id)
    return Bill.visible_to(caller)


def look(caller: Caller, bill_id: str) -> Bill:
    """The bill as it is now. Raises NotFound."""
    found = session().scalars(seen_by(caller).where(Bill.id == bill_id)).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.id)
    return found


def hold(caller: Caller, bill_id: str) -> Bill:
    """The bill, held after its person, always in this order. Raises NotFound."""
    wanted = seen_by(caller).where(Bill.id == bill_id)
    whose = session().scalars(wanted.with_only_columns(Bill.resident_id)).first()
    if whose is None:
        raise NotFound()
    residents.lock_person(whose)
    held = session().scalars(locked(wanted)).first()
    if held is None:
        raise NotFound()
    trail.note(resident_id=held.resident_id, subject_id=held.id)
    return held


def make_sure_is(bill: Bill, *states: str) -> None:
    """Raises WrongState."""
    if bill.state not in states:
        raise WrongState(state=bill.state)


def change(bill: Bill, state: str, caller: Caller, *, reason: str | None = None) -> None:
    """Write a state, and beside it who brought it about, when and why."""
    bill.state, bill.changed_at = state, clock.now()
    session().flush()  # the change names the row
    row = {
        "id": ids.new(),
        "bill_id": bill.id,
        "resident_id": bill.resident_id,
        "state": state,
        "at": clock.now(),
        "by_kind": caller.kind,
        "by_id": caller.id,
        "institution_id": caller.institution_id,
        "reason": reason,
    }
    insert_many(BillChange, [row])


def settle(bill: Bill, caller: Caller) -> None:
    """Issued or balanced, as what is paid says: called whenever that, or what is owed, has changed."""
    state = "balanced" if bill.paid_fen == bill.own_fen - bill.credited_own_fen else "issued"
    if state != bill.state:
        change(bill, state, caller)
