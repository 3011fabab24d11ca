"""The city's signing keys: one per purpose, with dates, each replaced before it is needed.

    standby ──rotate──► active ──rotate──► retired
    published, waiting   signs              verifies what it signed; its private half is destroyed

A standby is published 8 days ahead, longer than a scanner may be offline, so that switching to it surprises nobody.
A retired key stays published: a receipt must be provable in ten years. A leaked one stays too, in force at no moment.

This is the seam where a KMS or HSM goes: the rest of the house calls `signer`, `sign_raw`, `verifier` and `published`,
and never touches a private key. Here, for development and small towns, each key is a file of a folder, mode 0600: its
dates in the clear, its private half sealed by the vault, everything authenticated, so that a changed date or a foreign
key in the folder is noticed. Several processes share the folder: writers take a file lock and replace whole files,
readers look at most once a second whether anything changed.
"""

import base64
import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

import structlog
from cryptography.hazmat.primitives import serialization

from healthcode.core import clock, p256
from healthcode.core.p256 import verify_raw as verify_raw
from healthcode.core.secrets import Unreadable, Vault

log = structlog.get_logger()

Use = Literal["pass", "ticket", "card", "token", "lists", "trail", "receipt"]
State = Literal["standby", "active", "retired"]
USES: tuple[Use, ...] = get_args(Use)
CODE_USES: tuple[Use, ...] = ("pass", "ticket", "card")  # their kid is one byte of a QR code, unique over all three

STANDBY_AHEAD = timedelta(days=8)
_SKEW = timedelta(minutes=5)  # a phone's clock may run so far behind the key that was just made
_YEAR = timedelta(days=365)
# How long after it was made a key's signatures count at most, and how long after it retired.
_LIFE = dict.fromkeys(USES, 5 * _YEAR) | {"card": 30 * _YEAR, "trail": 30 * _YEAR, "receipt": 30 * _YEAR}
_TAIL = {
    "pass": timedelta(days=9),  # phones fetch certificates for seven days ahead
    "ticket": timedelta(hours=1),
    "card": 30 * _YEAR,  # a card is good until revoked
    "token": timedelta(days=1),
    "lists": timedelta(days=9),  # stations may be offline with the last list they had
    "trail": 30 * _YEAR,
    "receipt": 30 * _YEAR,
}
_NOTICE = timedelta(days=365)
_LAST_CODE_KID = 0xFF
_RELOAD_SECONDS = 1.0


class KeyringError(Exception):
    """
    KeyringError
    ├── UnknownKey        no key of that name, or none for that use
    ├── KeyNotForUse      a key, but for another purpose
    ├── KeyNotInForce     not at that moment: not yet, no longer, leaked, or only for verifying
    ├── StandbyTooYoung   not yet published long enough for everybody to know it
    ├── KidsExhausted     all 255 one-byte names are spent
    └── KeyringDamaged    a file is not as it was written
    """


class UnknownKey(KeyringError):
    pass


class KeyNotForUse(KeyringError):
    pass


class KeyNotInForce(KeyringError):
    pass


class StandbyTooYoung(KeyringError):
    pass


class KidsExhausted(KeyringError):
    pass


class KeyringDamaged(KeyringError):
    pass


@dataclass(frozen=True)
class Key:
    """One key. Its signatures count at moments in [not_before, expires)."""

    kid: str  # two hex digits for codes, text such as "token-20263f9a01c2" for the others
    use: Use
    state: State
    created_at: datetime
    state_since: datetime
    not_before: datetime
    expires: datetime
    public: p256.PublicKey
    private: p256.PrivateKey | None = field(default=None, repr=False, compare=False)  # None once retired
    alg: Literal["ES256"] = "ES256"

    @property
    def kid_bytes(self) -> bytes:
        """The kid as COSE carries it: one byte. Raises ValueError for the keys of tokens, lists and trail."""
        return bytes.fromhex(self.kid)

    def covers(self, moment: datetime) -> bool:
        return self.not_before <= moment < self.expires

    def activated(self) -> "Key":
        return replace(self, state="active", state_since=clock.now())

    def retired(self, *, leaked: bool = False) -> "Key":
        """The same key without its private half; in force at no moment at all if it leaked."""
        moment = clock.now()
        expires = self.not_before if leaked else min(self.expires, moment + _TAIL[self.use])
        return replace(self, state="retired", state_since=moment, expires=expires, private=None)


class Keyring:
    """The keys in one folder. Threads and processes may share it."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        """Raises KeyringDamaged if a file does not hold what was written into it. An empty folder is no error:
        `ensure` fills it."""
        self._folder = folder
        self._vault = vault
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._keys: Mapping[str, Key] = {}
        self._seen: frozenset[tuple[str, int, int]] = frozenset()
        self._look_again = 0.0
        self.reload()

    # Asking

    def signer(self, use: Use) -> Key:
        """The key that signs for this use now. Raises UnknownKey, KeyNotInForce."""
        key = self._newest(self._current(), use, "active")
        if key is None:
            raise UnknownKey("no active key for this use")
        if not key.covers(clock.now()):
            raise KeyNotInForce("the active key is past its end")
        return key

    def sign_raw(self, by: Use | Key, data: bytes) -> bytes:
        """ES256 over `data`: 64 bytes, r || s. `by` a use, or a key that `signer` gave."""
        key = by if isinstance(by, Key) else self.signer(by)
        if key.private is None:
            raise KeyNotInForce("a retired key does not sign")
        return p256.sign(key.private, data)

    def known(self, kid: str | bytes) -> Key | None:
        """The key of that name, whatever its use and dates: for who checks them against its own moment."""
        if isinstance(kid, bytes):
            kid = kid.hex() if len(kid) == 1 else ""
        return self._current().get(kid)

    def verifier(self, kid: str | bytes, use: Use, at: datetime) -> Key:
        """The key of that name, if it is for this use and counts at the moment `at`.

        `kid` comes from outside: it is looked up in a table and used for nothing else. One-byte kids may be given as
        bytes. Raises UnknownKey, KeyNotForUse, KeyNotInForce.
        """
        key = self.known(kid)
        if key is None:
            raise UnknownKey("no key of that name")
        if key.use != use:
            raise KeyNotForUse("the key is for another use")
        if not key.covers(at):
            raise KeyNotInForce("the key is not in force at that moment")
        return key

    def published(self) -> list[dict[str, Any]]:
        """Every key there is or was, for the key-set document; public halves only."""
        keys = sorted(self._current().values(), key=lambda key: (USES.index(key.use), key.created_at, key.kid))
        return [
            {
                "kid": key.kid,
                "use": key.use,
                "alg": key.alg,
                **p256.public_jwk(key.public),
                "nbf": int(key.not_before.timestamp()),
                "exp": int(key.expires.timestamp()),
                "status": key.state,
            }
            for key in keys
        ]

    def complaints(self) -> list[str]:
        """What an operator should know about the keys' dates; empty when all is well."""
        told = []
        for use in USES:
            active = self._newest(self._current(), use, "active")
            if active is None:
                told.append(f"no active key for {use}")
            elif active.expires - clock.now() < _NOTICE:
                told.append(f"key {active.kid} for {use} ends on {active.expires.date()}: rotate it")
        return told

    # Changing

    def ensure(self) -> None:
        """Make whatever is missing: for each use one active key and one standby. Any number of processes may call it
        at once. Heals a rotation that was cut short, and moves files to the vault's newest master key."""
        with self._writing():
            for key in list(self._keys.values()):
                if not self._is_sealed_newly(key.kid):
                    self._write(key)
            for use in USES:
                self._complete(use)

    def new(self, use: Use) -> Key:
        """Make and publish a further standby."""
        with self._writing():
            return self._make(use)

    def rotate(self, use: Use, *, at_once: bool = False) -> Key:
        """Let the standby sign from now on, retire the key before it, and make the next standby.

        Raises StandbyTooYoung before the standby was published for 8 days; `at_once` overrules that after a leak
        (scanners that are offline then show amber until they have fetched the key set).
        """
        with self._writing():
            standby = self._oldest(use, "standby")
            if standby is None:
                raise UnknownKey("no standby for this use")
            if not at_once and clock.now() - standby.created_at < STANDBY_AHEAD:
                raise StandbyTooYoung("the standby was not yet published for 8 days")
            # The new signer first: a crash after any one of these steps leaves somebody who can sign.
            signer = standby.activated()
            self._write(signer)
            self._complete(use, signer)
            return signer

    def retire(self, kid: str, *, leaked: bool = False) -> Key:
        """Take one key out of use; what is missing then (a signer, a standby) is put in its place at once.

        What a leaked key signed counts no longer, whenever it was signed. Raises UnknownKey.
        """
        with self._writing():
            key = self._keys.get(kid)
            if key is None:
                raise UnknownKey("no key of that name")
            if leaked or key.state != "retired":
                self._write(key.retired(leaked=leaked))
            self._complete(key.use)
            return self._keys[kid]

    def _complete(self, use: Use, signer: Key | None = None) -> None:
        """Leave exactly one active key of a use (`signer`, else the latest), and a standby behind it."""
        signer = signer or self._newest(self._keys, use, "active")
        if signer is None:
            signer = (self._oldest(use, "standby") or self._make(use)).activated()
            self._write(signer)
        for key in list(self._keys.values()):
            if (key.use, key.state) == (use, "active") and key.kid != signer.kid:
                self._write(key.retired())
        if self._oldest(use, "standby") is None:
            self._make(use)

    def _make(self, use: Use) -> Key:
        moment = clock.now()
        private = p256.generate()
        key = Key(
            kid=self._next_code_kid() if use in CODE_USES else f"{use}-{moment.year:04}{secrets.token_hex(4)}",
            use=use,
            state="standby",
            created_at=moment,
            state_since=moment,
            not_before=moment - _SKEW,
            expires=moment + _LIFE[use],
            public=private.public_key(),
            private=private,
        )
        self._write(key)
        return key

    def _next_code_kid(self) -> str:
        """A byte never given before, not even to a key whose file somebody has removed."""
        mark = self._folder / "last-code-kid"
        given = [int(key.kid, 16) for key in self._keys.values() if key.use in CODE_USES]
        if mark.exists():
            given.append(int(mark.read_text(), 16))
        following = max(given, default=0) + 1
        if following > _LAST_CODE_KID:
            raise KidsExhausted("every one-byte kid has been used")
        self._replace(mark, f"{following:02x}".encode())
        return f"{following:02x}"

    @staticmethod
    def _newest(keys: Mapping[str, Key], use: Use, state: State) -> Key | None:
        found = (key for key in keys.values() if (key.use, key.state) == (use, state))
        return max(found, key=lambda key: (key.state_since, key.created_at, key.kid), default=None)

    def _oldest(self, use: Use, state: State) -> Key | None:
        found = (key for key in self._keys.values() if (key.use, key.state) == (use, state))
        return min(found, key=lambda key: (key.created_at, key.kid), default=None)

    # The folder

    def reload(self) -> None:
        """Read the folder now. Raises KeyringDamaged, and then keeps the keys it had."""
        seen = self._look()
        self._keys = {key.kid: key for key in (self._read(self._folder / name) for name, _, _ in sorted(seen))}
        self._seen = seen

    def _current(self) -> Mapping[str, Key]:
        """The keys as they were at most a second ago."""
        if clock.ticks() >= self._look_again:
            self._look_again = clock.ticks() + _RELOAD_SECONDS
            try:
                if self._look() != self._seen:
                    self.reload()
            except (KeyringDamaged, OSError):
                # A process that runs goes on with the keys it knows to be good; one that starts does not start.
                log.error("keyring_damaged")
        return self._keys

    def _look(self) -> frozenset[tuple[str, int, int]]:
        """What tells a changed folder: a replaced file has another inode even within one tick of the file clock."""
        with os.scandir(self._folder) as entries:
            found = ((entry.name, entry.stat()) for entry in entries if _FILE.fullmatch(entry.name))
            return frozenset((name, stat.st_ino, stat.st_mtime_ns) for name, stat in found)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the folder against other writers, beginning with what they left."""
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.reload()
            yield
            self.reload()

    def _write(self, key: Key) -> None:
        record = {
            "kid": key.kid,
            "use": key.use,
            "alg": key.alg,
            "state": key.state,
            **{name: getattr(key, name).isoformat() for name in _MOMENTS},
            "public": p256.public_jwk(key.public),
        }
        sealed = self._vault.seal_system(_pem(key.private), purpose="keyring", context=_canonical(record))
        record["sealed"] = base64.b64encode(sealed).decode()
        self._replace(self._folder / f"{key.kid}.json", json.dumps(record, indent=1).encode())
        self._keys = {**self._keys, key.kid: key}

    def _read(self, path: Path) -> Key:
        try:
            record = json.loads(path.read_bytes())
            sealed = base64.b64decode(record.pop("sealed"), validate=True)
            pem = self._vault.open_system(sealed, purpose="keyring", context=_canonical(record))
            private = serialization.load_pem_private_key(pem, password=None) if pem else None
            public = p256.load_jwk(record.pop("public"))
            moments = {name: datetime.fromisoformat(record.pop(name)) for name in _MOMENTS}
            key = Key(**record, **moments, public=public, private=private)  # type: ignore[arg-type]  # authentic, so P-256
        except (OSError, ValueError, KeyError, TypeError, AttributeError, Unreadable, p256.BadKey):
            raise KeyringDamaged(f"{path.name} is not as it was written") from None
        if path.name != f"{key.kid}.json":
            raise KeyringDamaged(f"{path.name} is not as it was written")
        return key

    def _is_sealed_newly(self, kid: str) -> bool:
        record = json.loads((self._folder / f"{kid}.json").read_bytes())
        return self._vault.is_newest(base64.b64decode(record["sealed"]))

    def _replace(self, path: Path, content: bytes) -> None:
        """Write a whole file or nothing, and have it on the disk before anyone sees it."""
        draft = path.with_name(f".{path.name}.new")  # one writer at a time holds the lock
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


_FILE = re.compile(r"[a-z0-9-]{2,40}\.json")
_MOMENTS = ("created_at", "state_since", "not_before", "expires")


def _pem(private: p256.PrivateKey | None) -> bytes:
    if private is None:
        return b""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return private.private_bytes(encoding, form, serialization.NoEncryption())


def _canonical(record: Mapping[str, Any]) -> str:
    return json.dumps(record, sort_keys=True, separators=(",", ":"))
