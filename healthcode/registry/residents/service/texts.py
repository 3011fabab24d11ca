"""Texts about a person that other rooms keep, sealed under the person's own key: erasing the person erases them too."""

from collections.abc import Sequence
from dataclasses import dataclass

from healthcode.core import secrets
from healthcode.core.db import session
from healthcode.core.problems import NotFound
from healthcode.core.secrets import Vault
from healthcode.registry.residents.models import Resident


@dataclass(frozen=True)
class SealedText:
    """A text of some row about a resident. `context` is "table.column:row id", as it was when it was sealed."""

    resident_id: str
    context: str
    sealed: bytes | None


def seal_text(resident_id: str, text: str, *, context: str) -> bytes:
    """Seal a text about somebody whose record is in hand; `context` is "table.column:row id". Raises NotFound if erased."""
    key = _keys_of([resident_id]).get(resident_id)
    if key is None:
        raise NotFound()
    return Vault.seal(text, key=key, context=context)


def open_texts(texts: Sequence[SealedText]) -> list[str | None]:
    """Texts of rows that are in sight, in their order; None where there is none, or the person was erased."""
    keys = _keys_of(list({text.resident_id for text in texts if text.sealed is not None}))
    return [
        Vault.open(text.sealed, key=keys[text.resident_id], context=text.context).decode()
        if text.sealed is not None and text.resident_id in keys
        else None
        for text in texts
    ]


def _keys_of(resident_ids: Sequence[str]) -> dict[str, bytes]:
    wrapped = session().execute(Resident.wrapped_keys(resident_ids)).all()
    return {resident_id: secrets.vault().unwrap(key) for resident_id, key in wrapped if key is not None}
