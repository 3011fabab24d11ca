"""One referral: found through its own grounds, changed with its history, opened to both sides, and closed to them again."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Select

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, locked, session
from healthcode.core.problems import NotAllowed, NotFound, WrongState
from healthcode.pathways.referrals.models import Referral, ReferralChange
from healthcode.registry.residents import service as residents
from healthcode.trust.grounds import service as grounds

SCOPE = "referral"  # that there is one, and how it stands: both sides
TEXT = "referral:read"  # why, and of whom (masked): both sides
RECORD = "records:read"  # the record itself: the receiver, through the door that asks for consent
GRACE = timedelta(days=14)  # for which both sides still see a referral that is closed


def seen_by(caller: Caller, scope: str = SCOPE) -> Select[tuple[Referral]]:
    """The referrals in sight: of staff, those with a ground of their own; of residents, theirs and those they act for."""
    if caller.kind == "staff":
        return Referral.of_side(str(caller.institution_id), scope)
    return Referral.visible_to(caller)


def look(caller: Caller, referral_id: str) -> Referral:
    """The referral as it is now. Raises NotFound."""
    found = session().scalars(seen_by(caller).where(Referral.id == referral_id)).first()
    if found is None:
        raise NotFound()
    trail.note(resident_id=found.resident_id, subject_id=found.id)
    return found


def hold(caller: Caller, referral_id: str) -> Referral:
    """The referral, held after its person, always in this order. Raises NotFound."""
    found = look(caller, referral_id)
    residents.lock_person(found.resident_id)
    held = session().scalars(locked(seen_by(caller).where(Referral.id == referral_id))).first()
    if held is None:
        raise NotFound()
    return held


def make_sure_receives(caller: Caller, referral: Referral) -> None:
    """Both sides know of it, so the other one is refused openly. Raises NotAllowed."""
    if caller.institution_id != referral.to_institution_id:
        raise NotAllowed()


def make_sure_is(referral: Referral, *states: str) -> None:
    """Raises WrongState."""
    if referral.state not in states:
        raise WrongState(state=referral.state)


def before_person(caller: Caller, referral: Referral) -> Caller:
    """The same caller, for what a referral in hand lets them do with appointments: whoever it is about, and nobody else."""
    person = residents.record(referral.resident_id)
    if person is None:
        raise NotFound()
    return replace(caller, sight=grounds.only_own(person.id))


def seal(referral: Referral, column: str, text: str) -> bytes:
    return residents.seal_text(referral.resident_id, text, context=f"referrals.{column}:{referral.id}")


def change(referral: Referral, state: str, caller: Caller, *, reason: str | None = None) -> None:
    """Write a state, and beside it who brought it about, when and why."""
    referral.state, referral.changed_at = state, clock.now()
    session().flush()  # the change names the row
    change_id = ids.new()
    context = f"referral_changes.reason_sealed:{change_id}"
    sealed = residents.seal_text(referral.resident_id, reason, context=context) if reason else None
    row = {
        "id": change_id,
        "referral_id": referral.id,
        "resident_id": referral.resident_id,
        "state": state,
        "at": clock.now(),
        "by_kind": caller.kind,
        "by_id": caller.id,
        "institution_id": caller.institution_id,
        "appointment_id": referral.appointment_id,
        "reason_sealed": sealed,
    }
    insert_many(ReferralChange, [row])


def open_to_both(referral: Referral) -> None:
    """From now on both sides see it. Nothing else of the resident is opened to the referrer."""
    for institution_id, scopes in (
        (referral.from_institution_id, [SCOPE, TEXT]),
        (referral.to_institution_id, [SCOPE, TEXT, RECORD]),
    ):
        grounds.open_ground(
            resident_id=referral.resident_id,
            grantee_kind="institution",
            grantee_id=institution_id,
            scopes=scopes,
            source="referral",
            source_id=referral.id,
            until_at=None,  # until it is closed
        )


def close_to_both(referral: Referral, *, is_void: bool) -> None:
    """Both sides see how it ended for GRACE; if it came to nothing, the receiver reads no more of the resident at once."""
    if is_void:
        grounds.end_grounds(referral.id, grantee_id=referral.to_institution_id, scopes=[TEXT, RECORD])
    grounds.end_grounds(referral.id, at=clock.now() + GRACE)
