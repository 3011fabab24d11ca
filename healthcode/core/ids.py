"""Names of rows, and secrets that open something. They are not the same thing.

An id is time-ordered and may be seen by anyone; knowing one opens nothing. Whatever opens something is a secret of
at least 128 random bits, and only its digest is stored.
"""

import hashlib
import re
import secrets
import uuid
from datetime import UTC, datetime

from healthcode.core import clock

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new(moment: datetime | None = None) -> str:
    """A new row id: UUIDv7 (RFC 9562), in lowercase. Ordered by the millisecond, at random within one.

    Of this moment, or of the one that the row is about: rows that are asked for by it are then in its order.
    """
    milliseconds = int((moment or clock.now()).timestamp() * 1000)
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def floor(moment: datetime) -> str:
    """The smallest id of a moment: what `new` made from then on is not below it."""
    return str(uuid.UUID(int=int(moment.timestamp() * 1000) << 80))


def made_at(row_id: str) -> datetime:
    """The millisecond in which `new` made an id."""
    return datetime.fromtimestamp((uuid.UUID(row_id).int >> 80) / 1000, UTC)


def is_id(text: str) -> bool:
    """Whether a text has the one form in which ids are written: canonical and lowercase, nothing around it."""
    return _ID.fullmatch(text) is not None


def secret(bits: int = 128) -> str:
    """A secret of so many random bits (whole bytes, 128 or more), as base64url text without padding."""
    if bits < 128 or bits % 8:
        raise ValueError("a secret has at least 128 bits, in whole bytes")
    return secrets.token_urlsafe(bits // 8)


def digest(secret_text: str) -> bytes:
    """SHA-256 of a secret, to store and find it by. Enough for random secrets; never for passwords.

    Takes any text a caller may send, lone surrogates too.
    """
    return hashlib.sha256(secret_text.encode("utf-8", "surrogatepass")).digest()
