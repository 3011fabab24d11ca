"""Critical values: raised in the transaction of the report that brings them, acknowledged by somebody who says what they did."""

from collections.abc import Sequence

from healthcode.care.reports.models import CriticalValue, Report
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, locked, session
from healthcode.core.outbox import announce
from healthcode.core.pages import Page, page
from healthcode.core.problems import NotAllowed, NotFound, WrongState


def alarm(report: Report, positions: Sequence[int]) -> None:
    """Tell of these results, each once however often it is sent; another value of the same thing is told again."""
    for one in report.observations:
        if one.position not in positions:
            continue
        what = f"{one.code or one.local or one.loinc or one.name}:{one.comparator or ''}{one.value}"
        row = {
            "id": ids.new(),
            "report_id": report.id,
            "resident_id": report.resident_id,
            "institution_id": report.institution_id,
            "what": what,
            "name": one.name,
            "name_en": one.name_en,
            "value": one.value,
            "comparator": one.comparator,
            "unit": one.unit,
            "interpretation": one.interpretation,
            "state": "open",
            "raised_at": clock.now(),
        }
        if insert_if_absent(CriticalValue, row, unique=("report_id", "what")):
            facts = {name: row[name] for name in ("report_id", "resident_id", "institution_id")}
            announce("critical-value.raised", critical_value_id=row["id"], **facts)


def critical_at(
    caller: Caller, *, institution_id: str, state: str = "open", after: str | None = None, limit: int = 20
) -> Page[CriticalValue]:
    """An institution's critical values in one state, the oldest first. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    mine = CriticalValue.of_institution(institution_id).where(CriticalValue.state == state)
    found = page(mine, by=CriticalValue.id.expression, after=after, limit=limit)
    for one in found.items:
        trail.note(resident_id=one.resident_id, purpose="critical-values")
    return found


def acknowledge(caller: Caller, *, critical_value_id: str, comment: str) -> CriticalValue:
    """Somebody has taken it on, and says what was done; the first word stays. Raises NotFound, WrongState."""
    mine = CriticalValue.of_institution(str(caller.institution_id)).where(CriticalValue.id == critical_value_id)
    found = session().scalars(locked(mine)).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.report_id)
    if found.state != "open":
        raise WrongState(state=found.state)
    found.state, found.comment = "acknowledged", comment
    found.acknowledged_at, found.acknowledged_by_id = clock.now(), caller.id
    announce("critical-value.acknowledged", critical_value_id=found.id, resident_id=found.resident_id)
    return found
