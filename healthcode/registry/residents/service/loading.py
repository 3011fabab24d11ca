"""Bringing in a whole town at once: sealed like everybody else, streamed past the unit of work.

Sealing is most of the work, so it is spread over the machine's cores; each core seals a slice, one writes.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from healthcode.core import clock, ids, secrets
from healthcode.core.db import stream_in
from healthcode.core.secrets import Vault
from healthcode.registry.residents.documents import Document
from healthcode.registry.residents.models import IdentityDocument, Resident
from healthcode.registry.residents.service.papers import Paper

SLICE = 2_000
_RESIDENT = (
    "id", "key_wrapped", "name_sealed", "birth_date_sealed", "phone_sealed", "phone_index", "registers_sealed",
    "sex", "district", "coverage", "identity", "created_at", "version",
)  # fmt: skip
_DOCUMENT = ("id", "resident_id", "kind", "country", "number_sealed", "number_index", "claim", "seen_by", "created_at")


@dataclass(frozen=True)
class Newcomer:
    """Somebody to bring in: what is known of them, already in the form in which it is stored."""

    id: str
    name: str
    sex: str
    birth_date: date | None
    phone: str | None
    district: str | None
    coverage: str | None
    registers: str | None  # a JSON list
    identity: str
    papers: tuple[Paper, ...]


def newcomer(
    *,
    row_id: str,
    name: str,
    documents: Iterable[tuple[str, str, str]],
    birth_date: date | None,
    mother: tuple[str, str, str] | None = None,
    birth_order: int | None = None,
    **more: Any,
) -> Newcomer:
    """Somebody from a trusted list: documents as (kind, country, number), already in their one form.

    A newborn comes with its mother's document and its place in the birth.
    """
    papers = [Paper(Document(*document)) for document in documents]
    if mother is not None and birth_order is not None:
        papers.append(Paper(Document(*mother)).of_newborn(birth_order, birth_date))
    return Newcomer(id=row_id, name=name, birth_date=birth_date, papers=tuple(papers), **more)


Sealed = tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]


def load(people: Iterable[Newcomer], *, seen_by: str, told: Callable[[int], None], cores: int | None = None) -> int:
    """Bring everybody in, in this transaction. `told` hears how many there are so far; returns how many came.

    `seen_by` is the account that vouches for their documents.
    """
    come = 0
    for residents, documents in _sealed(people, seen_by, cores or os.cpu_count() or 1):
        stream_in(Resident, _RESIDENT, residents)
        stream_in(IdentityDocument, _DOCUMENT, documents)
        come += len(residents)
        told(come)
    return come


def _sealed(people: Iterable[Newcomer], seen_by: str, cores: int) -> Iterator[Sealed]:
    everybody = iter(people)
    slices = iter(lambda: list(islice(everybody, SLICE)), [])
    moment = clock.now()
    if cores == 1:
        yield from (_seal(part, seen_by, moment) for part in slices)
        return
    with ProcessPoolExecutor(cores, initializer=secrets.configure, initargs=(secrets.vault(),)) as pool:
        waiting = [pool.submit(_seal, part, seen_by, moment) for part in islice(slices, cores + 1)]
        while waiting:
            done = waiting.pop(0).result()
            waiting += [pool.submit(_seal, part, seen_by, moment) for part in islice(slices, 1)]
            yield done


def _seal(part: Sequence[Newcomer], seen_by: str, moment: datetime) -> Sealed:
    """The rows of a slice. Runs in a process of its own, where only the vault is configured."""
    vault = secrets.vault()
    residents, documents = [], []
    for person in part:
        wrapped = vault.new_person_key()
        key = vault.unwrap(wrapped)
        residents.append(_resident(vault, person, wrapped, key, moment))
        documents += [_document(person.id, paper, key, seen_by, moment) for paper in person.papers]
    return residents, documents


def _resident(vault: Vault, person: Newcomer, wrapped: bytes, key: bytes, moment: datetime) -> tuple[Any, ...]:
    def seal(column: str, text: str | None) -> bytes | None:
        return vault.seal(text, key=key, context=f"residents.{column}:{person.id}") if text is not None else None

    return (
        person.id,
        wrapped,
        seal("name_sealed", person.name),
        seal("birth_date_sealed", person.birth_date.isoformat() if person.birth_date else None),
        seal("phone_sealed", person.phone),
        vault.blind_index("phone", person.phone) if person.phone else None,
        seal("registers_sealed", person.registers),
        person.sex,
        person.district,
        person.coverage,
        person.identity,
        moment,
        1,
    )


def _document(resident_id: str, paper: Paper, key: bytes, seen_by: str, moment: datetime) -> tuple[Any, ...]:
    document_id = ids.new()
    number = Vault.seal(paper.document.number, key=key, context=f"identity_documents.number_sealed:{document_id}")
    country = paper.document.country
    return (document_id, resident_id, paper.kind, country, number, paper.index, paper.claim, seen_by, moment)
