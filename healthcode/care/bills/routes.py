"""The doors of bills."""

from typing import Any

from healthcode.care.bills import problems, schemas, service
from healthcode.care.bills.models import CatalogueItem
from healthcode.core.access import Anyone, OnBehalf, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import WrongState

room = Room(
    "bills", __name__, prefix="/api/v1", about="What a visit costs, what the insurance takes, and what is paid."
)

PAYERS = OnBehalf("bills:pay")
WRITERS = Staff("clerk", "cashier", "doctor", "nurse", "pharmacist", "station_worker")
CASHIERS = Staff("cashier", "clerk", "station_worker")
READERS = Staff("clerk", "cashier", "doctor", "nurse", "pharmacist", "station_worker", "institution_admin")


def _whole(shown: service.Whole) -> dict[str, Any]:
    bill = shown.bill
    plain = {name: getattr(bill, name) for name in schemas.BillOut().fields if name != "currency"}
    steps = [schemas.step(one) for one in bill.steps]
    return plain | {"lines": bill.lines, "steps": steps, "credit_notes": shown.credit_notes}


@room.get("/catalogue-items", allow=Anyone(), query=schemas.ItemsAsked, reply=schemas.CatalogueOut)
def find_items(caller: Caller, asked: dict[str, Any]) -> Page[CatalogueItem]:
    """What things cost today."""
    return service.find_items(**asked)


@room.post(
    "/residents/<id:resident_id>/bills",
    allow=WRITERS,
    body=schemas.BillIn,
    reply=schemas.WholeBillOut,
    problems=(problems.BillTooLarge,),
    once=True,
)
def open_bill(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Open a draft for a resident who is here."""
    items = [schemas.item(one) for one in wanted["items"]]
    bill = service.open_bill(caller, resident_id=resident_id, items=items, is_chronic=wanted["is_chronic"])
    return _whole(service.whole(bill))


@room.get("/residents/<id:resident_id>/bills", allow=PAYERS, query=schemas.BillsAsked, reply=schemas.BillsOut)
def list_own(caller: Caller, resident_id: str, asked: dict[str, Any]) -> Any:
    """A resident's bills, newest first."""
    return service.bills_of(caller, resident_id=resident_id, **asked)


@room.get("/residents/<id:resident_id>/bill-sums", allow=PAYERS, query=schemas.YearAsked, reply=schemas.MonthsOut)
def sum_up(caller: Caller, resident_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What a year's bills came to, by month."""
    return {"items": service.sums_of(caller, resident_id=resident_id, **asked)}


@room.get(
    "/institutions/<id:institution_id>/bills", allow=READERS, query=schemas.BillsHereAsked, reply=schemas.BillsOut
)
def list_here(caller: Caller, institution_id: str, asked: dict[str, Any]) -> Any:
    """An institution's own bills in one state, the oldest first."""
    return service.bills_at(caller, institution_id=institution_id, **asked)


@room.get(
    "/institutions/<id:institution_id>/balances",
    allow=Staff("cashier", "institution_admin", "city_admin", "auditor"),
    query=schemas.DayAsked,
    reply=schemas.BalancesOut,
)
def balance(caller: Caller, institution_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What each account gained or lost on a day."""
    return {"accounts": service.balances(caller, institution_id=institution_id, **asked)}


@room.get("/bills/<id:bill_id>", allow=PAYERS | READERS, reply=schemas.WholeBillOut)
def show(caller: Caller, bill_id: str) -> dict[str, Any]:
    """One bill, every item of it, and why the resident pays what they pay."""
    return _whole(service.show(caller, bill_id=bill_id))


@room.get("/bills/<id:bill_id>/changes", allow=PAYERS | READERS, reply=schemas.BillStepsOut)
def list_changes(caller: Caller, bill_id: str) -> dict[str, Any]:
    """All that was done to it."""
    return {"items": service.changes(caller, bill_id=bill_id)}


@room.get("/bills/<id:bill_id>/preview", allow=READERS, reply=schemas.PreviewOut, problems=(WrongState,))
def preview(caller: Caller, bill_id: str) -> Any:
    """What a draft would come to if it were issued now."""
    return service.preview(caller, bill_id=bill_id).split


@room.post(
    "/bills/<id:bill_id>/items",
    allow=WRITERS,
    body=schemas.ItemsIn,
    reply=schemas.WholeBillOut,
    problems=(WrongState, problems.TooManyItems, problems.BillTooLarge),
    once=True,
)
def add_items(caller: Caller, bill_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Put more on a draft."""
    items = [schemas.item(one) for one in wanted["items"]]
    return _whole(service.whole(service.add_items(caller, bill_id=bill_id, items=items)))


@room.delete("/bills/<id:bill_id>/items/<id:line_id>", allow=WRITERS, problems=(WrongState,))
def take_off(caller: Caller, bill_id: str, line_id: str) -> None:
    """Take a line off a draft."""
    service.take_off(caller, bill_id=bill_id, line_id=line_id)


@room.post(
    "/bills/<id:bill_id>/issues",
    allow=WRITERS,
    reply=schemas.WholeBillOut,
    problems=(WrongState, problems.NothingToBill),
    once=True,
)
def issue(caller: Caller, bill_id: str) -> dict[str, Any]:
    """Freeze the lines and split the sum."""
    return _whole(service.whole(service.issue(caller, bill_id=bill_id)))


@room.post(
    "/bills/<id:bill_id>/credit-notes",
    allow=CASHIERS,
    body=schemas.CreditIn,
    reply=schemas.WholeBillOut,
    problems=(WrongState, problems.NotThatMany),
    once=True,
)
def credit(caller: Caller, bill_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Take off what came back; what was paid for it goes back the way it came."""
    lines = [schemas.returned(one) for one in wanted["lines"]]
    return _whole(service.whole(service.credit(caller, bill_id=bill_id, lines=lines, reason=wanted["reason"])))


@room.post(
    "/bills/<id:bill_id>/cancellations",
    allow=CASHIERS,
    body=schemas.CancellationIn,
    reply=schemas.WholeBillOut,
    once=True,
)
def cancel(caller: Caller, bill_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a bill void; what was paid goes back the way it came."""
    return _whole(service.whole(service.cancel(caller, bill_id=bill_id, **wanted)))
