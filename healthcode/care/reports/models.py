"""Codes of what is measured, reports with their results and versions, and critical values."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Select, String, UniqueConstraint, func, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from healthcode.care.reports.interpreting import Range
from healthcode.care.reports.states import RELEASED
from healthcode.core.caller import Caller, Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only

KINDS = ("laboratory", "imaging", "pathology")
SENSITIVITIES = ("mental-health", "hiv", "reproductive")  # open to nobody elsewhere without a consent of their own


class ObservationCode(Table):
    """What can be measured, under this city's code and LOINC's, with its bounds as data."""

    __tablename__ = "observation_codes"

    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    loinc: Mapped[str | None] = mapped_column(String(10), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str | None] = mapped_column(String(20))  # UCUM; that of the trend
    sensitivity: Mapped[str | None] = mapped_column(String(20))
    ranges: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)

    @property
    def known_ranges(self) -> list[Range]:
        return [Range.read(one) for one in self.ranges]


class LocalCode(Table):
    """What an institution calls something of the list above in its own systems."""

    __tablename__ = "local_codes"
    __table_args__ = (UniqueConstraint("institution_id", "local"),)

    id: Mapped[RowId]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    local: Mapped[str] = mapped_column(String(40))
    code_id: Mapped[Ref] = mapped_column(ForeignKey("observation_codes.id"))

    code: Mapped[ObservationCode] = relationship(lazy="joined", viewonly=True)


class Report(Personal, Table):
    """A report as it is now (FHIR R4, DiagnosticReport); what it was before stands in its versions.

    `number` is the institution's own and unique there, so that a report sent twice is one report. `released_at` is when the
    resident could read it first.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("institution_id", "number"),
        Index("ix_reports_resident_id_id", "resident_id", "id"),
        Index("ix_reports_institution_id_id", "institution_id", "id"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    number: Mapped[str] = mapped_column(String(64))
    kind: Mapped[Word]
    state: Mapped[Word]
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    sensitivity: Mapped[str | None] = mapped_column(String(20))
    performer: Mapped[str | None] = mapped_column(String(80))
    conclusion: Mapped[str | None] = mapped_column(String(8000))
    effective_at: Mapped[At]  # when the sample was taken, or the picture
    released_at: Mapped[OptionalAt]
    changed_at: Mapped[At]

    observations: Mapped[list["Observation"]] = relationship(
        lazy="raise", order_by="Observation.position", viewonly=True
    )

    @property
    def is_released(self) -> bool:
        return self.state in RELEASED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == "entered-in-error"

    @classmethod
    @proof("an institution sees the reports that it wrote")
    def of_institution(cls, institution_id: str) -> Select[tuple["Report"]]:
        return select(cls).where(cls.institution_id == institution_id)

    @classmethod
    @proof("an institution sees its own reports; of residents who are there what is released and not sensitive")
    def seen_at_work(cls, caller: Caller) -> Select[tuple["Report"]]:
        shared = caller.sight.narrow(cls.about()) & cls.state.in_(RELEASED) & cls.sensitivity.is_(None)
        return select(cls).where(or_(cls.institution_id == caller.institution_id, shared))


class Observation(Personal, Table):
    """One result of a report's newest version (FHIR R4, Observation). Numbers are kept as they were written."""

    __tablename__ = "observations"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        Index("ix_observations_resident_id_code_effective_at", "resident_id", "code", "effective_at"),
        CheckConstraint("(value IS NULL) <> (text IS NULL)", name="value"),
    )

    id: Mapped[RowId]
    report_id: Mapped[Ref] = mapped_column(ForeignKey("reports.id"))
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    position: Mapped[int]
    code: Mapped[str | None] = mapped_column(String(40))  # ours; none: nobody has said what it is
    loinc: Mapped[str | None] = mapped_column(String(10))
    local: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str | None] = mapped_column(String(120))
    value: Mapped[str | None] = mapped_column(String(24))
    comparator: Mapped[str | None] = mapped_column(String(2))
    unit: Mapped[str | None] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(String(400))
    low: Mapped[str | None] = mapped_column(String(24))
    high: Mapped[str | None] = mapped_column(String(24))
    interpretation: Mapped[str | None] = mapped_column(String(2))
    is_computed: Mapped[bool]  # the interpretation is ours, not the source's
    effective_at: Mapped[At]

    @classmethod
    @proof("the report itself is held, and these are its results")
    def of_report(cls, report_id: str) -> Select[tuple["Observation"]]:
        return select(cls).where(cls.report_id == report_id).order_by(cls.position)


class ReportVersion(Personal, Table):
    """A report as it was sent once, who sent it, and why it was changed. Immutable."""

    __tablename__ = "report_versions"
    __table_args__ = (UniqueConstraint("report_id", "version"),)

    id: Mapped[RowId]
    report_id: Mapped[Ref] = mapped_column(ForeignKey("reports.id"))
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    version: Mapped[int]
    state: Mapped[Word]
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    reason: Mapped[str | None] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)

    @classmethod
    @proof("the report itself is in sight, and these are its versions")
    def of_report(cls, report_id: str) -> Select[tuple["ReportVersion"]]:
        return select(cls).where(cls.report_id == report_id).order_by(cls.version)

    @classmethod
    @proof("the report itself is in sight, and residents read it from its first released version on")
    def released_of(cls, report_id: str) -> Select[tuple["ReportVersion"]]:
        earlier = aliased(cls)
        same = (earlier.report_id == report_id) & earlier.state.in_(RELEASED)
        first = select(func.min(earlier.version)).where(same).scalar_subquery()
        return cls.of_report(report_id).where(cls.version >= first)


class CriticalValue(Personal, Table):
    """A result that somebody must act on now: open → acknowledged, with what was done about it."""

    __tablename__ = "critical_values"
    __table_args__ = (
        UniqueConstraint("report_id", "what"),
        Index("ix_critical_values_institution_id_state_id", "institution_id", "state", "id"),
        CheckConstraint("(state = 'acknowledged') = (comment IS NOT NULL)", name="comment"),
    )

    id: Mapped[RowId]
    report_id: Mapped[Ref] = mapped_column(ForeignKey("reports.id"))
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    what: Mapped[str] = mapped_column(String(120))  # code and value: the same result alarms once, another one again
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str | None] = mapped_column(String(120))
    value: Mapped[str] = mapped_column(String(24))
    comparator: Mapped[str | None] = mapped_column(String(2))
    unit: Mapped[str | None] = mapped_column(String(20))
    interpretation: Mapped[str] = mapped_column(String(2))
    state: Mapped[Word]
    raised_at: Mapped[At]
    acknowledged_at: Mapped[OptionalAt]
    acknowledged_by_id: Mapped[OptionalRef]
    comment: Mapped[str | None] = mapped_column(String(400))

    @classmethod
    @proof("an institution answers for the critical values of its own reports")
    def of_institution(cls, institution_id: str) -> Select[tuple["CriticalValue"]]:
        return select(cls).where(cls.institution_id == institution_id)

    @classmethod
    @proof("the report itself is held, and these are its alarms")
    def of_report(cls, report_ids: Sequence[str]) -> Select[tuple["CriticalValue"]]:
        return select(cls).where(cls.report_id.in_(report_ids))


append_only(ReportVersion)
