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
from healthcode.pathways.referrals import service as referrals
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


def tell_of_call(happening: Happening) -> None:
    """Say where to go now, and which number was called. For listeners; twice is once."""
    facts = happening.facts
    call = appointments.call_behind(facts["ticket_id"])
    if call is not None:
        told = {"how": "staff", "queue_id": call.queue_id, "number": call.number}
        _tell(happening, facts["resident_id"], subject=("ticket", facts["ticket_id"]), facts=told)


def tell_of_referral(happening: Happening) -> None:
    """Write how a referral stands, unless the resident brought it there. For listeners; twice is once."""
    facts = happening.facts
    change = referrals.change_behind(happening.name, referral_id=facts["referral_id"], at=happening.at)
    if change is None:
        return
    how = _by_whom(change.by_kind, change.by_id, facts["resident_id"])
    if text_for(happening.name, how) is not None:
        told = {"how": how, "from_id": change.from_institution_id, "to_id": change.to_institution_id}
        _tell(happening, facts["resident_id"], subject=("referral", facts["referral_id"]), facts=told)


def _how(change: appointments.Change, resident_id: str) -> str:
    """Who did it, as far as it is said; or why, where it was a clinic's whole day or the clock."""
    who = _by_whom(change.by_kind, change.by_id, resident_id)
    if who == "staff" and change.is_day_off:
        return "day-off"
    return _BY_THE_CLOCK.get(change.reason or "", who) if who == "system" else who


def _by_whom(kind: str, account_id: str | None, resident_id: str) -> str:
    if kind != "resident":
        return "staff" if kind == "staff" else "system"
    own = set(session().scalars(residents.ids_of_person(resident_id)))
    return "self" if account_id in own else "proxy"


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


@dataclass(frozen=True)
class _Names:
    """What the ids in some notices are called."""

    clinics: dict[str, appointments.Clinic]
    houses: dict[str, str]
    queues: dict[str, str]
    reasons: dict[str, str]


def _in_words(caller: Caller, notices: Sequence[Notice]) -> list[Told]:
    def named(*keys: str) -> set[str]:
        return {notice.facts[key] for notice in notices for key in keys if key in notice.facts}

    names = _Names(
        clinics=appointments.clinics_named(named("schedule_id")),
        houses=institutions.names_of(named("institution_id", "from_id", "to_id")),
        queues=appointments.places_of_queues(named("queue_id")),
        reasons=appointments.reasons_of(caller, named("change_id")),
    )
    return [_told(notice, names) for notice in notices]


def _told(notice: Notice, names: _Names) -> Told:
    text = text_for(notice.kind, notice.facts["how"])
    assert text is not None  # only what has words was written
    filled = _FILL[notice.subject_kind](notice.facts, names)
    zh = text.detail.zh.format(**{place: words.zh for place, words in filled.items()})
    en = text.detail.en.format(**{place: words.en for place, words in filled.items()})
    reason = names.reasons.get(notice.facts.get("change_id", ""))
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


def _of_appointment(facts: dict[str, Any], names: _Names) -> dict[str, Words]:
    when, until = _when(facts), facts["until"]
    clinic, house = names.clinics[facts["schedule_id"]], names.houses[facts["institution_id"]]
    return {
        "when": when,
        "until": spoken.moment(datetime.fromisoformat(until)) if until else when,
        "place": _same(" ".join(part for part in (house, clinic.title, clinic.room) if part)),
    }


def _of_ticket(facts: dict[str, Any], names: _Names) -> dict[str, Words]:
    return {"queue": _same(names.queues[facts["queue_id"]]), "number": _same(str(facts["number"]))}


def _of_referral(facts: dict[str, Any], names: _Names) -> dict[str, Words]:
    return {"origin": _same(names.houses[facts["from_id"]]), "target": _same(names.houses[facts["to_id"]])}


def _same(text: str) -> Words:
    """A name that is the same in every language."""
    return Words(text, text)


_FILL = {"appointment": _of_appointment, "ticket": _of_ticket, "referral": _of_referral}


def _when(facts: dict[str, Any]) -> Words:
    if facts["starts_at"]:
        return spoken.moment(datetime.fromisoformat(facts["starts_at"]))
    return spoken.day_said(date.fromisoformat(facts["day"]))
