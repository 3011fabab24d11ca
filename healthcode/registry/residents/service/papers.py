"""Documents, names and phones as people type them, in the one form in which they are stored and found.

What cannot be is an Invalid that names the field and never repeats what was typed.
"""

import secrets as random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from healthcode.core import clock, secrets
from healthcode.core.problems import Invalid
from healthcode.core.words import Words
from healthcode.registry.residents import documents, names, phones
from healthcode.registry.residents.documents import BadDocument, Document
from healthcode.registry.residents.names import BadName
from healthcode.registry.residents.phones import BadPhone

NEWBORN, TEMPORARY = "newborn", "temporary"
IN_HAND = tuple(kind for kind in documents.READABLE if kind != TEMPORARY)  # what a person can hold
_WRISTBAND = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Paper:
    """One document, and what follows from it. `born_on` belongs to a newborn's alone."""

    document: Document
    born_on: date | None = None

    @property
    def kind(self) -> str:
        return self.document.kind

    @property
    def is_unique(self) -> bool:
        """Whether the number belongs to one person in the world: nothing else may join two records."""
        return documents.is_globally_unique(self.kind)

    @property
    def index(self) -> bytes:
        """What it is found by."""
        return _index("document", self.document)

    @property
    def claim(self) -> bytes | None:
        """What one record alone can hold: a globally unique number, a wristband of ours, or mother, place and day."""
        if self.kind == NEWBORN:
            return _index(f"born {self.born_on}", self.document) if self.born_on else None
        return self.index if self.is_unique or self.kind == TEMPORARY else None

    def of_newborn(self, birth_order: int, born_on: date | None = None) -> "Paper":
        """What the child of this document's holder is known by, before it has a document of its own. Raises Invalid."""
        try:
            return Paper(documents.newborn_of(self.document, birth_order), born_on)
        except BadDocument as bad:
            raise Invalid.at(bad.field, bad.reason) from None

    def make_sure_fits(self, *, sex: str, birth_date: date | None) -> None:
        """Some numbers say a date of birth and a sex. Raises Invalid if they are another person's."""
        said = documents.facts(self.document)
        if said.birth_date and birth_date and said.birth_date != birth_date:
            raise Invalid.at("birth_date", Words(zh="与证件号码不符", en="does not fit the document's number"))
        if said.sex and sex in ("male", "female") and said.sex != sex:
            raise Invalid.at("sex", Words(zh="与证件号码不符", en="does not fit the document's number"))


def read(*, kind: str, number: str, country: str | None = None) -> Paper:
    """Raises Invalid."""
    try:
        return Paper(documents.read_document(kind, country, number, clock.today()))
    except BadDocument as bad:
        raise Invalid.at(bad.field, bad.reason) from None


def read_all(typed: Sequence[Mapping[str, str]]) -> list[Paper]:
    """Each of them once, however often it was named. Raises Invalid."""
    return list(dict.fromkeys(read(**document) for document in typed))


def new_wristband() -> Paper:
    """What somebody without a name is known by meanwhile: sixty random bits, printed on the wrist."""
    return Paper(Document(TEMPORARY, documents.CHINA, "".join(random.choice(_WRISTBAND) for _ in range(12))))


def mask(kind: str, country: str, number: str | None) -> str:
    """The number as others may see it; a wristband's is our own and stands open."""
    if number is None or kind == TEMPORARY:
        return number or ""
    return documents.mask(Document(kind, country, number))


def clean_name(name: str) -> str:
    """Raises Invalid."""
    try:
        return names.read_name(name)
    except BadName as bad:
        raise Invalid.at("name", bad.reason) from None


def normal_phone(phone: str) -> str:
    """+86 and eleven digits. Raises Invalid."""
    try:
        return phones.read_phone(phone)
    except BadPhone as bad:
        raise Invalid.at("phone", bad.reason) from None


def _index(sort: str, document: Document) -> bytes:
    return secrets.vault().blind_index(sort, f"{document.kind} {document.country} {document.number}")
