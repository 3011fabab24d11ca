"""The forms of the code: what each holds, how it is written, how it is read. Reading proves nothing: see verify."""

import re
from collections.abc import Callable, Set
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from . import armour, cbor, cose
from .cbor import Map, Value
from .cose import ALG, ES256, KCWT, KID, TYP, Sign, Sign1
from .phone_key import PhoneKey
from .refusals import Unreadable

ISS, SUB, AUD, EXP, IAT, CTI, CNF, CNONCE = 1, 2, 3, 4, 6, 7, 8, 39
KEY_BOUND_CWT = 294
"""application/kb+cwt: what a showing says it is."""
REQUEST_TYPE = "hps1"
STATION_ID, STATION_NAME = 2, 3

ANYONE = "h"
"""`aud` of a showing that is bound to no station. Station ids are at least two characters, so none can be this one."""
_STATION_ID = re.compile(r"[A-Za-z0-9_-]{2,23}")
_CITY = re.compile(r"[A-Z]{1,2}")
MAX_NAME = 40

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Audience:
    """For whom a showing was signed: anyone, or one station's one request."""

    aud: str = ANYONE
    cnonce: bytes | None = None


UNBOUND = Audience()


@dataclass(frozen=True, slots=True)
class Certificate:
    """The city says: this phone's key shows this pass until `exp`."""

    kid: bytes
    iss: str
    pass_id: bytes
    exp: int
    phone: PhoneKey
    envelope: Sign1


@dataclass(frozen=True, slots=True)
class Pass:
    """One showing: the phone says `iat`, over the certificate."""

    certificate: Certificate
    audience: Audience
    iat: int
    envelope: Sign1


@dataclass(frozen=True, slots=True)
class Ticket:
    kid: bytes
    iss: str
    pass_id: bytes
    exp: int
    ticket_id: bytes
    envelope: Sign1


@dataclass(frozen=True, slots=True)
class Card:
    kid: bytes
    iss: str
    card_id: bytes
    iat: int
    envelope: Sign1


@dataclass(frozen=True, slots=True)
class StationRequest:
    """What a scanner shows, so that a phone answers this station and this moment. Signed by the device."""

    station_id: str
    station_name: str
    iat: int
    cnonce: bytes
    envelope: Sign1

    @property
    def audience(self) -> Audience:
        return Audience(self.station_id, self.cnonce)


def write_certificate(*, kid: bytes, iss: str, pass_id: bytes, exp: int, phone: PhoneKey, sign: Sign) -> bytes:
    """The bytes a phone keeps and puts into every showing. Raises ValueError for a field out of its bounds."""
    payload: Map = {ISS: _city(iss), SUB: _sized(pass_id, 16), EXP: _moment(exp), CNF: phone.confirmation()}
    return cbor.encode(cose.build(_named(kid), payload, sign))


def write_pass(*, certificate: bytes, iat: int, sign: Sign, audience: Audience = UNBOUND) -> str:
    """A showing, as the phone writes it; `sign` is the phone's key."""
    payload: Map = {AUD: audience.aud, IAT: _moment(iat)}
    if audience.cnonce is not None:
        payload[CNONCE] = audience.cnonce
    _audience(payload)
    protected: Map = {ALG: ES256, KCWT: cbor.decode(certificate), TYP: KEY_BOUND_CWT}
    return armour.wrap(cbor.encode(cose.build(protected, payload, sign)))


def write_ticket(*, kid: bytes, iss: str, pass_id: bytes, exp: int, ticket_id: bytes, sign: Sign) -> str:
    payload: Map = {ISS: _city(iss), SUB: _sized(pass_id, 16), EXP: _moment(exp), CTI: _sized(ticket_id, 8)}
    return armour.wrap(cbor.encode(cose.build(_named(kid), payload, sign)))


def write_card(*, kid: bytes, iss: str, card_id: bytes, iat: int, sign: Sign) -> str:
    payload: Map = {ISS: _city(iss), SUB: _sized(card_id, 16), IAT: _moment(iat)}
    return armour.wrap(cbor.encode(cose.build(_named(kid), payload, sign)))


def write_station_request(*, station_id: str, station_name: str, iat: int, cnonce: bytes, sign: Sign) -> str:
    """What the scanner shows; `sign` is the device's key, `cnonce` 8 bytes drawn for this one request."""
    payload: Map = {
        STATION_ID: _station(station_id),
        STATION_NAME: _name(station_name),
        IAT: _moment(iat),
        CNONCE: _sized(cnonce, 8),
    }
    return armour.wrap(cbor.encode(cose.build({ALG: ES256, TYP: REQUEST_TYPE}, payload, sign)), armour.STATION_REQUEST)


def read(text: object) -> Pass | Ticket | Card:
    """The code in `text`, if its shape is exact: nothing more in any map, nothing less. Raises NotOurs or Unreadable."""
    envelope = cose.open_sign1(cbor.decode(armour.unwrap(text)))
    protected = cbor.decode_map(envelope.protected)
    payload = cbor.decode_map(envelope.payload)
    if protected.keys() == {ALG, KCWT, TYP}:
        return _in_form(partial(_pass, protected, payload, envelope))
    if payload.keys() == {ISS, SUB, EXP, CTI}:
        return _in_form(partial(_ticket, protected, payload, envelope))
    return _in_form(partial(_card, protected, payload, envelope))


def read_certificate(data: bytes) -> Certificate:
    """A certificate by itself, as a phone receives it; Unreadable unless its shape is exact."""
    return _in_form(partial(_certificate, cbor.decode(data)))


def read_station_request(text: object) -> StationRequest:
    envelope = cose.open_sign1(cbor.decode(armour.unwrap(text, armour.STATION_REQUEST)))
    protected = cbor.decode_map(envelope.protected)
    payload = cbor.decode_map(envelope.payload)
    return _in_form(partial(_station_request, protected, payload, envelope))


def _in_form(read_fields: Callable[[], _Read]) -> _Read:
    """The bounds below speak ValueError, so that writers may use them too; a reader calls it unreadable."""
    try:
        return read_fields()
    except ValueError:
        raise Unreadable("not a form of this format") from None


def _pass(protected: Map, payload: Map, envelope: Sign1) -> Pass:
    _is(protected[ALG], ES256)
    _is(protected[TYP], KEY_BOUND_CWT)
    certificate = _certificate(protected[KCWT])
    audience = _audience(payload)
    return Pass(certificate, audience, _moment(payload[IAT]), envelope)


def _certificate(value: Value) -> Certificate:
    envelope = cose.open_sign1(value)
    kid = _kid(cbor.decode_map(envelope.protected))
    payload = cbor.decode_map(envelope.payload)
    _exactly(payload, {ISS, SUB, EXP, CNF})
    phone = PhoneKey.from_confirmation(payload[CNF])
    return Certificate(kid, _city(payload[ISS]), _sized(payload[SUB], 16), _moment(payload[EXP]), phone, envelope)


def _ticket(protected: Map, payload: Map, envelope: Sign1) -> Ticket:
    pass_id, ticket_id = _sized(payload[SUB], 16), _sized(payload[CTI], 8)
    return Ticket(_kid(protected), _city(payload[ISS]), pass_id, _moment(payload[EXP]), ticket_id, envelope)


def _card(protected: Map, payload: Map, envelope: Sign1) -> Card:
    _exactly(payload, {ISS, SUB, IAT})
    return Card(_kid(protected), _city(payload[ISS]), _sized(payload[SUB], 16), _moment(payload[IAT]), envelope)


def _station_request(protected: Map, payload: Map, envelope: Sign1) -> StationRequest:
    _exactly(protected, {ALG, TYP})
    _is(protected[ALG], ES256)
    _is(protected[TYP], REQUEST_TYPE)
    _exactly(payload, {STATION_ID, STATION_NAME, IAT, CNONCE})
    station_id, name = _station(payload[STATION_ID]), _name(payload[STATION_NAME])
    return StationRequest(station_id, name, _moment(payload[IAT]), _sized(payload[CNONCE], 8), envelope)


def _named(kid: bytes) -> Map:
    return {ALG: ES256, KID: _sized(kid, 1)}


def _kid(protected: Map) -> bytes:
    _exactly(protected, {ALG, KID})
    _is(protected[ALG], ES256)
    return _sized(protected[KID], 1)


def _audience(payload: Map) -> Audience:
    """`h` alone, or a station's id together with its challenge; never one without the other."""
    aud = payload.get(AUD)
    if type(aud) is str and aud == ANYONE:
        _exactly(payload, {AUD, IAT})
        return UNBOUND
    _exactly(payload, {AUD, IAT, CNONCE})
    return Audience(_station(aud), _sized(payload[CNONCE], 8))


def _exactly(found: Map, keys: Set[int]) -> None:
    if found.keys() != keys:
        raise ValueError("other keys than the form has")


def _is(value: Value, expected: int | str) -> None:
    if type(value) is not type(expected) or value != expected:
        raise ValueError("another value than the form has")


def _sized(value: Value, size: int) -> bytes:
    if type(value) is not bytes or len(value) != size:
        raise ValueError(f"not {size} bytes")
    return value


def _moment(value: Value) -> int:
    """Whole seconds that fit 32 bits, which keeps the code in its QR version until 2106."""
    if type(value) is not int or not 0 < value < 2**32:
        raise ValueError("not a moment")
    return value


def _city(value: Value) -> str:
    if type(value) is not str or not _CITY.fullmatch(value):
        raise ValueError("not a city code of one or two letters")
    return value


def _station(value: Value | None) -> str:
    if type(value) is not str or not _STATION_ID.fullmatch(value):
        raise ValueError("not a station id")
    return value


def _name(value: Value) -> str:
    if type(value) is not str or not 0 < len(value) <= MAX_NAME or not value.isprintable():
        raise ValueError("not a station's name")
    return value
