"""Asking for a one-time password, and what the message says."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from config import Settings
from healthcode.core import clock, ids
from healthcode.core.db import session
from healthcode.core.outbox import announce, failing
from healthcode.core.secrets import vault
from healthcode.core.words import Words
from healthcode.registry.residents import service as residents
from healthcode.trust.sessions import sms
from healthcode.trust.sessions.models import MessageDay, OneTimePassword
from healthcode.trust.sessions.models import Session as SessionRow
from healthcode.trust.sessions.problems import MessagesPaused, TooManyMessages
from healthcode.trust.sessions.service.places import Device, known_device, queue_up

LIFETIME = timedelta(minutes=5)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_HOUR = 5  # codes for one phone that strangers ask for; a known device has as many of its own
PER_DAY = 10
SEVERAL = 3  # phones that wait in vain: one alone may be a number that does not exist
PER_ADDRESS = 300  # codes of strangers in an hour: thousands of phones may stand behind one address of a carrier


@dataclass(frozen=True)
class Expected:
    """A code is on its way, if the phone exists: seconds until it is over."""

    expires_in: int


@dataclass(frozen=True)
class Message:
    """A text message as it would leave."""

    at: datetime
    phone: str
    digits: str
    words: Words


def request(*, phone: str, device_secret: str | None = None, address: str, settings: Settings) -> Expected:
    """Have a code sent to a phone, whether or not anybody here knows it: everything but the phone is the same.

    Raises Invalid (no phone of this country), TooManyMessages, MessagesPaused.
    """
    number, index = residents.normal_phone(phone), residents.index_of_phone(phone)
    moment = clock.now()
    device = known_device(SessionRow.phone_index == index, device_secret)
    queue_up(f"phone {index.hex()}", device, moment)
    digest = device.digest if device else None
    address_digest = digest_of_address(address)
    _make_sure_it_is_not_too_often(index, device, address_digest, moment)
    if not sms.can_send(settings.sms):
        raise MessagesPaused(retry_after=3600)
    if _is_provider_away(moment):  # better said than waited for
        raise MessagesPaused(retry_after=60)
    OneTimePassword.replace(index, digest, moment)
    row_id, digits = ids.new(), f"{secrets.randbelow(10**6):06d}"
    session().add(
        OneTimePassword(
            id=row_id,
            phone_index=index,
            phone_sealed=_seal("phone", number, row_id),
            device_digest=digest,
            digits_sealed=_seal("digits", digits, row_id),
            digits_digest=digest_of(index, digits),
            address_digest=address_digest,
            created_at=moment,
            expires_at=moment + LIFETIME,
        )
    )
    announce("one-time-password.requested", one_time_password_id=row_id)
    _pay(settings)  # last: everybody's requests of this day queue here
    return Expected(int(LIFETIME.total_seconds()))


def _is_provider_away(moment: datetime) -> bool:
    """Whether several phones wait in vain for what was asked for since the last message left."""
    waiting = failing("one-time-password.requested", since=moment - LIFETIME)
    if len(waiting) < SEVERAL:
        return False
    last = OneTimePassword.last_sent(moment - LIFETIME)
    in_vain = [one.facts["one_time_password_id"] for one in waiting if last is None or one.at > last]
    return OneTimePassword.phones_of(in_vain) >= SEVERAL


def _make_sure_it_is_not_too_often(
    index: bytes, device: Device | None, address_digest: bytes, moment: datetime
) -> None:
    theirs = OneTimePassword.asked_by(index, device.digest if device else None)
    from_here = OneTimePassword.address_digest == address_digest
    if OneTimePassword.asked_since(theirs, moment - HOUR) >= PER_HOUR:
        raise TooManyMessages(retry_after=int(HOUR.total_seconds()))
    if OneTimePassword.asked_since(theirs, moment - DAY) >= PER_DAY:
        raise TooManyMessages(retry_after=int(DAY.total_seconds()))
    if device is None and OneTimePassword.asked_since(from_here, moment - HOUR) >= PER_ADDRESS:
        raise TooManyMessages(retry_after=int(HOUR.total_seconds()))


def _pay(settings: Settings) -> None:
    today = clock.today()
    if not MessageDay.spend(today, price_fen=settings.otp_price_fen, budget_fen=settings.otp_daily_budget_fen):
        tomorrow = clock.start_of(today + DAY)
        raise MessagesPaused(retry_after=int((tomorrow - clock.now()).total_seconds()))


def digest_of(phone_index: bytes, digits: str) -> bytes:
    """What is kept of a code: keyed, and worth nothing for another phone."""
    return vault().blind_index("one-time-password", f"{phone_index.hex()} {digits}")


def digest_of_address(address: str) -> bytes:
    return vault().blind_index("address", address)


def message(row: OneTimePassword) -> Message | None:
    """What to send for a code; None once its digits are gone."""
    if row.digits_sealed is None:
        return None
    digits = _unseal("digits", row.digits_sealed, row.id)
    words = Words(
        zh=f"【健康码】验证码 {digits}，5 分钟内有效。工作人员不会向您索要，请勿告诉他人。",
        en=f"[Health code] {digits} is your one-time password, good for 5 minutes. Nobody of ours will ever ask you for it.",
    )
    return Message(row.created_at, _unseal("phone", row.phone_sealed, row.id), digits, words)


def recent_messages() -> list[Message]:
    """Development: messages that would have left and whose codes nobody has used yet, newest first."""
    waiting = OneTimePassword.digits_sealed.is_not(None) & OneTimePassword.used_at.is_(None)
    recent = (
        select(OneTimePassword)
        .where(waiting, OneTimePassword.created_at > clock.now() - HOUR)
        .order_by(OneTimePassword.created_at.desc(), OneTimePassword.id.desc())
        .limit(50)
    )
    return [found for row in session().scalars(recent) if (found := message(row)) is not None]


def send(one_time_password_id: str, *, key: str, through: sms.Sms) -> None:
    """Send a code that is still good and was not sent yet; then its digits are gone from here."""
    row = session().get(OneTimePassword, one_time_password_id)
    if row is None or row.sent_at is not None or row.expires_at <= clock.now():
        return
    waiting = message(row)
    if waiting is not None and through.send(waiting.phone, waiting.words, key=key):
        row.sent_at, row.digits_sealed = clock.now(), None


def _seal(what: str, text: str, row_id: str) -> bytes:
    return vault().seal_system(text, purpose="one-time-passwords", context=f"one_time_passwords.{what}_sealed:{row_id}")


def _unseal(what: str, sealed: bytes, row_id: str) -> str:
    context = f"one_time_passwords.{what}_sealed:{row_id}"
    return vault().open_system(sealed, purpose="one-time-passwords", context=context).decode()
