"""Personal fields encrypted, and found again without being decrypted.

    master keys ──HKDF──► wrapping key ──wraps──► each person's own key ──seals──► that person's fields
                └─HKDF──► one key per purpose ──seals──► values that belong to no person
    index key ──HKDF──► one key per kind ──HMAC──► blind indexes

Erasing a person is destroying the wrapped key. Unwrapped keys are therefore not cached: unwrapping takes some
microseconds, and a cache would keep the key of somebody who was erased a moment ago.

Every value begins with a version byte; what a master key sealed names that key. AES-256-GCM throughout, random
96-bit nonces. The context ("table.column:row id") is authenticated, so a value moved to another row, column or table
does not open.
"""

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from typing import Any, Protocol, overload

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FIELD = b"\x01"  # version byte: nonce, ciphertext under a key that the reader already has
_UNDER_MASTER = b"\x02"  # version byte: length and id of the master key, nonce, ciphertext
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_MASTER_ID = re.compile(r"[a-z0-9-]{1,16}")


class Unreadable(Exception):
    """A sealed value does not open: changed, moved, cut short, or sealed under a key that is gone. Carries no data."""

    def __init__(self) -> None:
        super().__init__("a sealed value cannot be opened")


class Vault:
    """Holds the master keys and the index key; the only place where either is used."""

    def __init__(self, master_keys: Mapping[str, bytes], index_key: bytes) -> None:
        """`master_keys`: id → 32 bytes, newest first; new values go under the first, all of them open."""
        if not master_keys or not all(_MASTER_ID.fullmatch(name) for name in master_keys):
            raise ValueError("master keys need ids of 1 to 16 small letters, digits and hyphens")
        if any(len(key) != _KEY_BYTES for key in (*master_keys.values(), index_key)):
            raise ValueError("keys are 32 bytes long")
        self._newest = next(iter(master_keys))
        self._masters = dict(master_keys)
        self._index_key = index_key
        # Derived keys by purpose or kind: as many as the code has names for, however much data there is.
        self._purpose_keys: dict[tuple[str, str], bytes] = {}
        self._index_keys: dict[str, bytes] = {}

    # A person's own key

    def new_person_key(self) -> bytes:
        """A fresh 256-bit key for one person, wrapped: store it with the person, `unwrap` it to use it."""
        return self.seal_system(os.urandom(_KEY_BYTES), purpose="person-key", context="")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The person's key. Raises Unreadable."""
        return self.open_system(wrapped, purpose="person-key", context="")

    def rewrap(self, wrapped: bytes) -> bytes:
        """The same person's key under the newest master key; unchanged if it already is. Raises Unreadable."""
        return self.reseal_system(wrapped, purpose="person-key", context="")

    # A person's fields

    @staticmethod
    def seal(plaintext: str | bytes, *, key: bytes, context: str) -> bytes:
        """Encrypt one field under a person's (unwrapped) key. `context` is "table.column:row id"."""
        return _FIELD + _encrypt(plaintext, key, _FIELD + context.encode())

    @staticmethod
    def open(sealed: bytes, *, key: bytes, context: str) -> bytes:
        """What `seal` was given; text comes back as its UTF-8 bytes. Raises Unreadable."""
        if sealed[:1] != _FIELD:
            raise Unreadable()
        return _decrypt(sealed[1:], key, _FIELD + context.encode())

    # Values that belong to no person

    def seal_system(self, plaintext: str | bytes, *, purpose: str, context: str) -> bytes:
        """Encrypt under a key derived from the newest master key for this purpose alone."""
        header = _UNDER_MASTER + bytes([len(self._newest)]) + self._newest.encode()
        return header + _encrypt(plaintext, self._key_for(self._newest, purpose), header + context.encode())

    def open_system(self, sealed: bytes, *, purpose: str, context: str) -> bytes:
        """What `seal_system` was given, under whichever master key it was. Raises Unreadable."""
        master, header = _master_of(sealed)
        return _decrypt(sealed[len(header) :], self._key_for(master, purpose), header + context.encode())

    def reseal_system(self, sealed: bytes, *, purpose: str, context: str) -> bytes:
        """The same value under the newest master key; unchanged if it already is. Raises Unreadable."""
        plaintext = self.open_system(sealed, purpose=purpose, context=context)
        if self.is_newest(sealed):
            return sealed
        return self.seal_system(plaintext, purpose=purpose, context=context)

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a wrapped key or system value is already under the newest master key. Raises Unreadable."""
        return _master_of(sealed)[0] == self._newest

    # Finding without reading

    def blind_index(self, kind: str, normalised: str) -> bytes:
        """32 bytes that stand for a value: equal for equal values of one kind, unrelated between kinds.

        The caller normalises (case, spaces) first: only the very same text is found again.
        """
        key = self._index_keys.get(kind)
        if key is None:
            key = self._index_keys[kind] = _derive(self._index_key, f"healthcode/index/{kind}")
        return hmac.digest(key, normalised.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _key_for(self, master: str, purpose: str) -> bytes:
        if master not in self._masters:
            raise Unreadable()
        key = self._purpose_keys.get((master, purpose))
        if key is None:
            key = self._purpose_keys[master, purpose] = _derive(self._masters[master], f"healthcode/system/{purpose}")
        return key


def _derive(secret: bytes, label: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=_KEY_BYTES, salt=None, info=label.encode()).derive(secret)


def _master_of(sealed: bytes) -> tuple[str, bytes]:
    """The id of the master key that sealed a value, and the header that says so."""
    length = sealed[1] if sealed[:1] == _UNDER_MASTER and len(sealed) > 1 else 0
    header = sealed[: 2 + length]
    master = header[2:].decode("ascii", "replace")
    if not _MASTER_ID.fullmatch(master):
        raise Unreadable()
    return master, header


def _encrypt(plaintext: str | bytes, key: bytes, authenticated: bytes) -> bytes:
    if isinstance(plaintext, str):
        try:
            plaintext = plaintext.encode()
        except UnicodeEncodeError:  # its own text would repeat the value
            raise ValueError("text with lone surrogates cannot be sealed") from None
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, authenticated)


def _decrypt(body: bytes, key: bytes, authenticated: bytes) -> bytes:
    if len(body) < _NONCE_BYTES + _TAG_BYTES:
        raise Unreadable()
    try:
        return AESGCM(key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], authenticated)
    except InvalidTag:
        raise Unreadable() from None


class HasDataKey(Protocol):
    """A row whose sealed fields belong to one person. `data_key` is None once that person was erased."""

    id: Any
    __tablename__: Any

    @property
    def data_key(self) -> bytes | None: ...


class Sealed:
    """A text attribute of a model, kept sealed in a bytes column of the same row.

        name_sealed: Mapped[bytes | None]
        name = Sealed("name_sealed")

    Reads as text, as None where the column is empty or the person was erased; raises Unreadable if it was tampered
    with. Setting needs the row's id first, because the id is part of what is authenticated.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> "Sealed": ...

    @overload
    def __get__(self, row: HasDataKey, owner: type) -> str | None: ...

    def __get__(self, row: HasDataKey | None, owner: type) -> "str | Sealed | None":
        if row is None:
            return self
        sealed, key = getattr(row, self.column), row.data_key
        if sealed is None or key is None:
            return None
        return Vault.open(sealed, key=key, context=self._context(row)).decode()

    def __set__(self, row: HasDataKey, text: str | None) -> None:
        if text is None:
            setattr(row, self.column, None)
            return
        if row.id is None:
            raise ValueError("a sealed field needs the row's id first")
        if row.data_key is None:
            raise Unreadable()
        setattr(row, self.column, Vault.seal(text, key=row.data_key, context=self._context(row)))

    def _context(self, row: HasDataKey) -> str:
        return f"{row.__tablename__}.{self.column}:{row.id}"


_vault: Vault | None = None


def configure(vault: Vault) -> None:
    """Give the house its vault; done once, when the application is assembled."""
    global _vault
    _vault = vault


def vault() -> Vault:
    """The house's vault. Raises RuntimeError before `configure`."""
    if _vault is None:
        raise RuntimeError("the vault is not configured")
    return _vault
