"""Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator app makes them."""

import base64
import hashlib
import hmac
import secrets
import struct

from healthcode.core.secrets import vault

STEP_SECONDS = 30
DIGITS = 6
_NEIGHBOURS = (0, -1, 1)  # a clock may be one step behind or ahead


def digits_at(secret: bytes, step: int) -> str:
    """The digits of one step (RFC 4226, 5.3)."""
    mac = hmac.digest(secret, struct.pack(">Q", step), hashlib.sha1)
    offset = mac[-1] & 0x0F
    number = struct.unpack_from(">I", mac, offset)[0] & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: bytes, digits: str, epoch: int) -> int | None:
    """The step (now, the one before or the next) whose digits these are, or None. `epoch` in seconds."""
    here = epoch // STEP_SECONDS
    # Every neighbour is computed, so that the time taken does not depend on which one it is.
    found = [here + by for by in _NEIGHBOURS if hmac.compare_digest(digits_at(secret, here + by), digits)]
    return found[0] if found else None


def new_secret() -> bytes:
    """160 bits, as RFC 4226 recommends."""
    return secrets.token_bytes(20)


def as_text(secret: bytes) -> str:
    """The secret as authenticator apps take it: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """What `as_text` was given."""
    return base64.b32decode(text + "=" * (-len(text) % 8))


def seal(secret: bytes, *, staff_id: str) -> bytes:
    """The secret as a staff account keeps it."""
    return vault().seal_system(secret, purpose="totp", context=f"staff.totp_sealed:{staff_id}")


def unseal(sealed: bytes, *, staff_id: str) -> bytes:
    """What `seal` was given. Raises core.secrets.Unreadable."""
    return vault().open_system(sealed, purpose="totp", context=f"staff.totp_sealed:{staff_id}")
