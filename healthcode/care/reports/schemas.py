"""What comes in and goes out at the doors of reports. Numbers of results are texts: their places mean something."""

from marshmallow import fields

from healthcode.care.reports.interpreting import COMPARATORS, NUMBER
from healthcode.care.reports.models import KINDS, SENSITIVITIES
from healthcode.care.reports.service import Draft, Result
from healthcode.care.reports.states import STATES
from healthcode.core.schemas import Below, Id, In, ManyOf, Moment, OneOf, Out, PageAsked, Prose, Text

_CODE = r"[a-z0-9][a-z0-9.-]{0,39}"
_LOINC = r"[0-9]{1,7}-[0-9]"
_UNIT = r"[!-~]{1,20}"  # UCUM's alphabet: printable ASCII without blanks
MEANINGS = ("LL", "L", "N", "H", "HH", "A", "AA")


def _number(**more: object) -> Text:
    return Text(most=24, pattern=NUMBER, metadata={"description": "a decimal number, as text"} | more)


class CodesAsked(PageAsked):
    text = Text(most=40, metadata={"description": "part of a name, or a whole code of ours or of LOINC"})


class CodeOut(Out):
    id = Id(required=True)
    code = fields.String(required=True)
    loinc = fields.String(allow_none=True, required=True)
    name = fields.String(required=True)
    name_en = fields.String(required=True)
    unit = fields.String(allow_none=True, required=True)
    sensitivity = fields.String(allow_none=True, required=True)


class CodesOut(Out):
    items = ManyOf(Below(CodeOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class LocalCodeIn(In):
    example = {"local": "K", "code": "potassium"}

    local = Text(most=40, required=True)
    code = Text(most=40, pattern=_CODE, required=True)


class LocalCodeOut(Out):
    local = fields.String(required=True)
    code = fields.String(required=True, attribute="code.code")


class ResultIn(In):
    code = Text(most=40, pattern=_CODE, metadata={"description": "of this city's list"})
    loinc = Text(most=10, pattern=_LOINC)
    local = Text(most=40, metadata={"description": "the institution's own code"})
    name = Text(most=80, metadata={"description": "needed where no code is known"})
    value = _number()
    comparator = OneOf(*COMPARATORS)
    unit = Text(most=20, pattern=_UNIT, metadata={"description": "UCUM"})
    text = Text(most=400)
    low = _number()
    high = _number()
    interpretation = OneOf(*MEANINGS, metadata={"description": "HL7 ObservationInterpretation; if missing, computed"})


class VersionIn(In):
    example = {
        "state": "final",
        "title": "电解质",
        "effective_at": "2026-11-23T08:40:00+08:00",
        "results": [{"code": "potassium", "value": "4.1", "unit": "mmol/L"}],
    }

    state = OneOf(*STATES, required=True)
    title = Text(most=120, required=True)
    effective_at = Moment(required=True, metadata={"description": "when the sample or the picture was taken"})
    results = ManyOf(Below(ResultIn), least=0, most=300, load_default=list)
    performer = Text(most=80)
    conclusion = Prose(most=8000)
    sensitivity = OneOf(*SENSITIVITIES)
    reason = Text(most=200, metadata={"description": "of a change to what was final; needed there"})


class ReportIn(VersionIn):
    example = VersionIn.example | {
        "resident_id": "01936f1e-7b1a-7000-8000-000000000001",
        "number": "LAB-20261123-0007",
        "kind": "laboratory",
    }

    resident_id = Id(required=True)
    number = Text(most=64, required=True, metadata={"description": "the institution's own, unique there"})
    kind = OneOf(*KINDS, required=True)

    class Meta:
        exclude = ("reason",)


def draft(wanted: dict[str, object]) -> Draft:
    """What was sent, as the services take it."""
    results = [Result(**one) for one in wanted["results"]]  # type: ignore[attr-defined]  # the schema has seen it
    names = ("state", "title", "effective_at", "performer", "conclusion", "sensitivity")
    return Draft(results=results, **{name: wanted[name] for name in names if name in wanted})  # type: ignore[arg-type]  # likewise


class ReportsAsked(PageAsked):
    kind = OneOf(*KINDS)


class ReportsHereAsked(PageAsked):
    state = OneOf(*STATES)


class ReportOut(Out):
    id = Id(required=True)
    resident_id = Id(required=True)
    institution_id = Id(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    sensitivity = fields.String(allow_none=True, required=True)
    performer = fields.String(allow_none=True, required=True)
    effective_at = Moment(required=True)
    released_at = Moment(allow_none=True, required=True)
    changed_at = Moment(required=True)


class ReportsOut(Out):
    items = ManyOf(Below(ReportOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class ObservationOut(Out):
    position = fields.Integer(required=True)
    code = fields.String(allow_none=True, required=True)
    loinc = fields.String(allow_none=True, required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True, required=True)
    value = fields.String(allow_none=True, required=True)
    comparator = fields.String(allow_none=True, required=True)
    unit = fields.String(allow_none=True, required=True)
    text = fields.String(allow_none=True, required=True)
    low = fields.String(allow_none=True, required=True)
    high = fields.String(allow_none=True, required=True)
    interpretation = fields.String(allow_none=True, required=True)
    is_computed = fields.Boolean(required=True, metadata={"description": "the interpretation is not the source's"})


class WholeReportOut(ReportOut):
    conclusion = fields.String(allow_none=True, required=True)
    results = ManyOf(Below(ObservationOut), least=0, most=300, required=True)


class ReportVersionOut(Out):
    version = fields.Integer(required=True)
    state = fields.String(required=True)
    at = Moment(required=True)
    reason = fields.String(allow_none=True, required=True)
    content = fields.Dict(keys=fields.String(), required=True)


class VersionsOut(Out):
    items = ManyOf(Below(ReportVersionOut), least=0, most=200, required=True)


class TrendAsked(In):
    code = Text(most=40, pattern=_CODE, required=True)


class PointOut(Out):
    report_id = Id(required=True, attribute="observation.report_id")
    institution_id = Id(required=True)
    effective_at = Moment(required=True, attribute="observation.effective_at")
    value = fields.String(required=True, attribute="observation.value")
    comparator = fields.String(allow_none=True, required=True, attribute="observation.comparator")
    unit = fields.String(allow_none=True, required=True, attribute="observation.unit")
    interpretation = fields.String(allow_none=True, required=True, attribute="observation.interpretation")
    number = fields.String(
        allow_none=True, required=True, metadata={"description": "in the axis' unit; null where that is not exact"}
    )


class TrendOut(Out):
    code = Below(CodeOut, required=True)
    items = ManyOf(Below(PointOut), least=0, most=500, required=True)


class CriticalAsked(PageAsked):
    state = OneOf("open", "acknowledged", load_default="open")


class CriticalOut(Out):
    id = Id(required=True)
    report_id = Id(required=True)
    resident_id = Id(required=True)
    institution_id = Id(required=True)
    name = fields.String(required=True)
    name_en = fields.String(allow_none=True, required=True)
    value = fields.String(required=True)
    comparator = fields.String(allow_none=True, required=True)
    unit = fields.String(allow_none=True, required=True)
    interpretation = fields.String(required=True)
    state = fields.String(required=True)
    raised_at = Moment(required=True)
    acknowledged_at = Moment(allow_none=True, required=True)
    comment = fields.String(allow_none=True, required=True)


class CriticalsOut(Out):
    items = ManyOf(Below(CriticalOut), least=0, most=100, required=True)
    next = fields.String(allow_none=True, required=True)


class AcknowledgementIn(In):
    example = {"comment": "已电话通知本人，立即来院复查"}

    comment = Text(most=400, pattern=r".*\S.*", required=True, metadata={"description": "what was done about it"})
