"""The signed documents that let a scanner work without us: the key set, the revocation list, the time."""

import base64
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select

from healthcode.core import clock, signing
from healthcode.core.db import session
from healthcode.trust.codes.models import Revocation, RevocationCounter

LIST_LIFE = 24 * 3600  # seconds; from then on a scanner is amber
TIME_LIFE = 60
DELTA_REACH = timedelta(days=8)  # who was away longer gets the whole list


def key_set() -> str:
    """Every published key, signed (JWT, typ healthcode-keys+jwt)."""
    return signing.sign(
        "lists", {"keys": signing.keyring().published()}, typ="healthcode-keys+jwt", lifetime_seconds=LIST_LIFE
    )


def time_statement() -> str:
    """The city's time in milliseconds, signed (JWT, typ healthcode-time+jwt)."""
    now_ms = int(clock.now().timestamp() * 1000)
    return signing.sign("lists", {"now_ms": now_ms}, typ="healthcode-time+jwt", lifetime_seconds=TIME_LIFE)


def revocation_list(*, since: int | None = None) -> str:
    """The ids that were stopped and could still be shown, signed (JWT, typ healthcode-revocations+jwt).

    With `since` only what changed after that version: `ids` came, `removed` died by themselves. Who asks with a
    version that is too old, or that there never was, gets the whole list (`since` null).
    """
    version = session().scalar(select(RevocationCounter.version)) or 0
    is_delta = since is not None and since <= version and not _is_too_old(since)
    alive = Revocation.until_at.is_(None) | (Revocation.until_at > clock.now())
    came = select(Revocation.prefix).where(alive)
    removed: Iterable[bytes] = ()
    if is_delta:
        came = came.where(Revocation.version > since)
        dead = (Revocation.until_at <= clock.now()) & (Revocation.until_at > clock.now() - DELTA_REACH)
        removed = session().scalars(select(Revocation.prefix).where(dead, Revocation.version <= since))
    claims = {
        "version": version,
        "since": since if is_delta else None,
        "ids": _packed(session().scalars(came)),
        "removed": _packed(removed),
    }
    return signing.sign("lists", claims, typ="healthcode-revocations+jwt", lifetime_seconds=LIST_LIFE)


def _is_too_old(since: int) -> bool:
    """Whether something after `since` may already have died out of DELTA_REACH."""
    earliest = session().scalar(select(func.min(Revocation.at)).where(Revocation.version > since))
    return earliest is not None and earliest < clock.now() - DELTA_REACH


def _packed(prefixes: Iterable[bytes]) -> str:
    return base64.urlsafe_b64encode(b"".join(sorted(set(prefixes)))).rstrip(b"=").decode()
