"""Reading reports: one, a resident's, an institution's, and how one result went over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from healthcode.care.reports import rows
from healthcode.care.reports.models import Observation, ObservationCode, Report, ReportVersion
from healthcode.care.reports.states import RELEASED
from healthcode.care.reports.units import convert
from healthcode.core import trail
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.pages import Page, page
from healthcode.core.problems import NotAllowed, NotFound

MOST_POINTS = 500


def show(caller: Caller, *, report_id: str) -> Report:
    """Raises NotFound, ReportsNotYetOpen."""
    return rows.look(caller, report_id)


def versions(caller: Caller, *, report_id: str) -> Sequence[ReportVersion]:
    """All that were sent, the first first; residents read those from the first released one on. Raises NotFound."""
    report = rows.look(caller, report_id)
    of_report = ReportVersion.released_of if caller.kind == "resident" else ReportVersion.of_report
    found = of_report(report.id)
    return session().scalars(found.limit(200)).all()


def reports_of(
    caller: Caller, *, resident_id: str, kind: str | None = None, after: str | None = None, limit: int = 20
) -> Page[Report]:
    """A resident's reports, the newest first. Raises ReportsNotYetOpen."""
    found = rows.seen_by(caller).where(Report.resident_id == resident_id)
    if kind is not None:
        found = found.where(Report.kind == kind)
    trail.note(resident_id=resident_id)
    return page(found, by=Report.id.expression, after=after, limit=limit, newest_first=True)


def reports_at(
    caller: Caller, *, institution_id: str, state: str | None = None, after: str | None = None, limit: int = 20
) -> Page[Report]:
    """An institution's own reports, the newest first; of one state, if it is named. Raises NotAllowed."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    found = Report.of_institution(institution_id)
    if state is not None:
        found = found.where(Report.state == state)
    shown = page(found, by=Report.id.expression, after=after, limit=limit, newest_first=True)
    for report in shown.items:
        trail.note(resident_id=report.resident_id, purpose="report-list")
    return shown


@dataclass(frozen=True)
class Point:
    """One result on the trend's axis; `number` is its value in the axis' unit, None where that is not exactly known."""

    observation: Observation
    institution_id: str
    number: str | None


def trend(caller: Caller, *, resident_id: str, code: str) -> tuple[ObservationCode, list[Point]]:
    """A resident's results of one kind from every institution, the oldest first, at most the newest 500.

    Raises NotFound (no such code), ReportsNotYetOpen.
    """
    axis = session().scalars(select(ObservationCode).where(ObservationCode.code == code)).first()
    if axis is None:
        raise NotFound()
    seen = rows.seen_by(caller).where(Report.state.in_(RELEASED), Report.resident_id == resident_id)
    reports = seen.with_only_columns(Report.id, Report.institution_id).subquery()
    found = (
        Observation.visible_to(caller)
        .join(reports, reports.c.id == Observation.report_id)
        .add_columns(reports.c.institution_id)
        .where(Observation.resident_id == resident_id, Observation.code == code, Observation.value.is_not(None))
        .order_by(Observation.effective_at.desc(), Observation.id.desc())
        .limit(MOST_POINTS)
    )
    trail.note(resident_id=resident_id, purpose="trend")
    points = [Point(one, where, _on_axis(one, axis)) for one, where in session().execute(found)]
    return axis, points[::-1]


def _on_axis(one: Observation, axis: ObservationCode) -> str | None:
    if one.value is None or one.unit is None or axis.unit is None:
        return None
    number = convert(Decimal(one.value), one.unit, axis.unit)
    return None if number is None else format(number, "f")
