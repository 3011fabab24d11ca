"""Granting, accepting, ending; and saying for whom the caller may act."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, WrongState
from healthcode.registry.residents import service as residents
from healthcode.trust.family import problems
from healthcode.trust.family.models import Grant
from healthcode.trust.grounds import service as grounds

GRANTABLE = ("codes:show", "records:read", "appointments:book", "reports:read", "bills:pay", "pickups:collect")
OF_A_GUARDIAN = (*GRANTABLE, "codes:revoke", "audit:read")  # a small child cannot do these for itself
RELATIONS = ("parent", "child", "spouse", "sibling", "grandparent", "grandchild", "carer", "other")
MOST = 8
MOST_HELD = 100  # people for whom one acts, as far as they are listed
LONGEST = timedelta(days=3653)
OF_AGE = 18


@dataclass(frozen=True)
class ActingFor:
    """One resident for whom the caller may act now."""

    resident_id: str
    display_name: str
    relation: str  # what the caller is to that resident
    scopes: Sequence[str]
    until: datetime | None


def invite(
    caller: Caller, *, resident_id: str, phone: str, relation: str, scopes: Sequence[str], until: datetime
) -> Grant:
    """Invite whoever holds `phone` to act for this resident. The answer is the same for a phone nobody has here.

    Raises TooManyGrants, NotYourself, UntilIsPast, Invalid.
    """
    resident = _hold(caller, resident_id)
    phone_index = residents.index_of_phone(phone)
    if phone_index == resident.phone_index:
        raise problems.NotYourself()
    _make_sure_end_is_possible(until)
    grant, is_new = _write(resident_id, "grant", relation, scopes, until, invited_index=phone_index)
    if is_new:
        announce("grant.proposed", grant_id=grant.id, resident_id=resident_id)
    return grant


def accept(caller: Caller, *, grant_id: str) -> Grant:
    """The invited person agrees; from now on the grant is in force. Raises NotFound, WrongState."""
    grant = _find(caller, grant_id)
    if grant.resident_id == caller.id:
        raise NotFound()  # it is the other side that accepts
    if grant.state != "proposed":
        raise WrongState(state=grant.state)
    _make_sure_end_is_possible(grant.until_at)
    grant.proxy_id, grant.state, grant.accepted_at = caller.id, "active", clock.now()
    _open(grant)
    announce("grant.accepted", grant_id=grant.id, resident_id=grant.resident_id)
    return grant


def end(caller: Caller, *, grant_id: str) -> Grant:
    """Either side ends it, at once and without a reason. Ending twice is the same as once."""
    return _end(_find(caller, grant_id), by=caller.id, reason=None)


def end_for_reason(caller: Caller, *, resident_id: str, grant_id: str, reason: str) -> Grant:
    """A city desk ends a grant: a court's order, a threat. The resident sees who and why."""
    grant = (
        session()
        .scalars(locked(Grant.visible_to(caller).where(Grant.id == grant_id, Grant.resident_id == resident_id)))
        .first()
    )
    if grant is None:
        raise NotFound()
    trail.note(resident_id=resident_id, subject_id=grant.id)
    return _end(grant, by=caller.id, reason=reason)


def record_guardian(caller: Caller, *, resident_id: str, guardian_id: str, relation: str) -> Grant:
    """A desk that has seen the papers records who looks after a child. Ends by itself on the 18th birthday.

    Raises NotAChild, TooManyGrants, NotFound for people who are not at this desk.
    """
    child, guardian = _hold(caller, resident_id), _hold_other(caller, guardian_id)
    comes_of_age = _comes_of_age(child)
    if comes_of_age is None:
        raise problems.NotAChild()
    return _record(caller, child.id, guardian.id, "guardianship", relation, OF_A_GUARDIAN, comes_of_age)


def record_paper_grant(
    caller: Caller, *, resident_id: str, proxy_id: str, relation: str, scopes: Sequence[str], until: datetime
) -> Grant:
    """A desk records a grant on paper for somebody without a phone. Both people were verified at this desk.

    Raises TooManyGrants, NotYourself, UntilIsPast, NotFound.
    """
    resident, proxy = _hold(caller, resident_id), _hold_other(caller, proxy_id)
    _make_sure_end_is_possible(until)
    return _record(caller, resident.id, proxy.id, "paper", relation, scopes, until)


def record_planted(
    caller: Caller,
    *,
    resident_id: str,
    proxy_id: str,
    basis: str,
    relation: str,
    scopes: Sequence[str],
    until: datetime,
) -> Grant:
    """A grant of a model town, in force at once; nobody is asked."""
    return _record(caller, resident_id, proxy_id, basis, relation, scopes, until)


def grants_of(caller: Caller) -> Sequence[Grant]:
    """Every grant the caller gave, was given, or is invited to; newest first."""
    return session().scalars(_either_side(caller).order_by(Grant.id.desc()).limit(100)).all()


def acting_for(caller: Caller) -> list[ActingFor]:
    """For whom this resident may act now, by whatever grant is in force."""
    if caller.kind != "resident" or caller.id is None:
        return []
    # Asked for alone: of all grants together a stranger's invitations would be the newest hundred.
    mine = _either_side(caller).where(Grant.proxy_id == caller.id, Grant.is_in_force(clock.now()))
    held = session().scalars(mine.order_by(Grant.id.desc()).limit(MOST_HELD)).all()
    looking = replace(caller, sight=grounds.sight_of_family(caller.id))
    names = residents.display_names(looking, [grant.resident_id for grant in held])
    return [
        ActingFor(grant.resident_id, names[grant.resident_id], grant.relation, grant.scopes, grant.until_at)
        for grant in held
        if grant.resident_id in names
    ]


def end_all_of(resident_id: str, *, reason: str) -> None:
    """End every grant of a resident who died, given or held. For listeners."""
    for record_id in residents.lock_person(resident_id):
        for grant in session().scalars(Grant.of_either_side(record_id, None).where(Grant.state != "ended")):
            _end(grant, by=None, reason=reason)


def follow_birth_date(caller: Caller, *, resident_id: str) -> None:
    """A birth date was corrected: who looks after this child does so until the right birthday, or no longer. For listeners.

    Grounds are never edited: those with the wrong end are ended, and new ones opened.
    """
    comes_of_age = _comes_of_age(residents.hold(caller, resident_id))
    for grant in session().scalars(locked(Grant.open_of(resident_id, clock.now()))):
        if grant.basis != "guardianship" or grant.until_at == comes_of_age:
            continue
        if comes_of_age is None:
            _end(grant, by=None, reason="of age")
        else:
            grant.until_at = comes_of_age
            grounds.end_grounds(grant.id)
            _open(grant)


def _comes_of_age(child: residents.Resident) -> datetime | None:
    """When; None for somebody who is of age, or whose age nobody knows."""
    born = child.birth_date
    moment = clock.start_of(clock.turns(born, OF_AGE)) if born else None
    return moment if moment is not None and moment > clock.now() else None


def _hold(caller: Caller, resident_id: str) -> residents.Resident:
    """The represented resident's row, locked: the count of grants holds also when many ask at once."""
    trail.note(resident_id=resident_id)
    return _hold_other(caller, resident_id)


def _hold_other(caller: Caller, resident_id: str) -> residents.Resident:
    """Nobody acts for the dead, and the dead act for nobody. Raises NotFound."""
    resident = residents.hold(caller, resident_id)
    if resident.died_on is not None:
        raise NotFound()
    return resident


def _make_sure_end_is_possible(until: datetime | None) -> None:
    if until is not None and not clock.now() < until <= clock.now() + LONGEST:
        raise problems.UntilIsPast()


def _write(
    resident_id: str, basis: str, relation: str, scopes: Sequence[str], until: datetime | None, **more: object
) -> tuple[Grant, bool]:
    """A new grant; or the open one that says the very same, for whoever asks again has lost the answer. Raises TooManyGrants."""
    said = {"basis": basis, "relation": relation, "scopes": sorted(set(scopes)), "until_at": until, **more}
    open_ones = session().scalars(Grant.open_of(resident_id, clock.now())).all()
    for grant in open_ones:
        if all(getattr(grant, name) == value for name, value in said.items() if name != "recorded_by"):
            return grant, False
    if len(open_ones) >= MOST:
        raise problems.TooManyGrants()
    grant = Grant(id=ids.new(), resident_id=resident_id, state="proposed", proposed_at=clock.now(), **said)
    session().add(grant)
    session().flush()  # the answer shows the row
    return grant, True


def _record(
    caller: Caller, resident_id: str, proxy_id: str, basis: str, relation: str, scopes: Sequence[str], until: datetime
) -> Grant:
    if resident_id == proxy_id:
        raise problems.NotYourself()
    grant, is_new = _write(resident_id, basis, relation, scopes, until, proxy_id=proxy_id, recorded_by=caller.id)
    if not is_new:
        return grant
    grant.state, grant.accepted_at = "active", clock.now()
    _open(grant)
    announce("grant.accepted", grant_id=grant.id, resident_id=resident_id)
    return grant


def _open(grant: Grant) -> None:
    grounds.open_ground(
        resident_id=grant.resident_id,
        grantee_kind="resident",
        grantee_id=str(grant.proxy_id),
        scopes=grant.scopes,
        source="guardianship" if grant.basis == "guardianship" else "grant",
        source_id=grant.id,
        until_at=grant.until_at,
    )


def _end(grant: Grant, *, by: str | None, reason: str | None) -> Grant:
    if grant.state == "ended":
        return grant
    grant.state, grant.ended_at, grant.ended_by, grant.ended_reason = "ended", clock.now(), by, reason
    grounds.end_grounds(grant.id)
    announce("grant.ended", grant_id=grant.id, resident_id=grant.resident_id)
    return grant


def _find(caller: Caller, grant_id: str) -> Grant:
    grant = session().scalars(locked(_either_side(caller).where(Grant.id == grant_id))).first()
    if grant is None:
        raise NotFound()
    trail.note(resident_id=grant.resident_id, subject_id=grant.id)
    return grant


def _either_side(caller: Caller) -> Select[tuple[Grant]]:
    phone_index = caller.row.phone_index if caller.row is not None else None
    return Grant.of_either_side(str(caller.id), phone_index)
