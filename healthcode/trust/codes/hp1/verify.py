"""The whole order of checks, from a stranger's text to a decision.

length → prefix → base45 → CBOR → form → known key, pinned to form, algorithm and dates → certificate: signature, then
window → phone's signature → moment → audience. Each step is bounded and none runs before the one ahead of it. What
needs a memory, revocation and replay, is the caller's: `Verified` carries what to ask for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from . import windows
from .forms import UNBOUND, Audience, Card, Pass, StationRequest, Ticket, read, read_station_request
from .phone_key import PhoneKey
from .refusals import ChallengeMismatch, Forged, NotOurs, Unreadable, WrongStation

Form = Literal["pass", "ticket", "card"]
REVOCATION_PREFIX = 8


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """A city key, good for one form, between two moments (seconds; `expires` None = open), always ES256 on P-256."""

    form: Form
    public_key: ec.EllipticCurvePublicKey
    not_before: int
    expires: int | None = None
    retired: bool = False

    def is_good_at(self, moment: int) -> bool:
        ended = self.expires is not None and moment >= self.expires
        return not self.retired and not ended and moment >= self.not_before


class KeyTable(Protocol):
    """A fixed table of keys. `kid` is one byte a stranger wrote: a key of this table, never a path, URL or query."""

    def find(self, kid: bytes) -> VerifyingKey | None: ...


class Keys:
    """A table held in memory. Two keys under one kid are a mistake of whoever made the list: ValueError."""

    def __init__(self, keys: Iterable[tuple[bytes, VerifyingKey]]) -> None:
        self._keys: dict[bytes, VerifyingKey] = {}
        for kid, key in keys:
            if len(kid) != 1 or kid in self._keys:
                raise ValueError("a kid is one byte and names one key")
            if not isinstance(key.public_key.curve, ec.SECP256R1):
                raise ValueError("a city's key is on P-256")
            self._keys[kid] = key

    def find(self, kid: bytes) -> VerifyingKey | None:
        return self._keys.get(kid)


@dataclass(frozen=True, slots=True)
class Verified:
    """A code whose signatures and moment hold. It is not accepted before revocation and replay were asked."""

    form: Form
    code: Pass | Ticket | Card

    @property
    def kid(self) -> bytes:
        return self.code.certificate.kid if isinstance(self.code, Pass) else self.code.kid

    @property
    def subject(self) -> bytes:
        """16 bytes: the pass id (of a pass or a ticket) or the card id."""
        if isinstance(self.code, Pass):
            return self.code.certificate.pass_id
        return self.code.card_id if isinstance(self.code, Card) else self.code.pass_id

    @property
    def moment(self) -> int:
        """When it was shown (pass), made to be shown (ticket), or printed (card)."""
        if isinstance(self.code, Ticket):
            return self.code.exp - windows.SHOWING_AGE
        return self.code.iat

    @property
    def replay_key(self) -> bytes | None:
        """What may be taken once: pass id and iat (24 bytes), ticket id (8), or None for a card, which is no showing.

        Never a hash of the text: ECDSA signatures are malleable, and other texts carry the same showing.
        """
        if isinstance(self.code, Pass):
            return self.code.certificate.pass_id + self.code.iat.to_bytes(8, "big")
        return self.code.ticket_id if isinstance(self.code, Ticket) else None

    @property
    def revocation_prefixes(self) -> tuple[bytes, ...]:
        """The 8-byte prefixes to look for in the revocation list; one found is enough to refuse."""
        if isinstance(self.code, Ticket):
            return self.code.pass_id[:REVOCATION_PREFIX], self.code.ticket_id
        return (self.subject[:REVOCATION_PREFIX],)


def verify(
    text: object, *, keys: KeyTable, now: int, issuer: str | None = None, audience: Audience = UNBOUND
) -> Verified:
    """Judge `text` at `now` (seconds), or raise one of the Refusal family; nothing else is raised for any `text`.

    `issuer` is the city whose keys `keys` are; a code of another city is NotOurs before its kid is looked up.
    `audience` is the answered request's (`StationRequest.audience`). With one, only a pass signed for that very
    request is taken; without, a pass that was signed for a station is refused, because it was not meant for you.
    """
    code = read(text)
    if isinstance(code, Pass):
        _judge_pass(code, keys, now, issuer)
        _judge_audience(code.audience, audience)
        return Verified("pass", code)
    form: Form = "ticket" if isinstance(code, Ticket) else "card"
    key = _key(code.kid, form, code.iss, now, keys, issuer)
    if not code.envelope.is_signed_by(key.public_key):
        raise Forged("not signed by this key")
    if isinstance(code, Ticket):
        windows.judge_ticket(code.exp, now)
    else:
        windows.judge_card(code.iat, now)
        if code.iat < key.not_before:
            raise NotOurs("made before its key was in force")
    _judge_audience(UNBOUND, audience)
    return Verified(form, code)


def verify_station_request(text: object, *, device_key: ec.EllipticCurvePublicKey, now: int) -> StationRequest:
    """The request that this enrolled device signed within the last three minutes.

    The caller still compares station id and name with where the device stands, and lets a cnonce be used once.
    """
    request = read_station_request(text)
    if not request.envelope.is_signed_by(device_key):
        raise Forged("not signed by this device")
    windows.judge_request(request.iat, now)
    return request


def _judge_pass(code: Pass, keys: KeyTable, now: int, issuer: str | None) -> None:
    certificate = code.certificate
    key = _key(certificate.kid, "pass", certificate.iss, code.iat, keys, issuer)
    if not certificate.envelope.is_signed_by(key.public_key):
        raise Forged("certificate not signed by this key")
    windows.judge_certificate(certificate.exp, code.iat)
    if not code.envelope.is_signed_by(_phone_key(certificate.phone)):
        raise Forged("not signed by this phone")
    windows.judge_showing(code.iat, now)


def _key(kid: bytes, form: Form, iss: str, moment: int, keys: KeyTable, issuer: str | None) -> VerifyingKey:
    if issuer is not None and iss != issuer:
        raise NotOurs("another city")
    key = keys.find(kid)
    if key is None:
        raise NotOurs("unknown key")
    if key.form != form:
        raise NotOurs("a key for another form")
    if not key.is_good_at(moment):
        raise NotOurs("a key out of its dates")
    return key


def _phone_key(phone: PhoneKey) -> ec.EllipticCurvePublicKey:
    try:
        return phone.public_key()
    except ValueError:
        raise Unreadable("the phone's key is no point of the curve") from None


def _judge_audience(signed_for: Audience, expected: Audience) -> None:
    if signed_for == expected:
        return
    if signed_for.cnonce is not None and signed_for.aud != expected.aud:
        raise WrongStation("signed for another station")
    raise ChallengeMismatch("not the answer to this request")
