"""Signed statements: the city's own tokens and documents, and what devices assert. The only file that imports jwt.

A token is read for one purpose or not at all: its key must be for that use, its `typ` must be the one expected, its
header holds nothing else. PyJWT frames and takes apart; the keyring signs; whether a token is still good is judged
here, with this house's clock, because the library would ask the machine's and takes a missing or textual `exp`.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt.algorithms import Algorithm

from healthcode.core import clock
from healthcode.core.keyring import Key, KeyNotForUse, KeyNotInForce, Keyring, UnknownKey, Use, verify_raw
from healthcode.core.p256 import BadKey as BadKey
from healthcode.core.p256 import load_jwk as load_jwk
from healthcode.core.p256 import public_jwk as public_jwk
from healthcode.core.problems import Unreadable
from healthcode.core.wire import read_json, write_json

MAX_BYTES = 8 * 1024  # of a token, unless the reader expects a list
EXPIRY_LEEWAY = 0  # seconds; what this city signed ends when it says
CLOCK_LEEWAY = 30  # seconds; how far another machine's clock may run ahead of ours, or behind
ASSERTION_SECONDS = 300  # how far ahead a device's assertion may expire (RFC 7523: a short while)

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}")
_KID = re.compile(r"(?:token|lists|trail|receipt)-[0-9a-f]{12}")
_NAME = re.compile(r"[A-Za-z0-9._~-]{8,128}")  # of a device, and of one assertion
_ASSERTION_TYPES = (None, "JWT", "client-authentication+jwt")


class BadToken(Exception):
    """
    BadToken
    ├── TokenUnreadable   not written as such tokens are: size, form, header, claims
    ├── TokenForged       no such key, or not this key's signature
    ├── TokenNotForThis   genuine perhaps, but for another purpose, reader or issuer
    └── TokenExpired      over, not begun, or its key is no longer in force

    The texts are fixed; they repeat neither the token nor the library.
    """

    text = "not a token of this house"

    def __init__(self) -> None:
        super().__init__(self.text)


class TokenUnreadable(BadToken):
    text = "the token cannot be read"


class TokenForged(BadToken):
    text = "the signature is not right"


class TokenNotForThis(BadToken):
    text = "the token is for something else"


class TokenExpired(BadToken):
    text = "the token is not in force"


class _Strict(Algorithm):
    """ES256 for PyJWT, by our own strict verification and the keyring's signing, so that an HSM can take its place."""

    def prepare_key(self, key: Any) -> Any:
        if not isinstance(key, Key | EllipticCurvePublicKey):
            raise TypeError("a key object, never text")
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        return keyring().sign_raw(key, msg)

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        return verify_raw(key, sig, msg)

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
        raise NotImplementedError

    @staticmethod
    def from_jwk(jwk: Any) -> Any:
        raise NotImplementedError


_jws = jwt.PyJWS(algorithms=[])
_jws.register_algorithm("ES256", _Strict())

_keyring: Keyring | None = None
_issuer = ""


def configure(keys: Keyring, issuer: str) -> None:
    """Say whose keys sign, and the `iss` that this city writes and expects."""
    global _keyring, _issuer
    _keyring, _issuer = keys, issuer


def issuer() -> str:
    return _issuer


def keyring() -> Keyring:
    """The keyring of this process, for what is signed in another form than tokens. RuntimeError before `configure`."""
    if _keyring is None:
        raise RuntimeError("signing is not configured")
    return _keyring


def sign(use: Use, claims: Mapping[str, Any], *, typ: str, lifetime_seconds: int) -> str:
    """A compact JWS of the claims, with our `iss`, `iat` and `exp` added, by the active key of `use`.

    Raises ValueError for claims that are the house's to set, or that no reader would take.
    """
    if claims.keys() & {"iss", "iat", "exp"}:
        raise ValueError("iss, iat and exp are set here")
    if lifetime_seconds <= 0 or not typ or not _has_textual_names(claims):
        raise ValueError("claims that no reader would take")
    key = keyring().signer(use)
    moment = clock.epoch()
    whole = {"iss": _issuer, "iat": moment, "exp": moment + lifetime_seconds, **claims}
    # PyJWT wants a cryptography key by its types; _Strict takes ours.
    return _jws.encode(write_json(whole), cast(Any, key), algorithm="ES256", headers={"typ": typ, "kid": key.kid})


def read(text: str, *, use: Use, typ: str, audience: str | None = None, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The claims of a token that this city signed for this use, type and audience, and that is in force now.

    Without `audience` a token that names one is refused. Raises BadToken, nothing else, whatever the text is.
    """
    header = _header(text, max_bytes)
    if header.keys() != {"alg", "typ", "kid"} or not _is_kid(header["kid"]):
        raise TokenUnreadable()
    if header["typ"] != typ:
        raise TokenNotForThis()
    key = _key(header["kid"], use)
    claims = _verified(text, key.public)
    if claims.get("iss") != _issuer or claims.get("aud") != audience:
        raise TokenNotForThis()
    _check_times(claims, EXPIRY_LEEWAY)
    if claims["iat"] < int(key.not_before.timestamp()):
        raise TokenExpired()
    return claims


def claimed_issuer(text: str) -> str:
    """Who an assertion says it is from. Believed by nobody yet: only to find the key to read it with.

    Raises BadToken.
    """
    _header(text, MAX_BYTES)
    name = _claims(jwt.utils.base64url_decode(text.split(".")[1])).get("iss")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise TokenUnreadable()
    return name


def read_assertion(text: str, public_key: EllipticCurvePublicKey, *, audience: str, issuer: str) -> dict[str, Any]:
    """The claims by which a device shows that it holds its key (RFC 7523): iss = sub = `issuer`, aud = `audience`,
    exp at most 5 minutes ahead, and a `jti`.

    The caller must take each `jti` only once, and remember it until the returned `exp` plus CLOCK_LEEWAY: until then
    the same text would be read again. Raises BadToken, nothing else, whatever the text is.
    """
    header = _header(text, MAX_BYTES)
    if not header.keys() <= {"alg", "typ", "kid"}:
        raise TokenUnreadable()
    if header.get("typ") not in _ASSERTION_TYPES:
        raise TokenNotForThis()
    claims = _verified(text, public_key)
    if claims.get("iss") != issuer or claims.get("sub") != issuer or claims.get("aud") != audience:
        raise TokenNotForThis()
    claims.setdefault("iat", clock.epoch())  # optional in RFC 7523
    _check_times(claims, CLOCK_LEEWAY)
    if claims["exp"] > clock.epoch() + ASSERTION_SECONDS + CLOCK_LEEWAY:
        raise TokenUnreadable()
    if not _NAME.fullmatch(claims.get("jti", "")):
        raise TokenUnreadable()
    return claims


def _header(text: str, max_bytes: int) -> dict[str, Any]:
    """The header, from a text that has the size and form of a token and says ES256."""
    if not isinstance(text, str) or len(text) > max_bytes or not _COMPACT.fullmatch(text):
        raise TokenUnreadable()
    try:
        header = _jws.get_unverified_header(text)
    except jwt.PyJWTError:
        raise TokenUnreadable() from None
    if header.get("alg") != "ES256":
        raise TokenUnreadable()
    return header


def _is_kid(kid: object) -> bool:
    return isinstance(kid, str) and _KID.fullmatch(kid) is not None


def _key(kid: str, use: Use) -> Key:
    try:
        return keyring().verifier(kid, use, clock.now())
    except KeyNotForUse:
        raise TokenNotForThis() from None
    except KeyNotInForce:
        raise TokenExpired() from None
    except UnknownKey:
        raise TokenForged() from None


def _verified(text: str, public_key: EllipticCurvePublicKey) -> dict[str, Any]:
    try:
        payload = _jws.decode(text, public_key, algorithms=["ES256"])
    except jwt.PyJWTError:
        raise TokenForged() from None
    return _claims(payload)


def _claims(payload: bytes) -> dict[str, Any]:
    """Strictly: no repeated names, no NaN, nothing deep; an object; what must be text is text."""
    try:
        claims = read_json(payload)
    except Unreadable:
        raise TokenUnreadable() from None
    if not isinstance(claims, dict) or not _has_textual_names(claims):
        raise TokenUnreadable()
    return claims


def _has_textual_names(claims: Mapping[str, Any]) -> bool:
    return all(isinstance(claims.get(name, ""), str) for name in ("iss", "sub", "aud", "jti"))


def _check_times(claims: dict[str, Any], leeway: int) -> None:
    """Whole seconds all, `exp` still ahead, `iat` (and `nbf`, if it is there) not."""
    moment = clock.epoch()
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    if any(type(time) is not int for time in times):  # bool is an int to isinstance
        raise TokenUnreadable()
    exp, iat, nbf = cast(list[int], times)
    if exp < iat:
        raise TokenUnreadable()
    if moment >= exp + leeway or max(iat, nbf) > moment + CLOCK_LEEWAY:
        raise TokenExpired()
