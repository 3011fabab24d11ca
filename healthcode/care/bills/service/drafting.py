"""Drafts: opened by a visit or by hand, filled with what was done, at the catalogue's price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from healthcode.care.bills import rows
from healthcode.care.bills.models import MOST_FEN, Bill, BillLine, CatalogueItem
from healthcode.care.bills.problems import BillTooLarge, TooManyItems
from healthcode.care.bills.rules import UNRATED
from healthcode.care.bills.service import prices
from healthcode.care.bills.visits import Charged, VisitRules
from healthcode.care.bills.visits import items as visit_items
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import insert_many, session
from healthcode.core.problems import Invalid, NotFound
from healthcode.core.words import Words
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents

MOST_LINES = 200
ITSELF = by_itself("bills")

_visit_rules = VisitRules()


@dataclass(frozen=True)
class Item:
    """So many of an item of the catalogue."""

    code: str
    quantity: int = 1


def open_bill(caller: Caller, *, resident_id: str, items: Sequence[Item] = (), is_chronic: bool = False) -> Bill:
    """A draft for a resident who is here. Raises NotFound, Invalid, BillTooLarge."""
    residents.lock_person(resident_id)
    resident = residents.hold(caller, resident_id)
    if resident.died_on is not None or resident.merged_into_id is not None:
        raise NotFound()
    bill = _new(resident_id, str(caller.institution_id), is_chronic=is_chronic)
    session().add(bill)
    rows.change(bill, "draft", caller)
    trail.note(resident_id=resident_id, subject_id=bill.id)
    return _write(bill, items)


def configure(rules: VisitRules) -> None:
    """Say what this city decided about visits again and the fee for the queue."""
    global _visit_rules
    _visit_rules = rules


def open_for_visit(
    *, appointment_id: str, resident_id: str, institution_id: str, kind: str, department_id: str | None
) -> None:
    """Somebody checked in: a draft with what seeing them costs, as far as the catalogue has prices. Once for each visit.

    For listeners.
    """
    records = residents.lock_person(resident_id)
    bill = _new(resident_id, institution_id)
    if (
        session().scalars(Bill.of_appointment(appointment_id)).first() is not None
    ):  # the person is held: nobody else is here
        return
    bill.appointment_id, bill.department_id = appointment_id, department_id
    wanted = _visit(bill, kind, _charged_lately(bill, records))
    session().add(bill)
    rows.change(bill, "draft", ITSELF)
    known = prices.priced(wanted, bill.day)
    _write(bill, [Item(code) for code in wanted if code in known])


def _charged_lately(bill: Bill, records: Sequence[str]) -> list[Charged]:
    since = bill.day - timedelta(days=_visit_rules.again_days)
    found = session().execute(BillLine.visits_since(records, bill.institution_id, since))
    return [Charged(code, day, department_id) for code, day, department_id in found]


def _visit(bill: Bill, kind: str, earlier: Sequence[Charged]) -> list[str]:
    person = residents.record(bill.resident_id)
    return visit_items(
        kind,
        level=institutions.named(bill.institution_id).level or UNRATED,
        day=bill.day,
        department_id=bill.department_id,
        age=person.age if person is not None else None,
        earlier=earlier,
        rules=_visit_rules,
    )


def _new(resident_id: str, institution_id: str, *, is_chronic: bool = False) -> Bill:
    moment = clock.now()
    return Bill(
        id=ids.new(),
        resident_id=resident_id,
        institution_id=institution_id,
        day=clock.day_of(moment),
        is_chronic=is_chronic,
        total_fen=0,
        own_fen=0,
        created_at=moment,
        changed_at=moment,
    )


def add_items(caller: Caller, *, bill_id: str, items: Sequence[Item]) -> Bill:
    """More on a draft. Raises NotFound, WrongState, Invalid, TooManyItems, BillTooLarge."""
    bill = rows.hold(caller, bill_id)
    rows.make_sure_is(bill, "draft")
    return _write(bill, items)


def take_off(caller: Caller, *, bill_id: str, line_id: str) -> Bill:
    """One line less on a draft. Raises NotFound, WrongState."""
    bill = rows.hold(caller, bill_id)
    rows.make_sure_is(bill, "draft")
    line = session().scalars(BillLine.of_bill(bill.id).where(BillLine.id == line_id)).first()
    if line is None:
        raise NotFound()
    session().delete(line)
    _sum_up(bill, bill.total_fen - line.amount_fen)
    return bill


def _write(bill: Bill, items: Sequence[Item]) -> Bill:
    known = prices.priced([item.code for item in items], bill.day)
    unknown = Words(zh="价目表中没有此项目", en="not in the catalogue")
    for place, item in enumerate(items):
        if item.code not in known:
            raise Invalid.at(f"items/{place}/code", unknown)
    there = session().scalars(BillLine.of_bill(bill.id)).all()
    if len(there) + len(items) > MOST_LINES:
        raise TooManyItems()
    last = max((line.position for line in there), default=0)
    lines = [_line(bill, last + place, known[item.code], item) for place, item in enumerate(items, 1)]
    total = bill.total_fen + sum(item.quantity * known[item.code].price_fen for item in items)
    if total > MOST_FEN:
        raise BillTooLarge()
    insert_many(BillLine, lines)
    _sum_up(bill, total)
    return bill


def _line(bill: Bill, position: int, item: CatalogueItem, wanted: Item) -> dict[str, str | int | None]:
    return {
        "id": ids.new(),
        "bill_id": bill.id,
        "resident_id": bill.resident_id,
        "position": position,
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "unit": item.unit,
        "quantity": wanted.quantity,
        "unit_price_fen": item.price_fen,
        "amount_fen": wanted.quantity * item.price_fen,
        "insurance_class": item.insurance_class,
        "pool_fen": 0,
        "supplement_fen": 0,
        "returned": 0,
    }


def _sum_up(bill: Bill, total_fen: int) -> None:
    """Until it is split, all of a draft is the resident's own."""
    bill.total_fen = bill.own_fen = total_fen
    bill.changed_at = clock.now()
    session().flush()
    session().refresh(bill, ["lines"])
