"""ECDSA on P-256 with SHA-256 (ES256), strictly: one curve, one signature form, one public-key form.

Signatures are r || s, 32 bytes each, as JOSE and COSE write them; DER is refused. For every valid (r, s) there is a
second one, (r, n−s), that phones' hardware may produce too: nothing may ever be keyed on a signature's bytes.
"""

import base64
import binascii
import re
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ES256 = ec.ECDSA(hashes.SHA256())
_COORDINATE = re.compile(r"[A-Za-z0-9_-]{43}")


class BadKey(Exception):
    """Not a P-256 public key in the one form that is taken here."""

    def __init__(self) -> None:
        super().__init__("not a P-256 public key")


def generate() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def sign(private: PrivateKey, data: bytes) -> bytes:
    """64 bytes, r || s."""
    r, s = utils.decode_dss_signature(private.sign(data, _ES256))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def verify_raw(public_key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether `signature` (exactly 64 bytes, r || s, both between 0 and n) is this key's over `data`."""
    if len(signature) != 64 or not isinstance(public_key.curve, ec.SECP256R1):
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < _ORDER and 0 < s < _ORDER):
        return False
    try:
        public_key.verify(utils.encode_dss_signature(r, s), data, _ES256)
    except InvalidSignature:
        return False
    return True


def public_jwk(key: PublicKey) -> dict[str, str]:
    """The key as JWK (RFC 7518): kty, crv, x, y, and nothing else."""
    point = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _coordinate(point.x), "y": _coordinate(point.y)}


def load_jwk(jwk: Mapping[str, object]) -> PublicKey:
    """The key in a JWK of exactly kty, crv, x, y. Raises BadKey: other members (`d` above all), curves, sloppy base64,
    points off the curve."""
    if jwk.keys() != {"kty", "crv", "x", "y"} or (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise BadKey()
    numbers = ec.EllipticCurvePublicNumbers(_number(jwk["x"]), _number(jwk["y"]), ec.SECP256R1())
    try:
        return numbers.public_key()
    except ValueError:
        raise BadKey() from None


def _coordinate(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def _number(text: object) -> int:
    if not isinstance(text, str) or not _COORDINATE.fullmatch(text):
        raise BadKey()
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")
    except binascii.Error:
        raise BadKey() from None
    if _coordinate(number) != text:  # 43 characters hold two bits more than 32 bytes; they must be zero
        raise BadKey()
    return number
