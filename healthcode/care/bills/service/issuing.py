"""Issuing: the lines are frozen, the sum is split by the rules in force on the day of the visit, and the ledger begins."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from healthcode.care.bills import ledger, numbers, rows
from healthcode.care.bills.ledger import Move
from healthcode.care.bills.models import Bill, BillLine, InsuranceRules, InsuranceYear
from healthcode.care.bills.problems import NothingToBill
from healthcode.care.bills.rules import LEVELS
from healthcode.care.bills.split import Line, Person, Rules, Split, Standing, in_force, split
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.registry.residents.service import Resident

SUPPLEMENTS = frozenset({"poverty", "civil-servant"})  # of a resident's registers, those that pay


@dataclass(frozen=True)
class Preview:
    """What a draft would come to if it were issued now."""

    bill: Bill
    split: Split


def preview(caller: Caller, *, bill_id: str) -> Preview:
    """The split of a draft as it would be, nothing written. Raises NotFound, WrongState."""
    bill = rows.look(caller, bill_id)
    rows.make_sure_is(bill, "draft")
    person = _person(bill)
    year = session().scalars(InsuranceYear.of(person.id, bill.day.year)).first()
    return Preview(bill, _split(bill, bill.lines, person, year, _rules_for(bill, person)))


def issue(caller: Caller, *, bill_id: str) -> Bill:
    """Freeze the lines, split the sum, begin the ledger. What costs the resident nothing is balanced at once.

    Raises NotFound, WrongState, NothingToBill.
    """
    bill = rows.hold(caller, bill_id)
    rows.make_sure_is(bill, "draft")
    if not bill.lines:
        raise NothingToBill()
    person = _person(bill)
    year = hold_year(person.id, bill.day.year)
    rules = _rules_for(bill, person)
    parts = _split(bill, bill.lines, person, year, rules)
    _write(bill, parts, rules)
    year.deductible_met_fen += parts.deductible_used_fen
    year.pool_paid_fen += parts.pool_used_fen
    year.chronic_paid_fen += parts.chronic_used_fen
    rows.change(bill, "issued", caller)
    rows.settle(bill, caller)
    insured = bill.pool_fen + bill.supplement_fen
    moves = [Move(ledger.RESIDENT, ledger.CARE, bill.own_fen), Move(ledger.INSURER, ledger.CARE, insured)]
    ledger.post(bill, "bill.issued", moves)
    announce("bill.issued", bill_id=bill.id, resident_id=bill.resident_id)
    return bill


def hold_year(resident_id: str, year: int) -> InsuranceYear:
    """The one row that holds what is used up of a year, begun if it is not there, held until the transaction ends."""
    sums = {"deductible_met_fen": 0, "pool_paid_fen": 0, "chronic_paid_fen": 0}
    row = {"id": ids.new(), "resident_id": resident_id, "year": year} | sums
    insert_if_absent(InsuranceYear, row, unique=["resident_id", "year"])
    return session().scalars(locked(InsuranceYear.of(resident_id, year))).one()


def _person(bill: Bill) -> Resident:
    """Deductible and caps are a person's, whichever of their records the bill was written on. Raises NotFound."""
    person = residents.record(bill.resident_id)
    if person is None:
        raise NotFound()
    return person


def _rules_for(bill: Bill, person: Resident) -> InsuranceRules | None:
    known = session().query(InsuranceRules).filter(InsuranceRules.plan == person.coverage).all()
    newest = in_force((Rules.read(row.data) for row in known), person.coverage, bill.day)
    return next((row for row in known if newest is not None and row.from_on == newest.from_on), None)


def _split(
    bill: Bill, lines: Sequence[BillLine], person: Resident, year: InsuranceYear | None, rules: InsuranceRules | None
) -> Split:
    registers = frozenset(json.loads(person.registers_text or "[]"))
    used = (year.deductible_met_fen, year.pool_paid_fen, year.chronic_paid_fen) if year is not None else ()
    return split(
        [Line(line.amount_fen, line.insurance_class) for line in lines],
        rules=Rules.read(rules.data) if rules is not None else None,
        person=Person(rules.plan if rules is not None else None, registers & SUPPLEMENTS),
        level=_level(bill),
        standing=Standing(*used),
        is_chronic=bill.is_chronic,
    )


def _level(bill: Bill) -> str | None:
    """Whatever has no level that the rules know is paid as a station is."""
    level = institutions.named(bill.institution_id).level
    return level if level in LEVELS else None


def _write(bill: Bill, parts: Split, rules: InsuranceRules | None) -> None:
    for line, part in zip(bill.lines, parts.parts, strict=True):
        line.pool_fen, line.supplement_fen = part.pool_fen, part.supplement_fen
    bill.pool_fen, bill.supplement_fen, bill.own_fen = parts.pool_fen, parts.supplement_fen, parts.own_fen
    bill.deductible_used_fen = parts.deductible_used_fen
    bill.pool_used_fen, bill.chronic_used_fen = parts.pool_used_fen, parts.chronic_used_fen
    bill.steps = [{"code": step.code, "fen": step.fen, "zh": step.why.zh, "en": step.why.en} for step in parts.steps]
    bill.rules_id = rules.id if rules is not None else None
    bill.number, bill.issued_at = numbers.new("B"), clock.now()
