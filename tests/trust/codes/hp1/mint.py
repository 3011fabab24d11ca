"""A small city with fixed keys that can write good codes and, byte by byte, bad ones.

It writes with cbor2 and its own heads, not with the package under test, so that a mistake there is not made twice.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import cbor2
from base45 import b45encode
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from healthcode.trust.codes.hp1.verify import Form, Keys, VerifyingKey

NOW = 1_800_000_000
DAY = 86_400
ISS = "JJ"
PASS_ID = bytes.fromhex("0198f3c27d4e7a6b9c0d1e2f30415263")
CARD_ID = bytes.fromhex("0198f3c27d4e7a6b9c0d1e2f30415299")
TICKET_ID = bytes.fromhex("a1b2c3d4e5f60718")
CNONCE = bytes.fromhex("0011223344556677")
STATION = "JJ-0042"
STATION_NAME = "河口社区卫生服务站"
EXP = NOW + 6 * 3600
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

Dumpable = dict[Any, Any] | bytes


def private_key(name: str) -> ec.EllipticCurvePrivateKey:
    """The same key for the same name, for ever: for tests and vectors only."""
    seed = int.from_bytes(hashlib.sha256(b"HP1 test vectors, not a secret: " + name.encode()).digest(), "big")
    return ec.derive_private_key(seed % (N - 1) + 1, ec.SECP256R1())


PASS_KEY, TICKET_KEY, CARD_KEY = private_key("pass"), private_key("ticket"), private_key("card")
PHONE, OTHER_PHONE, DEVICE = private_key("phone"), private_key("other phone"), private_key("device")
STRANGER = private_key("stranger")


@dataclass(frozen=True)
class Published:
    kid: bytes
    form: Form
    key: ec.EllipticCurvePrivateKey
    not_before: int = NOW - 30 * DAY
    expires: int | None = NOW + 30 * DAY
    retired: bool = False


PUBLISHED = (
    Published(b"\x01", "pass", PASS_KEY),
    Published(b"\x02", "ticket", TICKET_KEY),
    Published(b"\x03", "card", CARD_KEY, expires=None),
    Published(b"\x10", "pass", private_key("retired"), retired=True),
    Published(b"\x11", "pass", private_key("standby"), not_before=NOW + 8 * DAY, expires=NOW + 60 * DAY),
    Published(b"\x12", "pass", private_key("ended"), expires=NOW - 3600),
)
KEYS = Keys(
    (entry.kid, VerifyingKey(entry.form, entry.key.public_key(), entry.not_before, entry.expires, entry.retired))
    for entry in PUBLISHED
)


def dump(value: Dumpable) -> bytes:
    return value if isinstance(value, bytes) else cbor2.dumps(value)


def raw_signature(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    der = key.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor2.dumps(["Signature1", protected, b"", payload])


def envelope(
    protected: Dumpable,
    payload: Dumpable,
    key: ec.EllipticCurvePrivateKey,
    *,
    unprotected: bytes = b"\xa0",
    signature: bytes | None = None,
) -> bytes:
    """COSE_Sign1 over whatever is given; bytes are taken as they are."""
    head, body = dump(protected), dump(payload)
    signed = raw_signature(key, to_be_signed(head, body)) if signature is None else signature
    return b"\x84" + cbor2.dumps(head) + unprotected + cbor2.dumps(body) + cbor2.dumps(signed)


def confirmation(key: ec.EllipticCurvePrivateKey) -> dict[int, Any]:
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return {1: {1: 2, -1: 1, -2: point[1:], -3: point[0] == 3}}


def certificate_claims(**changes: Any) -> dict[Any, Any]:
    claims = {"iss": ISS, "sub": PASS_ID, "exp": EXP, "cnf": confirmation(PHONE)} | changes
    return {1: claims["iss"], 2: claims["sub"], 4: claims["exp"], 8: claims["cnf"]}


def certificate(
    payload: Dumpable | None = None,
    *,
    protected: Dumpable | None = None,
    kid: bytes = b"\x01",
    key: ec.EllipticCurvePrivateKey = PASS_KEY,
    **rest: Any,
) -> bytes:
    head = {1: -7, 4: kid} if protected is None else protected
    return envelope(head, certificate_claims() if payload is None else payload, key, **rest)


def showing_head(cert: bytes, *, alg: Any = -7, typ: Any = 294) -> bytes:
    return b"\xa3\x01" + cbor2.dumps(alg) + b"\x0d" + cert + b"\x10" + cbor2.dumps(typ)


def showing(
    payload: Dumpable | None = None,
    *,
    cert: bytes | None = None,
    protected: bytes | None = None,
    key: ec.EllipticCurvePrivateKey = PHONE,
    iat: int = NOW,
    **rest: Any,
) -> bytes:
    head = showing_head(certificate() if cert is None else cert) if protected is None else protected
    return envelope(head, {3: "h", 6: iat} if payload is None else payload, key, **rest)


def bound_showing(station: Any = STATION, cnonce: Any = CNONCE, **rest: Any) -> bytes:
    return showing({3: station, 6: rest.pop("iat", NOW), 39: cnonce}, **rest)


def ticket(
    payload: Dumpable | None = None,
    *,
    kid: bytes = b"\x02",
    key: ec.EllipticCurvePrivateKey = TICKET_KEY,
    exp: Any = NOW + 60,
    **rest: Any,
) -> bytes:
    claims = {1: ISS, 2: PASS_ID, 4: exp, 7: TICKET_ID} if payload is None else payload
    return envelope(rest.pop("protected", {1: -7, 4: kid}), claims, key, **rest)


def card(
    payload: Dumpable | None = None,
    *,
    kid: bytes = b"\x03",
    key: ec.EllipticCurvePrivateKey = CARD_KEY,
    iat: Any = NOW - DAY,
    **rest: Any,
) -> bytes:
    claims = {1: ISS, 2: CARD_ID, 6: iat} if payload is None else payload
    return envelope(rest.pop("protected", {1: -7, 4: kid}), claims, key, **rest)


def station_request(
    payload: Dumpable | None = None, *, key: ec.EllipticCurvePrivateKey = DEVICE, iat: Any = NOW, **rest: Any
) -> bytes:
    claims = {2: STATION, 3: STATION_NAME, 6: iat, 39: CNONCE} if payload is None else payload
    return envelope(rest.pop("protected", {1: -7, 16: "hps1"}), claims, key, **rest)


def text(data: bytes, prefix: str = "HP1:") -> str:
    return prefix + b45encode(data).decode()


def other_s(data: bytes) -> bytes:
    """The same message with its last signature's s turned into n − s: still a true signature."""
    s = int.from_bytes(data[-32:], "big")
    return data[:-32] + (N - s).to_bytes(32, "big")
