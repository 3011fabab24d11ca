"""Revoking: what could still be shown is stopped, and stands on the published list until it would have died anyway."""

from collections.abc import Sequence

from sqlalchemy import or_, update

from healthcode.core import clock, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.registry.residents import service as residents
from healthcode.trust.codes.models import IssuedCode, Revocation, RevocationCounter
from healthcode.trust.grounds import service as grounds

REVOKE = "codes:revoke"


def codes_of(caller: Caller, *, resident_id: str) -> Sequence[IssuedCode]:
    """Every code of this resident that could still be shown, for the page "where is my code"."""
    return (
        session()
        .scalars(
            IssuedCode.visible_to(caller)
            .where(
                IssuedCode.resident_id.in_(residents.ids_of_person(resident_id)),
                IssuedCode.revoked_at.is_(None),
                IssuedCode.expires_at.is_(None) | (IssuedCode.expires_at > clock.now()),
            )
            .order_by(IssuedCode.issued_at)
            .limit(100)
        )
        .all()
    )


def revoke_code(caller: Caller, *, code_id: str, reason: str) -> None:
    """Stop one code: one's own, one on one's own phone, or as a proxy who may stop them all.

    Raises NotFound for all others; stopping twice is the same as once.
    """
    stoppable = or_(
        IssuedCode.resident_id.in_(residents.ids_of_person(str(caller.id))),
        IssuedCode.shown_by_id == caller.id,
        IssuedCode.resident_id.in_(grounds.residents_opened_to("resident", str(caller.id), [REVOKE])),
    )
    code = session().scalars(IssuedCode.visible_to(caller).where(IssuedCode.id == code_id, stoppable)).first()
    if code is None:
        raise NotFound()
    trail.note(resident_id=code.resident_id, subject_id=code.id)
    if code.revoked_at is None:
        revoke([code], reason=reason)


def revoke_all_of(resident_id: str, *, reason: str) -> int:
    """Stop everything of this resident: a lost phone, a block, a death. Returns how many."""
    trail.note(resident_id=resident_id)
    person = residents.lock_person(resident_id)  # whoever issues holds it too: no code slips through between
    alive = IssuedCode.alive(clock.now()).where(IssuedCode.resident_id.in_(person))
    return revoke(session().scalars(alive).all(), reason=reason)


def report_lost(caller: Caller, *, resident_id: str, reason: str) -> int:
    """Stop everything of this resident; if a phone is in other hands, what is signed in there ends too.

    The session that says so itself stays open. Returns how many codes were stopped.
    """
    if reason in ("lost", "stolen"):
        here = caller.session_id if caller.kind == "resident" else None
        announce("phone.lost", resident_id=resident_id, reported_in_session_id=here)
    return revoke_all_of(resident_id, reason=reason)


def revoke_form_of(resident_id: str, *, form: str, reason: str) -> int:
    person = residents.ids_of_person(resident_id)
    alive = IssuedCode.alive(clock.now()).where(IssuedCode.resident_id.in_(person), IssuedCode.form == form)
    return revoke(session().scalars(alive).all(), reason=reason)


def revoke_under(*, grant_id: str | None = None, session_id: str | None = None, reason: str) -> int:
    """Stop what was issued under a grant, or to a phone's session."""
    under = IssuedCode.grant_id == grant_id if grant_id is not None else IssuedCode.session_id == session_id
    return revoke(session().scalars(IssuedCode.alive(clock.now()).where(under)).all(), reason=reason)


def revoke(codes: Sequence[IssuedCode], *, reason: str) -> int:
    """Stop these, put them on the list under the next versions, and say so."""
    if not codes:
        return 0
    moment = clock.now()
    first = _take_versions(len(codes))
    for code in codes:
        code.revoked_at, code.revoked_reason = moment, reason
    insert_many(
        Revocation,
        [
            {"version": first + place, "prefix": code.prefix, "at": moment, "until_at": code.expires_at}
            for place, code in enumerate(codes)
        ],
    )
    for resident_id in {code.resident_id for code in codes}:
        announce("code.revoked", resident_id=resident_id, reason=reason)
    return len(codes)


def _take_versions(count: int) -> int:
    """The first of `count` new versions. The counter's row lock makes versions appear in their order."""
    insert_if_absent(RevocationCounter, {"id": 1, "version": 0}, unique=("id",))
    last = session().scalar(
        update(RevocationCounter)
        .where(RevocationCounter.id == 1)
        .values(version=RevocationCounter.version + count)
        .returning(RevocationCounter.version)
    )
    return int(last or 0) - count + 1
