"""The doors of reconciliation."""

from typing import Any

from healthcode.care.bills.payments.routes import READERS
from healthcode.care.bills.reconciling import problems, schemas, service
from healthcode.care.bills.reconciling.models import Difference, Reconciliation
from healthcode.core.access import Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import WrongState

room = Room(
    "reconciling", __name__, prefix="/api/v1", about="What payment channels say of a day, beside what our books say."
)

ANSWERERS = Staff("cashier", "institution_admin", "city_admin")


def _shown(one: Difference) -> dict[str, Any]:
    names = [name for name in schemas.DifferenceOut().fields if name != "ways"]
    return {name: getattr(one, name) for name in names} | {"ways": service.ways(one)}


@room.get(
    "/reconciliations",
    allow=Staff("cashier", "institution_admin", "city_admin", "auditor"),
    query=schemas.ReconciliationsAsked,
    reply=schemas.ReconciliationsOut,
)
def list_reconciliations(caller: Caller, asked: dict[str, Any]) -> Page[Reconciliation]:
    """The days that were compared, newest first."""
    return service.reconciliations(**asked)


@room.get("/differences", allow=ANSWERERS, query=schemas.DifferencesAsked, reply=schemas.DifferencesOut)
def list_differences(caller: Caller, asked: dict[str, Any]) -> Page[dict[str, Any]]:
    """Money that the channel and our books do not know alike, the oldest first."""
    found = service.differences_of(caller, **asked)
    return Page([_shown(one) for one in found.items], found.next)


@room.get("/bills/<id:bill_id>/differences", allow=READERS, reply=schemas.BillDifferencesOut)
def list_differences_of_bill(caller: Caller, bill_id: str) -> dict[str, Any]:
    """Money of this bill that the channel's statement did not say as we do, and what became of it."""
    return {"items": service.differences_of_bill(caller, bill_id=bill_id)}


@room.post(
    "/differences/<id:difference_id>/settlements",
    allow=ANSWERERS,
    body=schemas.SettlementIn,
    reply=schemas.DifferenceOut,
    problems=(WrongState, problems.NotThisWay),
    once=True,
)
def settle(caller: Caller, difference_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Settle a difference, with a reason."""
    return _shown(service.settle(caller, difference_id=difference_id, **wanted))
