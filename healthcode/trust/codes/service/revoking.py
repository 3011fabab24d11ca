"""Revoking: what could still be shown is stopped, and stands on the published list until it would have died anyway."""

from collections.abc import Sequence

from sqlalchemy import update

from healthcode.core import clock, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_if_absent, insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.trust.codes.models import IssuedCode, Revocation, RevocationCounter


def codes_of(caller: Caller, *, resident_id: str) -> Sequence[IssuedCode]:
    """Every code of this resident that could still be shown, for the page "where is my code"."""
    return (
        session()
        .scalars(
            IssuedCode.visible_to(caller)
            .where(
                IssuedCode.resident_id == resident_id,
                IssuedCode.revoked_at.is_(None),
                IssuedCode.expires_at.is_(None) | (IssuedCode.expires_at > clock.now()),
            )
            .order_by(IssuedCode.issued_at)
            .limit(100)
        )
        .all()
    )


def revoke_code(caller: Caller, *, code_id: str, reason: str) -> None:
    """Stop one code. Raises NotFound for a code that is not the caller's to stop; stopping twice is the same as once."""
    code = session().scalars(IssuedCode.visible_to(caller).where(IssuedCode.id == code_id)).first()
    if code is None:
        raise NotFound()
    trail.note(resident_id=code.resident_id, subject_id=code.id)
    if code.revoked_at is None:
        revoke([code], reason=reason)


def revoke_all_of(resident_id: str, *, reason: str) -> int:
    """Stop everything of this resident: a lost phone, a block, a death. Returns how many."""
    trail.note(resident_id=resident_id)
    return revoke(session().scalars(IssuedCode.alive_of(at=clock.now(), resident_id=resident_id)).all(), reason=reason)


def revoke_form_of(resident_id: str, *, form: str, reason: str) -> int:
    alive = IssuedCode.alive_of(at=clock.now(), resident_id=resident_id).where(IssuedCode.form == form)
    return revoke(session().scalars(alive).all(), reason=reason)


def revoke_under(*, grant_id: str | None = None, session_id: str | None = None, reason: str) -> int:
    """Stop what was issued under a grant, or to a phone's session."""
    alive = IssuedCode.alive_of(at=clock.now(), grant_id=grant_id)
    if session_id is not None:
        alive = alive.where(IssuedCode.session_id == session_id)
    return revoke(session().scalars(alive).all(), reason=reason)


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
