"""Settling a difference: with a reason, by somebody who answers for it, and so that the ledger says what the statement says."""

from sqlalchemy import Select

from healthcode.care.bills import ledger
from healthcode.care.bills.ledger import SUSPENSE, Move, channel_account
from healthcode.care.bills.models import Bill
from healthcode.care.bills.payments import service as payments
from healthcode.care.bills.reconciling import problems
from healthcode.care.bills.reconciling.models import Difference
from healthcode.core import clock, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotAllowed, NotFound, WrongState


def ways(one: Difference) -> list[str]:
    """How it can be settled. `count`: as if the channel had told us in time. `book`: between the channel's account and
    suspense, so that the account is what the statement says. `keep`: written down, because no bill is known for it."""
    if one.state != "open":
        return []
    if one.bill_id is None:
        return ["keep"]
    return ["count"] if one.what == "only-theirs" else ["book"]


def settle(caller: Caller, *, difference_id: str, how: str, reason: str) -> Difference:
    """Raises NotFound, WrongState, NotThisWay, NotAllowed (money that belongs to no institution is a city desk's)."""
    mine = Difference.answered_by(caller).where(Difference.id == difference_id)
    found = session().scalars(mine).first()
    if found is None:
        raise NotFound()
    if found.state != "open":
        raise WrongState(state=found.state)
    if how not in ways(found):
        raise problems.NotThisWay(ways=ways(found))
    if found.institution_id is not None and caller.institution_id != found.institution_id:
        raise NotAllowed()
    bill = payments.hold_for(found.resident_id, found.bill_id) if found.resident_id and found.bill_id else None
    held = _held(mine)
    if bill is not None and not _settle(bill, held, how):
        held.state = "resolved"  # it was counted while somebody read the list
        return held
    held.state, held.how, held.reason = "settled", how, reason
    held.settled_at, held.settled_by_id = clock.now(), caller.id
    if held.resident_id is not None:
        trail.note(resident_id=held.resident_id, subject_id=held.bill_id)
    announce("difference.settled", difference_id=held.id, resident_id=held.resident_id)
    return held


def _held(mine: Select[tuple[Difference]]) -> Difference:
    held = session().scalars(locked(mine)).one()
    if held.state != "open":
        raise WrongState(state=held.state)
    return held


def _settle(bill: Bill, one: Difference, how: str) -> bool:
    """Post what follows, while the bill is held; says whether there was anything to do."""
    ours, theirs = one.ours_fen or 0, one.theirs_fen or 0
    if how == "count":
        assert one.payment_id is not None  # what has a bill is of one of its payments
        counted = payments.count_late(
            bill, one.payment_id, one.refund_id, came_in_fen=theirs, provider_id=one.provider_id
        )
        if counted is None:
            return False
        ours = counted
    if ours != theirs:
        move = _move(one, theirs - ours)
        ledger.post(bill, "difference.settled", [move], payment_id=one.payment_id, refund_id=one.refund_id)
    return True


def _move(one: Difference, more: int) -> Move:
    """So much more than we have the channel has of it: into its account, or for what went back out of it."""
    if one.kind == "refund":
        more = -more
    account = channel_account(one.channel)
    return Move(account, SUSPENSE, more) if more > 0 else Move(SUSPENSE, account, -more)
