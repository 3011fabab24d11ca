"""Verifying: a code (or another credential) becomes a verification. Online the server always decides.

The insert of the showing is the check: of fifty scanners that read the same showing at once, one is taken. The same
device asking again within a minute lost its answer, and gets the same verification.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import ASKED_AT, insert_if_absent, insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound, Refused
from healthcode.registry.devices import service as devices
from healthcode.registry.residents import service as residents
from healthcode.trust.codes import problems
from healthcode.trust.codes.hp1 import digits as twenty
from healthcode.trust.codes.hp1.forms import UNBOUND, Audience
from healthcode.trust.codes.hp1.refusals import Refusal
from healthcode.trust.codes.hp1.verify import Verified
from healthcode.trust.codes.models import IssuedCode, Showing, Spending, Verification
from healthcode.trust.codes.service import guessing
from healthcode.trust.codes.service.issuing import index_of
from healthcode.trust.codes.service.reading import met, read_code, read_request
from healthcode.trust.grounds import service as grounds

STEPS = ("register", "check-in", "examine", "pay", "collect", "release-records")
VALUABLE = frozenset({"pay", "collect", "release-records"})  # these ask for a code that was made for this station
UNCHECKED = "unchecked"  # read without a line, and online it would have been refused or asked for more
GOOD_FOR = timedelta(minutes=15)  # how long a verification can be spent
VISIT = timedelta(hours=4)  # how long the institution may see what the visit needs
SAME_AGAIN = timedelta(seconds=60)  # a device that asks again so soon lost its answer


@dataclass(frozen=True)
class Shown:
    """A code that holds, with what is known of it: who, in which form, which showing, how sure."""

    code: IssuedCode
    form: str
    showing_key: str
    assurance: str
    audience: Audience = UNBOUND

    @property
    def needs_second_check(self) -> bool:
        return self.form == "card"


def verify(
    caller: Caller, *, code: str, step: str, challenge: str | None = None, second_check: dict[str, Any] | None = None
) -> Verification | Refused:
    """Read a code before this device, at this step. Raises one of the code problems; each lands on the trail.

    Wrong digits and wrong second checks are Refused instead, because their count must stay.
    """
    try:
        return _verify(caller, code, step, challenge, second_check)
    except guessing.WrongTry as wrong:
        return Refused(guessing.count(wrong))


def _verify(
    caller: Caller, code: str, step: str, challenge: str | None, second_check: dict[str, Any] | None
) -> Verification:
    now = clock.now()
    shown = _read_digits(caller, code) if code.isdigit() else _read_text(caller, code, challenge, now)
    shown = _second_check(caller, shown, step, second_check)
    return _take(caller, shown, step, now)


def _read_text(caller: Caller, text: str, challenge: str | None, now: datetime) -> Shown:
    audience = UNBOUND
    if challenge is not None:
        audience = read_request(challenge, device=devices.enrolled(str(caller.id)), at=now)
    verified = read_code(text, at=now, audience=audience)
    code, is_good = find_presented(verified, at=now)
    if not is_good:
        raise problems.CodeRevoked()
    return Shown(code, verified.form, key_of(verified), "bound" if audience != UNBOUND else "shown", audience)


def _read_digits(caller: Caller, text: str) -> Shown:
    """The typed fallback. Wrong ones are counted for the device, which must wait after a few."""
    place = guessing.digits_at(caller.id)
    guessing.make_sure_may_try(place)
    try:
        digits = twenty.read(text)
    except Refusal as refusal:
        raise met(refusal) from None
    now = clock.now()
    row = session().execute(_spoken(), {"digits_index": index_of(digits), "at": now}).first()
    if row is None:
        raise guessing.WrongTry(place, problems.CodeNotOurs())
    guessing.forgive(place)
    code: IssuedCode = row[0]
    _note(code)
    if not _is_good(code, grant_stands=row[1], at=now):
        raise problems.CodeRevoked()
    if code.expires_at is None or code.expires_at <= now:
        raise problems.CodeExpired()
    return Shown(code, "digits", f"d:{code.id}", "shown")


def find_presented(verified: Verified, *, at: datetime) -> tuple[IssuedCode, bool]:
    """The issued code behind a text whose signature holds, and whether it was good at that moment. Raises CodeNotOurs."""
    named = {"code_id": str(uuid.UUID(bytes=verified.subject)), "at": at}
    row = session().execute(_presented(), named).first()
    if row is None or row[0].form != verified.form:
        raise problems.CodeNotOurs()
    code: IssuedCode = row[0]
    _note(code)
    return code, _is_good(code, grant_stands=row[1], at=at)


# Beside the code a column: whether the grant it was issued under stands at a moment. Asked, never remembered; only the
# statements are, which are the same for every code.


@cache
def _presented() -> Select[tuple[IssuedCode, bool]]:
    return IssuedCode.presented(bindparam("code_id")).add_columns(grounds.stands_on(IssuedCode.grant_id, ASKED_AT))


@cache
def _spoken() -> Select[tuple[IssuedCode, bool]]:
    return IssuedCode.spoken(bindparam("digits_index")).add_columns(grounds.stands_on(IssuedCode.grant_id, ASKED_AT))


def _note(code: IssuedCode) -> None:
    trail.note(resident_id=code.resident_id, subject_id=code.id)


def _is_good(code: IssuedCode, *, grant_stands: bool, at: datetime) -> bool:
    """Not revoked, its grant not ended, and neither its record nor the one that leads on dead or erased: else the code
    says nothing any more, and no word about the person."""
    is_revoked = code.revoked_at is not None and code.revoked_at <= at
    is_orphaned = code.shown_by_id is not None and not grant_stands
    return not (is_revoked or is_orphaned or any(_is_gone(one, at) for one in (code.resident, _person(code))))


def _person(code: IssuedCode) -> residents.Resident:
    return residents.living_record(code.resident)


def _is_gone(record: residents.Resident, at: datetime) -> bool:
    return record.is_erased or (record.died_on is not None and record.died_on <= clock.day_of(at))


def key_of(verified: Verified) -> str:
    """The key of the replay memory: (pass id, iat) or the ticket id. A card is no showing: each reading is its own."""
    key = verified.replay_key
    return f"{verified.form}:{key.hex()}" if key is not None else f"card:{ids.new()}"


def _second_check(caller: Caller, shown: Shown, step: str, check: dict[str, Any] | None) -> Shown:
    """A card needs a look at a document or the face; so does a valuable step without a code bound to this station."""
    if check is None:
        if shown.needs_second_check:
            raise problems.CodeNeedsSecondCheck()
        if step in VALUABLE and shown.assurance != "bound":
            raise problems.ChallengeNeeded()
        return shown
    if check["kind"] == "document":
        place = guessing.second_checks_of(shown.code.id)
        guessing.make_sure_may_try(place)
        paper = {"kind": check["document_kind"], "country": check.get("country"), "number": check["number"]}
        if not residents.holds_document(shown.code.resident_id, **paper):
            raise guessing.WrongTry(place, problems.SecondCheckFailed())
        guessing.forgive(place)
    return shown if shown.assurance == "bound" else replace(shown, assurance="attended")


def _take(caller: Caller, shown: Shown, step: str, now: datetime) -> Verification:
    """Accept the showing, once, and write what it opens."""
    verification_id = ids.new()
    if not remember_showing(caller, shown.showing_key, verification_id, now, shown.audience):
        return _same_again(caller, shown.showing_key, now)
    return write_verification(
        caller,
        code=shown.code,
        form=shown.form,
        assurance=shown.assurance,
        step=step,
        read_at=now,
        verification_id=verification_id,
    )


def remember_showing(
    caller: Caller, key: str, verification_id: str, read_at: datetime, audience: Audience = UNBOUND
) -> bool:
    """Put a showing into the replay memory; False if it, or another answer to the same request, is there.

    The unique keys decide every race.
    """
    row = {
        "id": ids.new(),
        "key": key,
        "answers": f"{caller.id}:{audience.cnonce.hex()}" if audience.cnonce is not None else None,
        "verification_id": verification_id,
        "device_id": caller.id if caller.kind == "device" else None,
        "institution_id": caller.institution_id,
        "read_at": read_at,
    }
    return insert_if_absent(Showing, row)


def _same_again(caller: Caller, key: str, now: datetime) -> Verification:
    taken = find_showing(key)
    if taken is None:  # the showing is new, but the request it answers was answered before
        raise problems.ChallengeMismatch()
    if taken.device_id != caller.id or now - taken.read_at > SAME_AGAIN:
        raise problems.CodeAlreadyUsed()
    return session().scalars(Verification.again(taken.verification_id)).one()


def find_showing(key: str) -> Showing | None:
    return session().scalars(select(Showing).where(Showing.key == key)).first()


def write_verification(
    caller: Caller,
    *,
    code: IssuedCode | None,
    form: str,
    assurance: str,
    step: str,
    read_at: datetime,
    verification_id: str,
    resident: residents.Resident | None = None,
    is_offline: bool = False,
) -> Verification:
    """The row, the ground it opens for the visit, and the event, in the transaction of the showing.

    What is UNCHECKED opens nothing: it is only known that somebody was there.
    """
    resident = residents.living_record(resident or code.resident)  # type: ignore[union-attr]  # one of the two is given
    row = {
        "id": verification_id,
        "resident_id": resident.id,
        "institution_id": caller.institution_id,
        "device_id": caller.id if caller.kind == "device" else None,
        "staff_id": caller.id if caller.kind == "staff" else None,
        "code_id": code.id if code else None,
        "shown_by_id": code.shown_by_id if code else None,
        "form": form,
        "assurance": assurance,
        "step": step,
        "read_at": read_at,
        "expires_at": read_at + GOOD_FOR,
        "is_offline": is_offline,
    }
    insert_many(Verification, [row])
    if assurance != UNCHECKED:
        grounds.open_ground(
            resident_id=resident.id,
            grantee_kind="institution",
            grantee_id=str(caller.institution_id),
            scopes=[grounds.VISIT],
            source="verification",
            source_id=verification_id,
            until_at=read_at + VISIT,
        )
    announce("code.verified", verification_id=verification_id, resident_id=resident.id, form=form, step=step)
    return Verification(**row, resident=resident)  # as it was written, for the answer


def verify_document(
    caller: Caller, *, kind: str, number: str, step: str, country: str | None = None, birth_order: int | None = None
) -> Verification | Refused:
    """A document in the hand of the staff, typed in: an adapter that ends in the same verification.

    Raises Invalid, CodeRevoked. Numbers that nobody holds are counted: a desk is no place to try out numbers.
    """
    place = guessing.documents_at(caller.id)
    guessing.make_sure_may_try(place)
    resident = residents.holder_of(kind=kind, country=country, number=number, birth_order=birth_order)
    if resident is None:
        return Refused(guessing.count(guessing.WrongTry(place, problems.NobodyFound())))
    trail.note(resident_id=resident.id, purpose=step)
    if _is_gone(resident, clock.now()):
        raise problems.CodeRevoked()
    return write_verification(
        caller,
        code=None,
        form=kind,
        assurance="attended",
        step=step,
        read_at=clock.now(),
        verification_id=ids.new(),
        resident=resident,
    )


def spend(verification_id: str, *, purpose: str, institution_id: str) -> Verification:
    """Use a verification for one purpose, once, within GOOD_FOR, where it was made. For the rooms above.

    Raises NotFound, VerificationEnded, AlreadySpent.
    """
    verification = session().scalars(Verification.again(verification_id)).first()
    if verification is None or verification.institution_id != institution_id:
        raise NotFound()
    if verification.expires_at <= clock.now() or verification.assurance == UNCHECKED:
        raise problems.VerificationEnded()
    row = {"id": ids.new(), "verification_id": verification_id, "purpose": purpose, "spent_at": clock.now()}
    if not insert_if_absent(Spending, row, unique=("verification_id", "purpose")):
        raise problems.AlreadySpent()
    trail.note(resident_id=verification.resident_id, purpose=purpose, subject_id=verification.id)
    return verification


def is_spent(verification_id: str, *, purpose: str) -> bool:
    """Whether `spend` would find that this verification served this purpose already."""
    spent = select(Spending.id).where(Spending.verification_id == verification_id, Spending.purpose == purpose)
    return session().scalar(spent) is not None


def find_verification(caller: Caller, *, verification_id: str) -> Verification:
    """A verification that still holds at the institution that made it. For the agenda.

    Raises NotFound for one that was made elsewhere, VerificationEnded for one that is over or opens nothing.
    """
    verification = (
        session()
        .scalars(
            Verification.visible_to(caller).where(
                Verification.id == verification_id, Verification.institution_id == caller.institution_id
            )
        )
        .first()
    )
    if verification is None:
        raise NotFound()
    if verification.expires_at <= clock.now() or verification.assurance == UNCHECKED:
        raise problems.VerificationEnded()
    trail.note(resident_id=verification.resident_id, purpose="agenda", subject_id=verification.id)
    return verification
