"""The doors of reports."""

from typing import Any

from healthcode.care.reports import problems, schemas, service
from healthcode.care.reports.models import CriticalValue, LocalCode, ObservationCode, Report
from healthcode.core.access import Anyone, OnBehalf, Staff, System
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import WrongState

room = Room(
    "reports", __name__, prefix="/api/v1", about="What laboratories and departments found, and who must act on it."
)

OWNERS = OnBehalf("reports:read")
WRITERS = System("lis", "pacs", "his") | Staff("doctor")
READERS = Staff("doctor", "nurse", "station_worker")


def _whole(report: Report) -> dict[str, Any]:
    """A report with its results; of one that was withdrawn only that it was."""
    names = [name for name in schemas.WholeReportOut().fields if name != "results"]
    plain = {name: getattr(report, name) for name in names}
    if report.is_withdrawn:
        return plain | {"conclusion": None, "results": []}
    return plain | {"results": report.observations}


@room.get("/observation-codes", allow=Anyone(), query=schemas.CodesAsked, reply=schemas.CodesOut)
def find_codes(caller: Caller, asked: dict[str, Any]) -> Page[ObservationCode]:
    """What can be measured, and its codes."""
    return service.find_codes(**asked)


@room.post(
    "/institutions/<id:institution_id>/local-codes",
    allow=Staff("institution_admin"),
    body=schemas.LocalCodeIn,
    reply=schemas.LocalCodeOut,
    once=True,
)
def map_local_code(caller: Caller, institution_id: str, wanted: dict[str, Any]) -> LocalCode:
    """Say what the institution's own code means."""
    return service.map_local_code(caller, institution_id=institution_id, **wanted)


@room.post(
    "/institutions/<id:institution_id>/reports",
    allow=WRITERS,
    body=schemas.ReportIn,
    reply=schemas.WholeReportOut,
    problems=(problems.NeverHere, problems.ReportThere, problems.WrongStep),
    once=True,
)
def record(caller: Caller, institution_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Send the first version of a report."""
    named = {name: wanted[name] for name in ("resident_id", "number", "kind")}
    return _whole(service.record(caller, institution_id=institution_id, draft=schemas.draft(wanted), **named))


@room.post(
    "/reports/<id:report_id>/versions",
    allow=WRITERS,
    body=schemas.VersionIn,
    reply=schemas.WholeReportOut,
    problems=(problems.WrongStep,),
    once=True,
)
def add_version(caller: Caller, report_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Send the next version of a report."""
    reason = wanted.get("reason")
    return _whole(service.add_version(caller, report_id=report_id, draft=schemas.draft(wanted), reason=reason))


@room.get(
    "/residents/<id:resident_id>/reports", allow=OWNERS | READERS, query=schemas.ReportsAsked, reply=schemas.ReportsOut
)
def list_reports(caller: Caller, resident_id: str, asked: dict[str, Any]) -> Page[Report]:
    """A resident's reports from every institution, newest first."""
    return service.reports_of(caller, resident_id=resident_id, **asked)


@room.get(
    "/residents/<id:resident_id>/trends", allow=OWNERS | READERS, query=schemas.TrendAsked, reply=schemas.TrendOut
)
def show_trend(caller: Caller, resident_id: str, asked: dict[str, Any]) -> dict[str, Any]:
    """How one result went over time, wherever it was measured."""
    code, points = service.trend(caller, resident_id=resident_id, **asked)
    return {"code": code, "items": points}


@room.get(
    "/institutions/<id:institution_id>/reports",
    allow=READERS | System("lis", "pacs", "his"),
    query=schemas.ReportsHereAsked,
    reply=schemas.ReportsOut,
)
def list_here(caller: Caller, institution_id: str, asked: dict[str, Any]) -> Page[Report]:
    """An institution's own reports, newest first."""
    return service.reports_at(caller, institution_id=institution_id, **asked)


@room.get("/reports/<id:report_id>", allow=OWNERS | READERS | WRITERS, reply=schemas.WholeReportOut)
def show(caller: Caller, report_id: str) -> dict[str, Any]:
    """One report with its results."""
    return _whole(service.show(caller, report_id=report_id))


@room.get("/reports/<id:report_id>/versions", allow=OWNERS | READERS, reply=schemas.VersionsOut)
def list_versions(caller: Caller, report_id: str) -> dict[str, Any]:
    """All versions of a report that were sent."""
    return {"items": service.versions(caller, report_id=report_id)}


@room.get(
    "/institutions/<id:institution_id>/critical-values",
    allow=Staff("doctor", "nurse", "station_worker", "institution_admin"),
    query=schemas.CriticalAsked,
    reply=schemas.CriticalsOut,
)
def list_critical(caller: Caller, institution_id: str, asked: dict[str, Any]) -> Page[CriticalValue]:
    """Results on which somebody must act, the oldest first."""
    return service.critical_at(caller, institution_id=institution_id, **asked)


@room.post(
    "/critical-values/<id:critical_value_id>/acknowledgements",
    allow=Staff("doctor", "nurse"),
    body=schemas.AcknowledgementIn,
    reply=schemas.CriticalOut,
    problems=(WrongState,),
    once=True,
)
def acknowledge(caller: Caller, critical_value_id: str, wanted: dict[str, Any]) -> CriticalValue:
    """Say what was done about a critical value."""
    return service.acknowledge(caller, critical_value_id=critical_value_id, **wanted)
