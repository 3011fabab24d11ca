"""Telling people: a row for what others did, words when it is read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func

from healthcode.care.appointments import service as appointments
from healthcode.core import clock, ids, pages, spoken, trail
from healthcode.core.caller import Caller
from healthcode.core.db import changed, insert_if_absent, locked, session
from healthcode.core.outbox import Happening
from healthcode.core.problems import NotFound
from healthcode.core.words import Words
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.watch.notices.models import Notice
from healthcode.watch.notices.texts import text_for

KEPT = timedelta(days=180)
_BY_THE_CLOCK = {"hold ended": "hold-ended", "offer ended": "offer-ended"}


@dataclass(frozen=True)
class Told:
    """A notice as somebody reads it."""

    id: str
    kind: str
    title: Words
    detail: Words
    created_at: datetime
    read_at: datetime | None
    subject: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """Some notices, the newest first, the cursor of what follows, and how many there are unread in all."""

    items: Sequence[Told]
    next: str | None
    unread: int


# Writing


def tell_of_appointment(happening: Happening) -> None:
    """Write what was done to an appointment, unless the resident did it, or is dead. For listeners; twice is once."""
    facts = happening.facts
    change = appointments.change_behind(happening.name, appointment_id=facts["appointment_id"], at=happening.at)
    if change is None:
        return
    how = _how(change, facts["resident_id"])
    is_over = happening.name == "appointment.offered" and change.held_until is None  # it was answered meanwhile
    if is_over or text_for(happening.name, how) is None:
        return
    _tell(
        happening,
        facts["resident_id"],
        subject=("appointment", facts["appointment_id"]),
        facts={
            "how": how,
            "change_id": change.id,
            "institution_id": change.institution_id,
            "schedule_id": change.schedule_id,
            "day": change.day.isoformat(),
            "starts_at": _written(change.starts_at),
            "until": _written(change.held_until),
        },
    )


def _how(change: appointments.Change, resident_id: str) -> str:
    """Who did it, as far as it is said; or why, where it was a clinic's whole day or the clock."""
    if change.by_kind == "resident":
        own = set(session().scalars(residents.ids_of_person(resident_id)))
        return "self" if change.by_id in own else "proxy"
    if change.by_kind == "staff":
        return "day-off" if change.is_day_off else "staff"
    return _BY_THE_CLOCK.get(change.reason or "", "system")


def _tell(happening: Happening, resident_id: str, *, subject: tuple[str, str], facts: dict[str, Any]) -> None:
    record = residents.record(resident_id)
    if record is None or record.died_on is not None:
        return
    row = {
        "id": ids.new(happening.at),  # in the order in which things happened, whenever they are heard
        "resident_id": resident_id,
        "kind": happening.name,
        "event_id": happening.id,
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "facts": facts,
        "state": "delivered",
        "created_at": happening.at,
    }
    insert_if_absent(Notice, row, unique=("event_id", "resident_id"))


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def forget_old(now: datetime) -> int:
    """Drop notices older than KEPT; returns how many. For the worker."""
    return changed(Notice.made_before(now - KEPT))


# Reading


def notices_of(caller: Caller, *, resident_id: str, after: str | None, limit: int) -> Shelf:
    """What a resident was told, the newest first."""
    trail.note(resident_id=resident_id)
    theirs = Notice.visible_to(caller).where(Notice.resident_id.in_(residents.ids_of_person(resident_id)))
    page = pages.page(theirs, by=Notice.id.expression, after=after, limit=limit, newest_first=True)
    unread = theirs.where(Notice.read_at.is_(None)).with_only_columns(func.count())
    return Shelf(_in_words(caller, page.items), page.next, session().scalar(unread) or 0)


def read(caller: Caller, *, notice_id: str) -> Told:
    """Note that a notice was read; the first time counts. Raises NotFound."""
    notice = session().scalars(locked(Notice.visible_to(caller).where(Notice.id == notice_id))).first()
    if notice is None:
        raise NotFound()
    trail.note(resident_id=notice.resident_id, subject_id=notice.id)
    notice.read_at = notice.read_at or clock.now()
    return _in_words(caller, [notice])[0]


def _in_words(caller: Caller, notices: Sequence[Notice]) -> list[Told]:
    facts = [notice.facts for notice in notices]
    clinics = appointments.clinics_named({one["schedule_id"] for one in facts})
    houses = institutions.names_of({one["institution_id"] for one in facts})
    reasons = appointments.reasons_of(caller, {one["change_id"] for one in facts})
    return [
        _told(
            notice,
            _place(clinics[notice.facts["schedule_id"]], houses[notice.facts["institution_id"]]),
            reasons.get(notice.facts["change_id"]),
        )
        for notice in notices
    ]


def _told(notice: Notice, place: str, reason: str | None) -> Told:
    text = text_for(notice.kind, notice.facts["how"])
    assert text is not None  # only what has words was written
    when, until = _when(notice.facts), notice.facts["until"]
    last = spoken.moment(datetime.fromisoformat(until)) if until else when
    zh = text.detail.zh.format(when=when.zh, place=place, until=last.zh)
    en = text.detail.en.format(when=when.en, place=place, until=last.en)
    if reason is not None:
        zh, en = f"{zh}原因：{reason}", f"{en} Reason: {reason}"
    return Told(
        id=notice.id,
        kind=notice.kind,
        title=text.title,
        detail=Words(zh, en[0].upper() + en[1:]),
        created_at=notice.created_at,
        read_at=notice.read_at,
        subject={"kind": notice.subject_kind, "id": notice.subject_id},
    )


def _when(facts: dict[str, Any]) -> Words:
    if facts["starts_at"]:
        return spoken.moment(datetime.fromisoformat(facts["starts_at"]))
    return spoken.day_said(date.fromisoformat(facts["day"]))


def _place(clinic: appointments.Clinic, institution: str) -> str:
    return " ".join(part for part in (institution, clinic.title, clinic.room) if part)
