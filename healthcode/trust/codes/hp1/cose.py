"""COSE_Sign1 (RFC 9052) with ES256 and nothing else: untagged, no unprotected header, raw 64-byte signatures."""

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from . import cbor
from .cbor import Map, Value
from .refusals import Unreadable

Sign = Callable[[bytes], bytes]
"""Signs a message with ES256 and gives r || s, 64 bytes: a file key, an HSM and a phone all fit behind it."""

ALG, KID, KCWT, TYP = 1, 4, 13, 16
ES256 = -7
SIGNATURE_BYTES = 64
_ECDSA = ec.ECDSA(SHA256())


@dataclass(frozen=True, slots=True)
class Sign1:
    """One signed envelope, its parts still encoded, exactly as they were signed."""

    protected: bytes
    payload: bytes
    signature: bytes

    def to_be_signed(self) -> bytes:
        return _to_be_signed(self.protected, self.payload)

    def is_signed_by(self, key: ec.EllipticCurvePublicKey) -> bool:
        """True if `key` (P-256) made the signature. Both s and n − s pass: replay is never judged by the text."""
        r, s = self.signature[:32], self.signature[32:]
        der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        try:
            key.verify(der, self.to_be_signed(), _ECDSA)
        except InvalidSignature:
            return False
        return True


def build(protected: Map, payload: Map, sign: Sign) -> Value:
    """A COSE_Sign1 as a CBOR value, still to be encoded or put inside another."""
    head, body = cbor.encode(protected), cbor.encode(payload)
    signature = sign(_to_be_signed(head, body))
    if len(signature) != SIGNATURE_BYTES:
        raise ValueError("an ES256 signature is r || s, 64 bytes")
    return [head, {}, body, signature]


def open_sign1(value: Value) -> Sign1:
    """The envelope in `value`; Unreadable unless its shape is exact. Says nothing yet about who signed."""
    if type(value) is not list or len(value) != 4:
        raise Unreadable("not a COSE_Sign1")
    protected, unprotected, payload, signature = value
    if type(protected) is not bytes or type(payload) is not bytes or type(signature) is not bytes:
        raise Unreadable("not a COSE_Sign1")
    if type(unprotected) is not dict or unprotected:
        raise Unreadable("unprotected header is not empty")
    if len(signature) != SIGNATURE_BYTES:
        raise Unreadable("signature is not 64 bytes")
    return Sign1(protected, payload, signature)


def signer(key: ec.EllipticCurvePrivateKey) -> Sign:
    """`Sign` for a P-256 key held in this process."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(message, _ECDSA))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return cbor.encode(["Signature1", protected, b"", payload])
