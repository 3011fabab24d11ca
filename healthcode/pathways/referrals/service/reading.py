"""Reading: one referral, the work lists of both sides, a resident's own, the history, and numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_

from healthcode.core import clock, trail
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.pages import Page, cursor_of, read_cursor
from healthcode.core.problems import Invalid, NotAllowed
from healthcode.core.words import Words
from healthcode.pathways.referrals.models import DIRECTIONS, OPEN, Referral, ReferralChange
from healthcode.pathways.referrals.service import rows
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents
from healthcode.registry.residents.service import SealedText
from healthcode.trust.grounds import service as grounds

LONGEST_PERIOD = timedelta(days=366)
USUAL_PERIOD = timedelta(days=30)


@dataclass(frozen=True)
class Shown:
    """A referral as far as this caller may read it: texts and name are None where only its state is open to them."""

    referral: Referral
    display_name: str | None
    reason: str | None
    summary: str | None
    decided_reason: str | None


@dataclass(frozen=True)
class Step:
    """One line of a referral's history."""

    change: ReferralChange
    reason: str | None


@dataclass(frozen=True)
class Figures:
    """How many, in a period. What was received is counted in each state once, when it came to it."""

    from_on: date
    until_on: date
    sent: dict[str, int]
    received: dict[str, int]
    rejected: int
    unattended: int
    completed: int


def show(caller: Caller, referrals: Sequence[Referral]) -> list[Shown]:
    """Referrals in sight, with what this caller may read of them."""
    open_ids = _open_to_read(caller, [one.id for one in referrals])
    told_ids = (
        open_ids if caller.kind == "resident" else {one.id for one in referrals}
    )  # each side hears the other's reason
    names = _names(caller, [one.resident_id for one in referrals if one.id in open_ids])
    sealed = [
        SealedText(
            one.resident_id,
            f"referrals.{column}:{one.id}",
            getattr(one, column) if one.id in ids else None,
        )
        for one in referrals
        for column, ids in (
            ("reason_sealed", open_ids),
            ("summary_sealed", open_ids),
            ("decided_reason_sealed", told_ids),
        )
    ]
    texts = residents.open_texts(sealed)
    return [
        Shown(one, names.get(one.resident_id) if one.id in open_ids else None, *texts[3 * at : 3 * at + 3])
        for at, one in enumerate(referrals)
    ]


def _open_to_read(caller: Caller, referral_ids: Sequence[str]) -> set[str]:
    """Those whose texts this caller reads: a proxy who may only book learns that there is one, not why."""
    if caller.kind == "resident":
        caller = replace(caller, sight=grounds.sight_of_resident(str(caller.id), rows.RECORD))
    readable = rows.seen_by(caller, rows.TEXT).where(Referral.id.in_(referral_ids))
    return {one.id for one in session().scalars(readable)}


def _names(caller: Caller, resident_ids: Sequence[str]) -> dict[str, str]:
    """Masked names, for staff: the resident knows."""
    if caller.kind != "staff":
        return {}
    sight = grounds.sight_of_institution(str(caller.institution_id), [rows.TEXT])
    return residents.display_names(replace(caller, sight=sight), resident_ids)


def referral(caller: Caller, *, referral_id: str) -> Shown:
    """Raises NotFound."""
    return show(caller, [rows.look(caller, referral_id)])[0]


def changes(caller: Caller, *, referral_id: str) -> list[Step]:
    """All that was done to a referral, the first thing first. Raises NotFound."""
    rows.look(caller, referral_id)
    is_told = caller.kind == "staff" or bool(_open_to_read(caller, [referral_id]))
    steps = session().scalars(ReferralChange.of_referral(referral_id).limit(200)).all()
    sealed = [
        SealedText(one.resident_id, f"referral_changes.reason_sealed:{one.id}", one.reason_sealed if is_told else None)
        for one in steps
    ]
    return [Step(step, reason) for step, reason in zip(steps, residents.open_texts(sealed), strict=True)]


def referrals_of(caller: Caller, *, resident_id: str) -> list[Shown]:
    """A resident's referrals, newest first."""
    trail.note(resident_id=resident_id)
    mine = Referral.visible_to(caller).where(Referral.resident_id.in_(residents.ids_of_person(resident_id)))
    return show(caller, session().scalars(mine.order_by(Referral.id.desc()).limit(50)).all())


def work_list(
    caller: Caller, *, institution_id: str, side: str, state: str | None = None, after: str | None, limit: int
) -> Page[Shown]:
    """What came in or went out at one's own institution: what is open, or what is in one state; the most urgent and then
    the oldest first. Raises NotAllowed, Invalid."""
    if caller.institution_id != institution_id:
        raise NotAllowed()
    end = Referral.to_institution_id if side == "in" else Referral.from_institution_id
    seen = rows.seen_by(caller).where(end == institution_id)
    if after is not None:
        seen = seen.where(_is_behind(read_cursor(after), seen))
    wanted = seen.where(Referral.state.in_(OPEN) if state is None else Referral.state == state)
    found = session().scalars(wanted.order_by(Referral.by_urgency(), Referral.id).limit(limit + 1)).all()
    for one in found[:limit]:
        trail.note(resident_id=one.resident_id, purpose="referrals", subject_id=one.id)
    return Page(show(caller, found[:limit]), cursor_of(found[limit - 1].id) if len(found) > limit else None)


def _is_behind(last: str, seen: Select[tuple[Referral]]) -> ColumnElement[bool]:
    """Behind the row that a cursor names: its place never changes, whatever becomes of it meanwhile."""
    place = Referral.by_urgency()
    there = seen.with_only_columns(place).where(Referral.id == last).correlate(None).scalar_subquery()
    return or_(place > there, (place == there) & (Referral.id > last))


def figures(
    caller: Caller, *, institution_id: str, from_on: date | None = None, until_on: date | None = None
) -> Figures:
    """Numbers of one institution, of the city's days from one to another, both counted. Raises NotAllowed, NotFound, Invalid."""
    if not caller.roles & {"city_admin", "auditor"} and caller.institution_id != institution_id:
        raise NotAllowed()
    institutions.named(institution_id)
    last = until_on or clock.today()
    first = from_on or last - USUAL_PERIOD
    if not timedelta(0) <= last - first < LONGEST_PERIOD:
        raise Invalid.at("until_on", Words(zh="期间应为一日至一年", en="the period is one day to one year"))
    since, until = clock.start_of(first), clock.start_of(last + timedelta(days=1))
    return _count(institution_id, first, last, since, until)


def _count(institution_id: str, first: date, last: date, since: datetime, until: datetime) -> Figures:
    def made(side: str) -> dict[str, int]:
        end = getattr(Referral, side) == institution_id
        counted = dict(session().execute(Referral.count_made(end, since, until)).tuples().all())
        return {direction: counted.get(direction, 0) for direction in DIRECTIONS}

    came_to = dict(session().execute(ReferralChange.count_received(institution_id, since, until)).tuples().all())
    return Figures(
        from_on=first,
        until_on=last,
        sent=made("from_institution_id"),
        received=made("to_institution_id"),
        rejected=came_to.get("rejected", 0),
        unattended=came_to.get("unattended", 0),
        completed=came_to.get("completed", 0),
    )
