"""Issuing: certificates for a phone's keys, tickets, twenty digits, cards."""

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func

from healthcode.core import clock, secrets, signing, trail
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import NotFound
from healthcode.registry.residents import service as residents
from healthcode.trust.codes import problems
from healthcode.trust.codes.hp1 import digits as twenty
from healthcode.trust.codes.hp1 import windows
from healthcode.trust.codes.hp1.forms import write_card, write_certificate, write_ticket
from healthcode.trust.codes.hp1.phone_key import PhoneKey
from healthcode.trust.codes.models import CodeBlock, IssuedCode
from healthcode.trust.codes.service.revoking import revoke_form_of
from healthcode.trust.grounds import service as grounds

AHEAD = timedelta(days=8)  # a phone may fetch certificates that begin so far ahead: a week offline, and a day to spare
DIGITS_LIFE = timedelta(minutes=3)
MOST_ALIVE = 64  # codes of one resident alive at once: 8 days' passes on several phones, tickets, a card
SHOW = "codes:show"


@dataclass(frozen=True)
class IssuedPass:
    """What a phone keeps for one day: the certificate it puts into every showing."""

    pass_id: str
    certificate: bytes
    valid_from: datetime
    expires_at: datetime


@dataclass(frozen=True)
class IssuedText:
    """A code that the city made whole."""

    code_id: str
    text: str
    expires_at: datetime | None


def issue_passes(caller: Caller, *, resident_id: str, keys: Sequence[dict[str, Any]]) -> list[IssuedPass]:
    """Certify each of the phone's keys for 24 hours from its `valid_from`. Raises KeyNotUsable, CodeBlocked, TooManyCodes.

    Every key gets a pass id of its own, so two days' codes cannot be linked. On a proxy's phone none outlives the grant.
    """
    _make_sure_may_issue(caller, resident_id, more=len(keys))
    support = _support_of(caller, resident_id)
    until = support.until_at if support else None
    issued = [_certify(key["public_key"], _begin(key.get("valid_from"), until)) for key in keys]
    _store(caller, resident_id, "pass", [_row_of(one) for one in issued])
    announce("code.issued", resident_id=resident_id, form="pass", count=len(issued))
    return issued


def _begin(wanted: datetime | None, until: datetime | None) -> datetime:
    """When a certificate begins: now, or later within AHEAD. A past or far wish is moved to what is possible; and one that
    must be over by a moment began a whole life before it, for every certificate lives equally long."""
    now = clock.now().replace(microsecond=0)
    begin = min(max(wanted or now, now), now + AHEAD)
    if until is not None:
        begin = min(begin, until - timedelta(seconds=windows.CERTIFICATE_LIFE))
    return begin.replace(microsecond=0)


def _certify(public_key: dict[str, Any], valid_from: datetime) -> IssuedPass:
    try:
        phone = PhoneKey.of(signing.load_jwk(public_key))
    except (signing.BadKey, ValueError):
        raise problems.KeyNotUsable() from None
    pass_id = os.urandom(16)
    expires_at = valid_from + timedelta(seconds=windows.CERTIFICATE_LIFE)
    signer = signing.keyring().signer("pass")
    certificate = write_certificate(
        kid=signer.kid_bytes,
        iss=signing.issuer(),
        pass_id=pass_id,
        exp=int(expires_at.timestamp()),
        phone=phone,
        sign=lambda data: signing.keyring().sign_raw(signer, data),
    )
    return IssuedPass(str(uuid.UUID(bytes=pass_id)), certificate, valid_from, expires_at)


def _row_of(issued: IssuedPass) -> dict[str, Any]:
    return {"id": issued.pass_id, "valid_from": issued.valid_from, "expires_at": issued.expires_at}


def issue_ticket(caller: Caller, *, resident_id: str) -> IssuedText:
    """A code for a phone without a key of its own: one minute, one use. Raises CodeBlocked, TooManyCodes."""
    _make_sure_may_issue(caller, resident_id, more=1)
    now = clock.now().replace(microsecond=0)
    expires_at = now + timedelta(seconds=windows.SHOWING_AGE)
    code_id, ticket_id = os.urandom(16), os.urandom(8)
    signer = signing.keyring().signer("ticket")
    text = write_ticket(
        kid=signer.kid_bytes,
        iss=signing.issuer(),
        pass_id=code_id,
        exp=int(expires_at.timestamp()),
        ticket_id=ticket_id,
        sign=lambda data: signing.keyring().sign_raw(signer, data),
    )
    issued = IssuedText(str(uuid.UUID(bytes=code_id)), text, expires_at)
    row = {"id": issued.code_id, "ticket_id": ticket_id, "valid_from": now, "expires_at": expires_at}
    _store(caller, resident_id, "ticket", [row])
    return issued


def issue_digits(caller: Caller, *, resident_id: str) -> IssuedText:
    """Twenty digits to type or say: three minutes, one use, online only. Raises CodeBlocked, TooManyCodes."""
    _make_sure_may_issue(caller, resident_id, more=1)
    now = clock.now()
    issued = IssuedText(str(uuid.UUID(bytes=os.urandom(16))), twenty.draw(), now + DIGITS_LIFE)
    row = {
        "id": issued.code_id,
        "digits_index": index_of(issued.text),
        "valid_from": now,
        "expires_at": issued.expires_at,
    }
    _store(caller, resident_id, "digits", [row])
    return issued


def issue_card(caller: Caller, *, resident_id: str) -> IssuedText:
    """A card to print, good until revoked and only with a second check. Ends the cards before it. Raises CodeBlocked."""
    _make_sure_may_issue(caller, resident_id, more=1)
    revoke_form_of(resident_id, form="card", reason="replaced")
    now = clock.now().replace(microsecond=0)
    card_id = os.urandom(16)
    signer = signing.keyring().signer("card")
    text = write_card(
        kid=signer.kid_bytes,
        iss=signing.issuer(),
        card_id=card_id,
        iat=int(now.timestamp()),
        sign=lambda data: signing.keyring().sign_raw(signer, data),
    )
    issued = IssuedText(str(uuid.UUID(bytes=card_id)), text, None)
    _store(caller, resident_id, "card", [{"id": issued.code_id, "valid_from": now, "expires_at": None}])
    announce("code.issued", resident_id=resident_id, form="card", count=1)
    return issued


def index_of(digits: str) -> bytes:
    """What stands for twenty digits in the database; the digits themselves are kept nowhere."""
    return secrets.vault().blind_index("digits", digits)


def _make_sure_may_issue(caller: Caller, resident_id: str, *, more: int) -> None:
    """One resident at a time: the lock row makes the count hold also when many ask at once."""
    trail.note(resident_id=resident_id)
    resident = residents.hold(caller, resident_id)
    if resident.died_on is not None or resident.key_wrapped is None or resident.merged_into_id is not None:
        raise NotFound()
    person = residents.ids_of_person(resident_id)
    if session().scalar(CodeBlock.in_force_for(person).with_only_columns(func.count())):
        raise problems.CodeBlocked()
    alive = IssuedCode.alive(clock.now()).where(IssuedCode.resident_id.in_(person)).with_only_columns(func.count())
    if (session().scalar(alive) or 0) + more > MOST_ALIVE:
        raise problems.TooManyCodes()


def _support_of(caller: Caller, resident_id: str) -> grounds.Support | None:
    """On what a proxy shows another's code; None for one's own, and at a desk."""
    if caller.kind != "resident" or caller.id == resident_id:
        return None
    return grounds.support_of("resident", str(caller.id), resident_id, SHOW)


def _store(caller: Caller, resident_id: str, form: str, rows: list[dict[str, Any]]) -> None:
    """Write what was issued. A showing on somebody else's phone says whose, and under which grant."""
    support = _support_of(caller, resident_id)
    same = {
        "resident_id": resident_id,
        "form": form,
        "shown_by_id": caller.id if support else None,
        "grant_id": support.source_id if support else None,
        "session_id": caller.session_id if caller.kind == "resident" else None,
        "issued_at": clock.now(),
    }
    empty = {"ticket_id": None, "digits_index": None}
    insert_many(IssuedCode, [empty | row | same for row in rows])
