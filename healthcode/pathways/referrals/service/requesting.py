"""Referring: a doctor who has the resident before them sends them to an institution that belongs with theirs."""

from dataclasses import dataclass

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import Invalid, NotFound, WrongState
from healthcode.core.words import Words
from healthcode.pathways.referrals.models import TIME_TO_DECIDE, Referral
from healthcode.pathways.referrals.problems import AlreadyReferred, NotInOneAlliance
from healthcode.pathways.referrals.service import booking, reading, rows
from healthcode.pathways.referrals.service.reading import Shown
from healthcode.registry.institutions import service as institutions
from healthcode.registry.residents import service as residents


@dataclass(frozen=True)
class Wish:
    """What a doctor asks for. `answers_id` is the referral that this one sends back."""

    to_institution_id: str
    urgency: str
    reason: str
    department_id: str | None = None
    slot_id: str | None = None
    is_virtual: bool = False
    answers_id: str | None = None


def refer(caller: Caller, *, resident_id: str, wish: Wish) -> Shown:
    """Send a resident to another institution; with a slot, the place is had in the same step or nothing is.

    Raises NotFound, NotInOneAlliance, AlreadyReferred, WrongState, Invalid, and whatever booking may.
    """
    person = _hold_person(caller, resident_id)
    direction = _way_to(caller, wish)
    answered = _answered(caller, person, wish) if wish.answers_id is not None else None
    _make_sure_is_new(person, wish)
    referral = _new(caller, resident_id, direction, wish)
    if wish.slot_id is not None:
        booking.take_place(caller, referral, wish.slot_id)
    session().add(referral)
    rows.change(referral, "requested" if wish.slot_id is None else "booked", caller)
    rows.open_to_both(referral)
    if wish.slot_id is None:
        announce("referral.requested", referral_id=referral.id, resident_id=resident_id)
    else:
        announce("referral.booked", referral_id=referral.id, resident_id=resident_id)
    if answered is not None and answered.state != "completed":
        _complete(answered, caller)
    trail.note(resident_id=resident_id, subject_id=referral.id)
    return reading.show(caller, [referral])[0]


def _hold_person(caller: Caller, resident_id: str) -> list[str]:
    person = residents.lock_person(resident_id)  # all of them, before one of them
    resident = residents.hold(caller, resident_id)
    if resident.died_on is not None or resident.merged_into_id is not None:
        raise NotFound()
    return person


def _way_to(caller: Caller, wish: Wish) -> str:
    """Up, down or across. Raises NotFound, Invalid, NotInOneAlliance."""
    if wish.to_institution_id == caller.institution_id:
        raise Invalid.at("to_institution_id", Words(zh="不能转给本机构", en="must be another institution"))
    here, there = institutions.named(str(caller.institution_id)), institutions.named(wish.to_institution_id)
    if not there.is_open:
        raise Invalid.at("to_institution_id", Words(zh="该机构已停业", en="has closed"))
    if not institutions.are_tied(here.id, there.id):
        raise NotInOneAlliance()
    if wish.department_id is not None and not institutions.has_department(there.id, wish.department_id):
        raise Invalid.at("department_id", Words(zh="不是该机构的科室", en="not a department there"))
    mine, theirs = institutions.rank_of(here), institutions.rank_of(there)
    return "up" if theirs > mine else "down" if theirs < mine else "across"


def _answered(caller: Caller, person: list[str], wish: Wish) -> Referral:
    """The referral that is sent back: of this resident, from there to here, and taken up. Raises Invalid, WrongState."""
    original = rows.seen_by(caller).where(
        Referral.id == wish.answers_id,
        Referral.resident_id.in_(person),
        Referral.from_institution_id == wish.to_institution_id,
        Referral.to_institution_id == caller.institution_id,
    )
    found = session().scalars(locked(original)).first()
    if found is None:
        said = Words(zh="不是该居民从该机构转来的转诊", en="not a referral of this resident from there to here")
        raise Invalid.at("answers_id", said)
    if found.state not in ("accepted", "booked", "completed"):
        raise WrongState(state=found.state)
    return found


def _make_sure_is_new(person: list[str], wish: Wish) -> None:
    """The person is held, so of two who refer at once the second sees the first. Raises AlreadyReferred."""
    there = (wish.to_institution_id, wish.department_id)
    if any((one.to_institution_id, one.department_id) == there for one in session().scalars(Referral.open_of(person))):
        raise AlreadyReferred()


def _new(caller: Caller, resident_id: str, direction: str, wish: Wish) -> Referral:
    moment = clock.now()
    referral = Referral(
        id=ids.new(),
        resident_id=resident_id,
        from_institution_id=caller.institution_id,
        to_institution_id=wish.to_institution_id,
        department_id=wish.department_id,
        referred_by=caller.id,
        direction=direction,
        urgency=wish.urgency,
        is_virtual=wish.is_virtual,
        answers_id=wish.answers_id,
        due_at=moment + TIME_TO_DECIDE[wish.urgency],
        created_at=moment,
    )
    referral.reason_sealed = rows.seal(referral, "reason_sealed", wish.reason)
    return referral


def _complete(referral: Referral, caller: Caller) -> None:
    rows.change(referral, "completed", caller)
    rows.close_to_both(referral, is_void=False)
    announce("referral.completed", referral_id=referral.id, resident_id=referral.resident_id)
