"""One report: found by whoever may read it, and held by whoever goes on writing it."""

from sqlalchemy import ColumnElement, Select, or_
from sqlalchemy.orm import selectinload

from healthcode.care.reports.models import Report
from healthcode.core import trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.problems import NotFound
from healthcode.registry.residents import service as residents
from healthcode.trust.grounds import service as grounds
from healthcode.trust.sessions import service as sessions


def seen_by(caller: Caller) -> Select[tuple[Report]]:
    """Reports in sight. Residents read what is released, at once on devices they have had for a day; who acts for another
    does not read what is sensitive; staff read what their institution wrote, and of others what is released and not sensitive.

    Raises ReportsNotYetOpen.
    """
    sessions.make_sure_reports_are_open(caller)
    if caller.kind != "resident":
        return Report.seen_at_work(caller)
    return Report.visible_to(caller).where(Report.released_at.is_not(None), may_read_sensitive(caller))


def may_read_sensitive(caller: Caller) -> ColumnElement[bool]:
    """For residents: what is sensitive is for oneself alone."""
    own = grounds.only_own(str(caller.id)).narrow(Report.about())
    return or_(Report.sensitivity.is_(None), own)


def look(caller: Caller, report_id: str) -> Report:
    """The report as it is now, with its results. Raises NotFound, ReportsNotYetOpen."""
    whole = seen_by(caller).where(Report.id == report_id).options(selectinload(Report.observations))
    found = session().scalars(whole).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.id)
    return found


def hold(caller: Caller, report_id: str) -> Report:
    """A report of the caller's own institution, held after its person. Raises NotFound."""
    own = Report.of_institution(str(caller.institution_id)).where(Report.id == report_id)
    found = session().scalars(own).first()
    if found is None:
        raise NotFound()
    residents.lock_person(found.resident_id)
    return session().scalars(locked(own)).one()
