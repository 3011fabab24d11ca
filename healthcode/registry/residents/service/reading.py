"""Reading: one record, its masked card, and finding it by a whole number."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam

from healthcode.core import secrets, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.problems import NotFound
from healthcode.registry.residents import names, phones
from healthcode.registry.residents.models import IdentityDocument, Merge, Resident
from healthcode.registry.residents.service import papers

# Posts that treat or register people see whom they have before them; the others see the masked card alone.
MEET_BY_NAME = frozenset({"clerk", "doctor", "nurse", "station_worker", "hotline", "city_admin"})


def hold(caller: Caller, resident_id: str) -> Resident:
    """The resident's row, locked until the transaction ends, if the caller has it in sight. Raises NotFound."""
    statement = locked(Resident.visible_to(caller).where(Resident.id == resident_id))
    resident = session().scalars(statement.execution_options(populate_existing=True)).first()
    if resident is None or resident.is_erased:
        raise NotFound()
    return resident


def show(caller: Caller, *, resident_id: str) -> dict[str, Any]:
    """One record, as far as this caller may see it. Raises NotFound."""
    resident = session().scalars(Resident.visible_to(caller).where(Resident.id == resident_id)).first()
    if resident is None or resident.is_erased:
        raise NotFound()
    return view(caller, resident)


def view(caller: Caller, resident: Resident) -> dict[str, Any]:
    """A record as plain data: documents and phone masked for everybody, the name for whoever need not know it."""
    shown = masked_card(resident) | {
        "id": resident.id,
        "phone": phones.mask(resident.phone) if resident.phone else None,
        "district": resident.district,
        "coverage": resident.coverage,
        "died_on": resident.died_on,
        "merged_into_id": resident.merged_into_id,
        "version": resident.version,
        "documents": [document_view(document) for document in _documents_of(resident)],
    }
    if caller.kind == "resident" or caller.roles & MEET_BY_NAME:
        shown |= {"name": resident.name, "birth_date": resident.birth_date}
    if caller.kind == "staff":
        shown["merges"] = session().scalars(Merge.of_record(resident.id)).all()
    return shown


def document_view(document: IdentityDocument) -> dict[str, Any]:
    """A document with its number masked."""
    return {
        "id": document.id,
        "resident_id": document.resident_id,
        "kind": document.kind,
        "country": document.country,
        "number": papers.mask(document.kind, document.country, document.number),
        "is_seen": document.is_seen,
        "ended_at": document.ended_at,
    }


def masked_card(resident: Resident) -> dict[str, Any]:
    """What is said of somebody who need not be named: resident_id, display_name (张*三), sex, age, identity."""
    name = resident.name
    return {
        "resident_id": resident.id,
        "display_name": names.mask(name) if name else "",
        "sex": resident.sex,
        "age": resident.age,
        "identity": resident.identity,
    }


def display_names(caller: Caller, resident_ids: Sequence[str]) -> dict[str, str]:
    """Masked names of those that are in sight."""
    found = session().scalars(Resident.visible_to(caller).where(Resident.id.in_(resident_ids)))
    return {resident.id: masked_card(resident)["display_name"] for resident in found}


def search(
    caller: Caller, *, kind: str, number: str, country: str | None = None, birth_order: int | None = None
) -> list[dict[str, Any]]:
    """Masked cards of those who hold exactly this document, seen or declared; each is noted on the trail.

    Records that were merged away answer with the one they lead to. Raises Invalid for what is no such number.
    """
    paper = papers.read(kind=kind, number=number, country=country)
    index = paper.index if birth_order is None else paper.of_newborn(birth_order).index
    cards: dict[str, dict[str, Any]] = {}
    for document in session().scalars(IdentityDocument.by_number(index).limit(20)):
        resident = living_record(document.resident)
        card = cards.setdefault(resident.id, masked_card(resident) | {"is_seen": False})
        card["is_seen"] = card["is_seen"] or document.is_seen
    for resident_id in cards:
        trail.note(resident_id=resident_id, purpose="search")
    return list(cards.values())


def holder_of(*, kind: str, number: str, country: str | None = None, birth_order: int | None = None) -> Resident | None:
    """The one person who holds this document, seen at a desk. Raises Invalid.

    With a place in the birth it is the mother's document and her newborn's, as long as only one child answers to it.
    """
    paper = papers.read(kind=kind, number=number, country=country)
    index = paper.index if birth_order is None else paper.of_newborn(birth_order).index
    found = [one for one in session().scalars(IdentityDocument.by_number(index)) if one.is_seen]
    people = {person.id: person for person in (living_record(document.resident) for document in found)}
    return next(iter(people.values())) if len(people) == 1 else None


def holds_document(resident_id: str, *, kind: str, number: str, country: str | None = None) -> bool:
    """Whether this person holds the document that somebody has in hand, in force and seen. Raises Invalid."""
    index = papers.read(kind=kind, number=number, country=country).index
    record = session().scalars(Resident.led_to(resident_id)).first()
    if record is None:
        return False
    person = living_record(record).id
    found = session().scalars(IdentityDocument.by_number(index)).all()
    return any(document.is_seen and living_record(document.resident).id == person for document in found)


def living_record(resident: Resident) -> Resident:
    """The record that a merged one leads to; itself, if it was not merged."""
    if resident.merged_into_id is None:
        return resident
    return session().scalars(Resident.led_to(resident.merged_into_id)).one()


def merged_into(resident_ids: Select[tuple[str]] | str) -> Select[tuple[str]]:
    """The ids of the records that lead to these, as a subquery: they are the same people."""
    return Resident.ids_leading_to(resident_ids)


def records_of(resident: Resident) -> list[str]:
    """The ids of all records that are this person: itself, and those that lead to it."""
    return [resident.id, *(record.id for record in session().scalars(Resident.leading_to(resident.id)))]


def ids_of_person(resident_id: str) -> Select[tuple[str]]:
    """The ids of all records that are the same person as this one, as a subquery: what holds for one holds for all."""
    return Resident.ids_of_person(resident_id)


def is_proved(resident_ids: Sequence[str]) -> bool:
    """Whether a desk saw a document of one of these records, which are one person's."""
    return session().scalar(Resident.proved_among(resident_ids)) is not None


def lock_person(resident_id: str) -> list[str]:
    """Hold every record of this person until the transaction ends; returns their ids. Rules over a person's rows begin so."""
    return list(
        session().scalars(Resident.ids_of_person(resident_id).order_by(Resident.id).with_for_update(key_share=True))
    )


def index_of_phone(phone: str) -> bytes:
    """What stands for a phone wherever it is looked up. Raises Invalid."""
    return secrets.vault().blind_index("phone", papers.normal_phone(phone))


def record(resident_id: str) -> Resident | None:
    """The living record behind the id that a resident's own session holds; None once it was erased."""
    resident = session().scalars(Resident.by_session(resident_id)).first()
    return living_record(resident) if resident is not None and not resident.is_erased else None


def accounts() -> Select[tuple[str, bytes | None, str | None]]:
    """Who may be signed in, as a statement for others to join: id, phone_index, merged_into_id."""
    return Resident.accounts()


def _documents_of(resident: Resident) -> Sequence[IdentityDocument]:
    return session().scalars(_documents_asked(), {"resident_id": resident.id}).all()


@cache
def _documents_asked() -> Select[tuple[IdentityDocument]]:
    return IdentityDocument.of_person(Resident.ids_of_person(bindparam("resident_id"))).limit(50)
