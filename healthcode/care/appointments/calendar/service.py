"""One appointment as a calendar's file; links to all of them: made, shown, ended, read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import case, func

from healthcode.care.appointments.calendar import ics
from healthcode.care.appointments.calendar.models import CalendarFeed
from healthcode.care.appointments.calendar.problems import TooManyCalendarLinks
from healthcode.care.appointments.models import Appointment, AppointmentChange
from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.problems import NotFound, WrongState
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.trust.grounds import service as grounds

SCOPE = "appointments:book"
MOST = 5  # links to one resident's appointments
SHOWN_SINCE = timedelta(days=30)


@dataclass(frozen=True)
class Link:
    """A link just made; the secret is nowhere else."""

    id: str
    secret: str
    created_at: datetime


@dataclass(frozen=True)
class Known:
    """A link that is there, as its owner sees it."""

    id: str
    made_by: str  # resident | proxy
    created_at: datetime


# Links


def make_feed(caller: Caller, *, resident_id: str) -> Link:
    """A link to this resident's appointments. Raises NotFound, TooManyCalendarLinks."""
    trail.note(resident_id=resident_id)
    person = residents.lock_person(resident_id)
    resident = residents.hold(caller, resident_id)
    if caller.id is None or resident.died_on is not None or resident.merged_into_id is not None:
        raise NotFound()
    if len(_holding(person)) >= MOST:
        raise TooManyCalendarLinks()
    secret = ids.secret(192)
    feed = CalendarFeed(
        id=ids.new(),
        resident_id=resident_id,
        secret_digest=ids.digest(secret),
        made_by_id=caller.id,
        created_at=clock.now(),
    )
    session().add(feed)
    return Link(feed.id, secret, feed.created_at)


def feeds_of(caller: Caller, *, resident_id: str) -> list[Known]:
    """The links that hold, oldest first, and whether the resident made them."""
    trail.note(resident_id=resident_id)
    person = list(session().scalars(residents.ids_of_person(resident_id)))
    return [
        Known(feed.id, "resident" if feed.made_by_id in person else "proxy", feed.created_at)
        for feed in _holding(person)
    ]


def end_feed(caller: Caller, *, feed_id: str) -> None:
    """From now on the link opens nothing. Twice is the same as once. Raises NotFound."""
    feed = session().scalars(locked(CalendarFeed.visible_to(caller).where(CalendarFeed.id == feed_id))).first()
    if feed is None:
        raise NotFound()
    trail.note(resident_id=feed.resident_id, subject_id=feed.id)
    feed.ended_at = feed.ended_at or clock.now()


def end_all_of(resident_id: str) -> None:
    """End every link to somebody's appointments. For listeners."""
    for feed in session().scalars(CalendarFeed.alive_of(residents.lock_person(resident_id))):
        feed.ended_at = clock.now()


def end_all_made_by(resident_id: str) -> None:
    """End every link that somebody made, for themselves or others: their phone may be in other hands. For listeners."""
    for feed in session().scalars(CalendarFeed.alive_made_by(residents.lock_person(resident_id))):
        feed.ended_at = clock.now()


def _holding(person: Sequence[str]) -> list[CalendarFeed]:
    return [feed for feed in session().scalars(CalendarFeed.alive_of(person)) if _holds(feed, person)]


def _holds(feed: CalendarFeed, person: Sequence[str]) -> bool:
    """A proxy's link opens no longer what the proxy may not."""
    maker = feed.made_by_id
    return maker in person or grounds.holding("resident", maker, feed.resident_id, [SCOPE]) is not None


# Calendars


def read_feed(caller: Caller, *, secret: str) -> bytes:
    """The calendar behind a link: what is ahead, and the last thirty days. Raises NotFound, whyever it does not open."""
    feed = session().scalars(CalendarFeed.by_secret(ids.digest(secret))).first()
    living = residents.record(feed.resident_id) if feed is not None else None
    if feed is None or living is None or living.died_on is not None:
        raise NotFound()
    if not _holds(feed, residents.records_of(living)):
        raise NotFound()
    trail.note(resident_id=feed.resident_id, purpose="calendar", subject_id=feed.id)
    person = residents.records_of(living)
    is_own = feed.made_by_id in person  # a proxy's link shows what the proxy may see, also after a merge
    sight = grounds.only_own(living.id) if is_own else grounds.sight_of_resident(feed.made_by_id, SCOPE)
    looking = replace(caller, sight=sight)
    since = clock.today() - SHOWN_SINCE
    theirs = Appointment.visible_to(looking).where(
        Appointment.resident_id.in_(person), Appointment.day >= since, Appointment.slot_id.is_not(None)
    )
    found = session().scalars(theirs.order_by(Appointment.day, Appointment.id).limit(500)).all()
    return ics.write(_entries(looking, found))


def file_of(caller: Caller, *, appointment_id: str) -> bytes:
    """One appointment as a calendar's file. Raises NotFound; WrongState for what was never booked."""
    one = session().scalars(Appointment.visible_to(caller).where(Appointment.id == appointment_id)).first()
    if one is None:
        raise NotFound()
    trail.note(resident_id=one.resident_id, subject_id=one.id)
    entries = _entries(caller, [one])
    if not entries:
        raise WrongState(state=one.state)
    return ics.write(entries)


def _entries(caller: Caller, appointments: Sequence[Appointment]) -> list[ics.Entry]:
    """Those that are or were booked; a place that was only held or offered is nobody's appointment."""
    sequences = _sequences(caller, [one.id for one in appointments])
    names = institutions.names_of({one.institution_id for one in appointments})
    return [_entry(one, names[one.institution_id], sequences[one.id]) for one in appointments if one.id in sequences]


def _sequences(caller: Caller, appointment_ids: Sequence[str]) -> dict[str, int]:
    """How often each of those that were ever booked was changed since it was made."""
    was_booked = func.max(case((AppointmentChange.state == "booked", 1), else_=0))
    counted = (
        AppointmentChange.visible_to(caller)
        .where(AppointmentChange.appointment_id.in_(appointment_ids))
        .with_only_columns(AppointmentChange.appointment_id, func.count())
        .group_by(AppointmentChange.appointment_id)
        .having(was_booked == 1)
    )
    return {appointment_id: count - 1 for appointment_id, count in session().execute(counted)}


def _entry(one: Appointment, institution: str, sequence: int) -> ics.Entry:
    slot = one.slot
    assert slot is not None  # what was booked has its place
    schedule = slot.schedule
    return ics.Entry(
        id=one.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=f"{schedule.title} · {institution}",
        place=" ".join(part for part in (institution, schedule.room) if part),
        is_cancelled=one.state == "cancelled",
        sequence=sequence,
        created_at=one.created_at,
        changed_at=one.changed_at,
    )
