"""Passwords of staff: Argon2id, checked in the same time whether or not the account exists."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from healthcode.core import ids


@lru_cache(maxsize=4)
def _hasher(memory_kib: int) -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=memory_kib, parallelism=1)


def hash_of(password: str, *, memory_kib: int) -> str:
    """What to store. `memory_kib` is the cost of every later check; 19456 is OWASP's figure for two passes."""
    return _hasher(memory_kib).hash(password)


@lru_cache(maxsize=4)
def _nobodys(memory_kib: int) -> str:
    """The hash of a password that nobody has, checked where there is no account."""
    return hash_of(ids.secret(), memory_kib=memory_kib)


def is_right(password: str, stored: str | None, *, memory_kib: int) -> bool:
    """Whether the password is the stored one; without a stored one the same work is done, and it never is."""
    nobodys = _nobodys(memory_kib)
    try:
        return _hasher(memory_kib).verify(stored or nobodys, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
