"""Writing reports: whoever made them sends them, version by version, and nothing that was sent is lost."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from healthcode.care.reports import problems, rows, states
from healthcode.care.reports.interpreting import CRITICAL, Bounds, NotANumber, bounds_for, interpret, read_number
from healthcode.care.reports.models import Observation, ObservationCode, Report, ReportVersion
from healthcode.care.reports.service import codes, critical
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import Invalid, NotAllowed, NotFound
from healthcode.core.words import Words
from healthcode.registry.residents import service as residents
from healthcode.registry.residents.service import Resident
from healthcode.trust.grounds import service as grounds

LATE = timedelta(days=92)  # after somebody was last recognised at an institution, it may still report about them
_FUTURE = timedelta(minutes=10)  # a clock elsewhere may be ahead by so much


@dataclass(frozen=True)
class Result:
    """One result as it was sent: a number with its unit, or a text. Numbers are texts, so that no digit is lost."""

    code: str | None = None
    loinc: str | None = None
    local: str | None = None
    name: str | None = None
    value: str | None = None
    comparator: str | None = None
    unit: str | None = None
    text: str | None = None
    low: str | None = None
    high: str | None = None
    interpretation: str | None = None


@dataclass(frozen=True)
class Draft:
    """One version of a report as it was sent."""

    state: str
    title: str
    effective_at: datetime
    results: Sequence[Result]
    performer: str | None = None
    conclusion: str | None = None
    sensitivity: str | None = None


def record(caller: Caller, *, institution_id: str, resident_id: str, number: str, kind: str, draft: Draft) -> Report:
    """The first version of a report about somebody who was recognised at the institution.

    Raises NotAllowed, NeverHere, ReportThere, WrongStep, Invalid.
    """
    if caller.institution_id != institution_id:
        raise NotAllowed()
    person = _recognised(institution_id, resident_id)
    residents.lock_person(person.id)
    if not states.may_become(None, draft.state):
        raise problems.WrongStep(state=None)
    row = {
        "id": ids.new(),
        "resident_id": person.id,
        "institution_id": institution_id,
        "number": number,
        "kind": kind,
        "state": draft.state,
        "version": 1,
        "title": draft.title,
        "sensitivity": draft.sensitivity,
        "performer": draft.performer,
        "conclusion": draft.conclusion,
        "effective_at": draft.effective_at,
        "released_at": None,
        "changed_at": clock.now(),
    }
    if not insert_if_absent(Report, row, unique=("institution_id", "number")):
        there = session().scalars(Report.of_institution(institution_id).where(Report.number == number)).one()
        raise problems.ReportThere(report_id=there.id)
    report = session().scalars(Report.of_institution(institution_id).where(Report.id == row["id"])).one()
    return _write(caller, report, person, draft, reason=None)


def add_version(caller: Caller, *, report_id: str, draft: Draft, reason: str | None = None) -> Report:
    """The next version, which from now on is the report. Raises NotFound, WrongStep, Invalid."""
    report = rows.hold(caller, report_id)
    if not states.may_become(report.state, draft.state):
        raise problems.WrongStep(state=report.state)
    if report.is_released and not reason:
        raise Invalid.at("reason", Words("更改已发布的报告须说明原因", "say why what was final is changed"))
    person = residents.record(report.resident_id)
    if person is None:
        raise NotFound()
    report.version += 1
    return _write(caller, report, person, draft, reason=reason)


def _recognised(institution_id: str, resident_id: str) -> Resident:
    """The same answer for who does not exist and who never came. Raises NeverHere."""
    person = residents.record(resident_id)
    since = clock.now() - LATE
    if person is None or not grounds.held_since("institution", institution_id, person.id, grounds.VISIT, since):
        raise problems.NeverHere()
    return person


def _write(caller: Caller, report: Report, person: Resident, draft: Draft, *, reason: str | None) -> Report:
    moment = clock.now()
    if draft.effective_at > moment + _FUTURE:
        raise Invalid.at("effective_at", Words("时间不能在将来", "not in the future"))
    known = codes.known(report.institution_id, [(one.code, one.loinc, one.local) for one in draft.results])
    made = [
        _observation(report, place, one, code, person, draft.effective_at)
        for place, (one, code) in enumerate(zip(draft.results, known, strict=True), 1)
    ]
    report.state, report.title, report.performer = draft.state, draft.title, draft.performer
    report.conclusion, report.effective_at, report.changed_at = draft.conclusion, draft.effective_at, moment
    # What was sensitive once stays so: a version that forgot to say it opens nothing.
    report.sensitivity = report.sensitivity or draft.sensitivity or _sensitivity(known)
    is_first = report.is_released and report.released_at is None
    if is_first:
        report.released_at = moment
    for old in session().scalars(Observation.of_report(report.id)).all():
        session().delete(old)
    session().flush()
    insert_many(Observation, [one for one, _ in made])
    session().refresh(report, ["observations"])
    _keep(caller, report, draft, reason)
    trail.note(resident_id=report.resident_id, subject_id=report.id)
    if not report.is_withdrawn:
        critical.alarm(report, [number for number, (_, is_critical) in enumerate(made, 1) if is_critical])
    if report.released_at is not None:
        _announce(report, is_first=is_first)
    return report


def _announce(report: Report, *, is_first: bool) -> None:
    """To whom it concerns, and that is nobody until it is released."""
    facts = {"report_id": report.id, "resident_id": report.resident_id, "institution_id": report.institution_id}
    if is_first:
        announce("report.released", **facts)
    elif report.is_withdrawn:
        announce("report.withdrawn", **facts)
    else:
        announce("report.changed", **facts)


def _sensitivity(known: Sequence[ObservationCode | None]) -> str | None:
    return next((code.sensitivity for code in known if code is not None and code.sensitivity), None)


def _observation(
    report: Report, place: int, one: Result, code: ObservationCode | None, person: Resident, effective_at: datetime
) -> tuple[dict[str, object], bool]:
    """The row of a result, and whether somebody must act on it now. Raises Invalid."""
    at = f"results/{place - 1}"
    if one.code is not None and code is None:
        raise Invalid.at(f"{at}/code", Words("没有这个检查项目代码", "no such code"))
    name = one.name or (code.name if code is not None else None)
    if name is None:
        raise Invalid.at(f"{at}/name", Words("未知项目须写名称", "what is not listed needs a name"))
    if (one.value is None) == (one.text is None):
        raise Invalid.at(at, Words("数值与文字须有且只有一个", "either a value or a text"))
    computed = _meaning(at, one, code, person, effective_at) if one.value is not None else None
    means = one.interpretation or computed
    row = {
        "id": ids.new(),
        "report_id": report.id,
        "resident_id": report.resident_id,
        "position": place,
        "code": code.code if code is not None else None,
        "loinc": one.loinc or (code.loinc if code is not None else None),
        "local": one.local,
        "name": name,
        "name_en": code.name_en if code is not None else None,
        "value": one.value,
        "comparator": one.comparator,
        "unit": one.unit,
        "text": one.text,
        "low": one.low,
        "high": one.high,
        "interpretation": means,
        "is_computed": one.interpretation is None and means is not None,
        "effective_at": effective_at,
    }
    # The source may only know "high"; whoever must act is told if either of us says that it is critical.
    return row, one.value is not None and (means in CRITICAL or computed in CRITICAL)


def _meaning(at: str, one: Result, code: ObservationCode | None, person: Resident, moment: datetime) -> str | None:
    numbers = {}
    for name in ("value", "low", "high"):
        text = getattr(one, name)
        try:
            numbers[name] = read_number(text) if text is not None else None
        except NotANumber:
            raise Invalid.at(f"{at}/{name}", Words("不是数值", "not a number")) from None
    value, low, high = numbers["value"], numbers["low"], numbers["high"]
    assert value is not None  # asked only of numbers
    ours = Bounds()
    if code is not None:
        ours = bounds_for(code.known_ranges, unit=one.unit, sex=person.sex, months=_months(person, moment))
    if low is None and high is None:
        low, high = ours.low, ours.high
    return interpret(value, Bounds(low, high, ours.critical_low, ours.critical_high), one.comparator)


def _months(person: Resident, moment: datetime) -> int | None:
    """Full months of age on the day that a result is of; None if the day of birth is not known, or after it."""
    born, day = person.birth_date, clock.day_of(moment)
    if born is None or day < born:
        return None
    return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)


def _keep(caller: Caller, report: Report, draft: Draft, reason: str | None) -> None:
    content = asdict(draft) | {"effective_at": draft.effective_at.isoformat()}
    row = {
        "id": ids.new(),
        "report_id": report.id,
        "resident_id": report.resident_id,
        "version": report.version,
        "state": report.state,
        "at": report.changed_at,
        "by_kind": caller.kind,
        "by_id": caller.id,
        "reason": reason,
        "content": content,
    }
    insert_many(ReportVersion, [row])
