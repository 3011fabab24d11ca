"""Reading reconciliations and their differences."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from healthcode.care.bills import rows as bills
from healthcode.care.bills.reconciling.models import Difference, Reconciliation
from healthcode.core import trail
from healthcode.core.caller import Caller
from healthcode.core.db import session, transaction
from healthcode.core.pages import Page, page


def reconciliations(*, channel: str | None = None, after: str | None = None, limit: int = 20) -> Page[Reconciliation]:
    """The days that were compared, the newest first; of one channel, if it is named."""
    found = select(Reconciliation)
    if channel is not None:
        found = found.where(Reconciliation.channel == channel)
    return page(found, by=Reconciliation.id.expression, after=after, limit=limit, newest_first=True)


def of_day(channel: str, day: date) -> Reconciliation:
    """The last comparison of a day, in a transaction of its own. Raises sqlalchemy's NoResultFound."""
    with transaction("read") as current:
        found = current.query(Reconciliation).filter_by(channel=channel, day=day).one()
        current.expunge(found)
        return found


def differences_of(
    caller: Caller,
    *,
    state: str = "open",
    channel: str | None = None,
    day: date | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Difference]:
    """Those of the caller's institution, or of a city desk all of them, the oldest first."""
    found = Difference.answered_by(caller).where(Difference.state == state, Difference.what != "other-day")
    if channel is not None:
        found = found.where(Difference.channel == channel)
    if day is not None:
        found = found.where(Difference.day == day)
    shown = page(found, by=Difference.id.expression, after=after, limit=limit)
    for one in shown.items:
        if one.resident_id is not None:
            trail.note(resident_id=one.resident_id, purpose="difference-list")
    return shown


def differences_of_bill(caller: Caller, *, bill_id: str) -> Sequence[Difference]:
    """Money of this bill that a channel's statement did not say alike, settled or not. Raises NotFound."""
    bill = bills.look(caller, bill_id)
    return session().scalars(Difference.of_bill(bill.id)).all()
