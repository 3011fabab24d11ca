"""Clinics: their weekly schedules, the slots made of them, and finding a free one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import select

from healthcode.care.appointments.models import DAYS, ON_SITE, Appointment, Schedule, Slot
from healthcode.care.appointments.problems import DrawAhead, SlotNotOpen, SlotTaken
from healthcode.care.appointments.service import places
from healthcode.core import clock, ids, pages
from healthcode.core.caller import Caller, by_itself
from healthcode.core.db import insert_many, locked, session, unclaimed
from healthcode.core.outbox import announce
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid, NotFound, WrongState
from healthcode.core.words import Words
from healthcode.registry.institutions import service as institutions

MADE_AHEAD = timedelta(days=7)  # slots are there so long before they are released, so that everybody sees the hour
LONGEST_SEARCH = timedelta(days=62)
FURTHEST = timedelta(days=366)
OFFERED_INSTEAD = timedelta(hours=24)
NEAREST = 20  # institutions
DRAWN_AFTER = timedelta(minutes=3)  # from the hour of release on
ITSELF = by_itself("clinics")


@dataclass(frozen=True)
class WeeklyRule:
    """When a clinic takes place and is released; hours are the city's, `capacity` is of one slot."""

    kind: str
    title: str
    weekday: str
    starts: str
    ends: str
    slot_minutes: int
    capacity: int
    released_days_ahead: int
    released_at: str
    from_on: date
    until_on: date | None = None
    department_id: str | None = None
    staff_id: str | None = None
    room: str | None = None
    has_draw: bool = False
    kept_for_referrals: int = 0
    kept_until_hours: int = 0


def add_schedule(caller: Caller, *, institution_id: str, rule: WeeklyRule) -> Schedule:
    """A weekly clinic of one's own institution; its slots are made at once, as far ahead as they are shown.

    Raises NotAllowed, NotFound, Invalid.
    """
    institutions.make_sure_administers(caller, institution_id)
    _make_sure_is_possible(institution_id, rule)
    schedule = Schedule(id=ids.new(), institution_id=institution_id, created_at=clock.now(), **vars(rule))
    session().add(schedule)
    session().flush()  # the slots name it
    make_slots(schedule)
    return schedule


def _make_sure_is_possible(institution_id: str, rule: WeeklyRule) -> None:
    if not _times(rule.starts, rule.ends, rule.slot_minutes):
        raise Invalid.at("ends", Words(zh="应晚于开始时间至少一个时段", en="must leave room for one slot"))
    if rule.kind in ON_SITE and not institutions.is_open_throughout(
        institution_id, rule.weekday, rule.starts, rule.ends
    ):
        raise Invalid.at(
            "starts", Words(zh="不在本机构开放时间内", en="is outside the opening hours of the institution")
        )
    if rule.until_on is not None and rule.until_on < rule.from_on:
        raise Invalid.at("until_on", Words(zh="早于开始日期", en="is before the first day"))
    if rule.kept_for_referrals and not rule.kept_until_hours:
        raise Invalid.at("kept_until_hours", Words(zh="至少提前一小时放出", en="must leave others an hour at least"))
    if rule.kept_for_referrals > rule.capacity * len(_times(rule.starts, rule.ends, rule.slot_minutes)):
        raise Invalid.at("kept_for_referrals", Words(zh="多于全天号源", en="is more than there is in a day"))
    if rule.department_id is not None and not institutions.has_department(institution_id, rule.department_id):
        raise Invalid.at("department_id", Words(zh="不是本机构的科室", en="is no department of this institution"))
    if rule.staff_id is not None and institution_id not in institutions.roles_of(rule.staff_id, clock.now()):
        raise Invalid.at("staff_id", Words(zh="不在本机构任职", en="has no post at this institution"))


def schedules_of(*, institution_id: str) -> Sequence[Schedule]:
    """The clinics that an institution holds now or will hold."""
    today = clock.today()
    held = select(Schedule).where(
        Schedule.institution_id == institution_id, (Schedule.until_on.is_(None)) | (Schedule.until_on >= today)
    )
    return session().scalars(held.order_by(Schedule.id).limit(500)).all()


def make_slots(schedule: Schedule) -> int:
    """Make the slots that are not there yet, up to the last day that is shown; returns how many."""
    today = clock.today()
    last = today + timedelta(days=schedule.released_days_ahead) + MADE_AHEAD
    if schedule.until_on is not None:
        last = min(last, schedule.until_on)
    made_until = schedule.made_until_on
    first = max(schedule.from_on, today, made_until + timedelta(days=1) if made_until else today)
    rows = [
        row for day in _days(first, last) if DAYS[day.weekday()] == schedule.weekday for row in _slots(schedule, day)
    ]
    insert_many(Slot, rows)
    schedule.made_until_on = max(last, made_until or last)
    is_whole = schedule.until_on is not None and schedule.made_until_on >= schedule.until_on
    schedule.more_due_on = None if is_whole else max(today, schedule.from_on - (last - today)) + timedelta(days=1)
    return len(rows)


def make_all_slots(most: int = 1000) -> int:
    """Make what is due of every schedule; for the worker. Returns how many slots were made."""
    due = select(Schedule).where(Schedule.more_due_on <= clock.today()).order_by(Schedule.more_due_on, Schedule.id)
    return sum(make_slots(schedule) for schedule in session().scalars(unclaimed(due.limit(most))))


def find_slots(
    *,
    institution_id: str | None = None,
    schedule_id: str | None = None,
    department_id: str | None = None,
    staff_id: str | None = None,
    kind: str | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    near: str | None = None,
    is_free: bool = True,
    after: str | None = None,
    limit: int,
) -> Page[Slot]:
    """Slots from a day to a day (both in it), in the order of their time; `near` ("lat,lon" in degrees) asks the
    NEAREST institutions. Raises Invalid."""
    first = max(from_on or clock.today(), clock.today())
    if first > clock.today() + FURTHEST:
        raise Invalid.at("from_on", Words(zh="太远了", en="is too far ahead"))
    last = until_on or first + timedelta(days=13)
    if not timedelta(0) <= last - first <= LONGEST_SEARCH:
        raise Invalid.at("until_on", Words(zh="一次最多查询两个月", en="at most two months at a time"))
    moment = clock.now()
    begin, end = max(clock.start_of(first), moment), clock.start_of(last + timedelta(days=1))
    found = select(Slot).where(Slot.id >= ids.floor(begin), Slot.id < ids.floor(end), Slot.status == "free")
    if is_free:
        found = found.where(Slot.has_place(), Slot.opens_at <= moment)
    if institution_id is not None:
        found = found.where(Slot.institution_id == institution_id)
    if schedule_id is not None:
        found = found.where(Slot.schedule_id == schedule_id)
    if near is not None:
        nearest = institutions.find(near=near, limit=NEAREST).items
        found = found.where(Slot.institution_id.in_([one.institution.id for one in nearest]))
    for column, wanted in (
        (Schedule.department_id, department_id),
        (Schedule.staff_id, staff_id),
        (Schedule.kind, kind),
    ):
        if wanted is not None:
            found = found.where(Slot.schedule_id.in_(select(Schedule.id).where(column == wanted)))
    return pages.page(found, by=Slot.id.expression, after=after, limit=limit)


def close_day(caller: Caller, *, schedule_id: str, day: date, reason: str) -> int:
    """The clinic does not take place on that day: those booked lose the place, are told, and are offered another.

    Returns how many there were. Raises NotAllowed, NotFound, WrongState.
    """
    schedule = session().get(Schedule, schedule_id)
    if schedule is None:
        raise NotFound()
    institutions.make_sure_administers(caller, schedule.institution_id)
    if day < clock.today():
        raise Invalid.at("day", Words(zh="日期已过", en="is over"))
    expected = locked(Appointment.of_day(schedule_id, day))
    session().scalars(expected).all()  # held before the slots, as everywhere
    slots = (
        session()
        .scalars(locked(select(Slot).where(Slot.schedule_id == schedule_id, Slot.day == day).order_by(Slot.id)))
        .all()
    )
    if not slots:
        raise NotFound()
    if all(slot.status != "free" for slot in slots):
        raise WrongState(state="busy-unavailable")
    for slot in slots:
        slot.status = "busy-unavailable"
    session().flush()  # nobody is offered a place of this day any more
    told = session().scalars(expected).all()
    booked = [one for one in told if one.state == "booked"]
    for appointment in told:
        places.change(appointment, "cancelled", caller, reason=reason)
        places.grounds.end_grounds(appointment.id)
        announce("appointment.cancelled", appointment_id=appointment.id, resident_id=appointment.resident_id)
    for appointment in sorted(booked, key=lambda one: one.slot_id or ""):
        _offer_another(appointment, schedule)
    return len(booked)


def _offer_another(lost: Appointment, schedule: Schedule) -> None:
    """The next free place of the same clinic, kept for a day; if there is none, they find one themselves."""
    later = find_slots(schedule_id=schedule.id, from_on=lost.day, until_on=lost.day + LONGEST_SEARCH, limit=1).items
    if not later:
        return
    try:
        slot = places.take(later[0].id)
    except (SlotTaken, SlotNotOpen, DrawAhead):  # somebody was quicker, or it is drawn: no reason to hold the clinic
        return
    until = min(clock.now() + OFFERED_INSTEAD, slot.starts_at)
    offered = Appointment(
        id=ids.new(),
        resident_id=lost.resident_id,
        schedule_id=schedule.id,
        institution_id=slot.institution_id,
        day=slot.day,
        slot_id=slot.id,
        slot=slot,
        held_until=until,
        frees_at=until,
        made_by="staff",
        created_at=clock.now(),
    )
    session().add(offered)
    places.change(offered, "waitlist", ITSELF, reason="instead of a clinic that does not take place")
    announce("appointment.offered", appointment_id=offered.id, resident_id=offered.resident_id)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _times(starts: str, ends: str, minutes: int) -> list[tuple[time, time]]:
    """Every slot from a time to a time, as city times; what does not fill a whole slot is left out."""
    begin, end = (datetime.combine(date.min, time.fromisoformat(text)) for text in (starts, ends))
    count = int((end - begin).total_seconds() // 60) // minutes
    edges = [begin + timedelta(minutes=minutes * n) for n in range(count + 1)]
    return [(one.time(), other.time()) for one, other in pairwise(edges)]


def _share(places: int, number: int, count: int) -> int:
    """How many of a day's kept places fall to one of its slots, spread evenly."""
    return (number + 1) * places // count - number * places // count


def _slots(schedule: Schedule, day: date) -> list[dict[str, object]]:
    released = clock.moment(
        day - timedelta(days=schedule.released_days_ahead), time.fromisoformat(schedule.released_at)
    )
    rows: list[dict[str, object]] = []
    times = _times(schedule.starts, schedule.ends, schedule.slot_minutes)
    for number, (begins, ends) in enumerate(times):
        starts_at = clock.moment(day, begins)
        rows.append(
            {
                "id": ids.new(starts_at),
                "schedule_id": schedule.id,
                "institution_id": schedule.institution_id,
                "day": day,
                "starts_at": starts_at,
                "ends_at": clock.moment(day, ends),
                "opens_at": released,
                "capacity": schedule.capacity,
                "taken": 0,
                "overbooked": 0,
                "draws_at": released + DRAWN_AFTER if schedule.has_draw else None,
                "kept": _share(schedule.kept_for_referrals, number, len(times)),
                "kept_until": starts_at - timedelta(hours=schedule.kept_until_hours),
                "status": "free",
            }
        )
    return rows
