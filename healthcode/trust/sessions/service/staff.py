"""Signing in to work: a password, a TOTP code, and a post in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from config import Settings
from healthcode.core import clock, ids
from healthcode.core.caller import Caller
from healthcode.core.db import transaction
from healthcode.core.problems import Refused
from healthcode.registry.institutions import service as institutions
from healthcode.trust.sessions import passwords, totp
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.problems import InstitutionToChoose, SignInWrong
from healthcode.trust.sessions.service.opening import WORKING_DAY, Entrance, SignedIn, Transport, open_session
from healthcode.trust.sessions.service.places import Place, known_device

FREE_TRIES = 50  # wrong ones of one account over all strange places, before all of them must wait
_NOBODYS = bytes(20)  # the TOTP secret of no account


@dataclass(frozen=True)
class Checked:
    """What the slow check found, before any transaction: whose account it is, and whether the password is right."""

    staff_id: str | None
    is_right: bool
    totp_secret: bytes


def check_password(*, username: str, password: str, settings: Settings) -> Checked:
    """The Argon2 half of a sign-in, for `before=`: the same work for an account that does not exist."""
    with transaction("read"):
        member = institutions.staff_called(username)
        known = (member.id, member.password_hash, member.totp_sealed) if member else None
    stored = known[1] if known else None
    is_right = passwords.is_right(password, stored, memory_kib=settings.argon2_memory_kib)
    if known is None:
        return Checked(None, False, _NOBODYS)
    return Checked(known[0], is_right, totp.unseal(known[2], staff_id=known[0]))


def sign_in_staff(
    caller: Caller,
    checked: Checked,
    *,
    username: str,
    totp_digits: str,
    transport: Transport,
    institution_id: str | None = None,
    device_secret: str | None = None,
    is_shared: bool = False,
    address: str,
    settings: Settings,
) -> SignedIn | Refused:
    """Open a working day's session at one institution.

    Raises TooManyTries, InstitutionToChoose; anything wrong is Refused as one and the same, so that it stays counted.
    """
    moment = clock.now()
    theirs = (SessionRow.kind == "staff") & (SessionRow.account_id == checked.staff_id)
    device = known_device(theirs, device_secret)
    place = Place.hold(f"staff {username}", device, address, moment)
    place.make_sure_it_may_try(moment)
    step = totp.step_of(checked.totp_secret, totp_digits, clock.epoch())
    staff_id = checked.staff_id
    if staff_id is None or not checked.is_right or step is None or not institutions.take_totp_step(staff_id, step):
        place.here.count_one(moment)
        if not place.is_known:
            place.account.count_one(moment, free=FREE_TRIES)
        return Refused(SignInWrong())
    roles = institutions.roles_of(staff_id, moment)
    if not roles or institution_id not in {None, *roles}:
        return Refused(SignInWrong())
    place.here.forgive()
    columns = {
        "kind": "staff",
        "account_id": staff_id,
        "institution_id": institution_id or _only_one(roles),
        "idle_seconds": settings.staff_idle_seconds,
    }
    entrance = Entrance(transport, device, is_shared)
    return open_session(caller, entrance, account=theirs, columns=columns, life=WORKING_DAY, settings=settings)


def _only_one(roles: Mapping[str | None, frozenset[str]]) -> str | None:
    """The one institution somebody works at; None for whoever has posts of the city alone. City posts hold everywhere."""
    places = sorted(place for place in roles if place is not None)
    if len(places) > 1:
        # Raised, not returned: the code is not used up, and good for the sign-in that says where.
        raise InstitutionToChoose(institution_ids=places)
    return places[0] if places else None


@dataclass(frozen=True)
class StaffAccount:
    """What a new account of staff is stored with, and the secret its owner types into an authenticator, once."""

    staff_id: str
    password_hash: str
    totp_sealed: bytes
    totp_secret: str  # base32


def new_staff_account(password: str, *, memory_kib: int) -> StaffAccount:
    """Make what signs a member of staff in. Nothing is stored here."""
    staff_id, secret = ids.new(), totp.new_secret()
    password_hash = passwords.hash_of(password, memory_kib=memory_kib)
    return StaffAccount(staff_id, password_hash, totp.seal(secret, staff_id=staff_id), totp.as_text(secret))
