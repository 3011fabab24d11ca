"""The phone's public key as a certificate carries it: P-256, x and the sign of y (RFC 9053 §7.1.1)."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .cbor import Map, Value

_CURVE = ec.SECP256R1()
_COSE_KEY, _KTY, _CRV, _X, _Y = 1, 1, -1, -2, -3
_EC2 = 2
_P256 = 1


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """32 bytes of x and whether y is odd. Holding one does not prove that the point exists: `public_key` does."""

    x: bytes
    y_is_odd: bool

    @classmethod
    def of(cls, key: ec.EllipticCurvePublicKey) -> "PhoneKey":
        """Raises ValueError for a key on another curve."""
        if not isinstance(key.curve, ec.SECP256R1):
            raise ValueError("a phone's key is on P-256")
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return cls(point[1:], point[0] == 3)

    @classmethod
    def of_point(cls, x: bytes, y: bytes) -> "PhoneKey":
        """From the two coordinates of a JWK. Raises ValueError for a point that is not on the curve."""
        if len(x) != 32 or len(y) != 32:
            raise ValueError("a coordinate on P-256 is 32 bytes")
        return cls.of(ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, b"\x04" + x + y))

    @classmethod
    def from_confirmation(cls, cnf: Value) -> "PhoneKey":
        """From `{1: {1: 2, -1: 1, -2: x, -3: sign}}` and nothing beside it; else ValueError."""
        key = cnf.get(_COSE_KEY) if type(cnf) is dict and len(cnf) == 1 else None
        if type(key) is not dict or key.keys() != {_KTY, _CRV, _X, _Y}:
            raise ValueError("not a COSE_Key of this format")
        x, y_is_odd = key[_X], key[_Y]
        # `True == 1` in Python and not in CBOR, so types are asked before values.
        if type(key[_KTY]) is not int or key[_KTY] != _EC2 or type(key[_CRV]) is not int or key[_CRV] != _P256:
            raise ValueError("not a P-256 key")
        if type(x) is not bytes or len(x) != 32 or type(y_is_odd) is not bool:
            raise ValueError("not a compressed point")
        return cls(x, y_is_odd)

    def confirmation(self) -> Map:
        return {_COSE_KEY: {_KTY: _EC2, _CRV: _P256, _X: self.x, _Y: self.y_is_odd}}

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Raises ValueError when there is no such point on P-256."""
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, (b"\x03" if self.y_is_odd else b"\x02") + self.x)
