"""Editing: what residents change themselves, what a desk corrects, documents, deaths, erasure."""

from collections.abc import Callable
from datetime import date
from typing import Any

import orjson

from healthcode.core import clock, ids, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.problems import ChangedMeanwhile, Invalid, NotFound, WrongState
from healthcode.core.secrets import Vault
from healthcode.core.words import Words
from healthcode.registry.residents.models import IdentityDocument, Resident, ResidentChange
from healthcode.registry.residents.problems import PhoneInUse, TooManyDocuments
from healthcode.registry.residents.service import papers
from healthcode.registry.residents.service.papers import Paper
from healthcode.registry.residents.service.reading import hold, index_of_phone, records_of
from healthcode.registry.residents.service.registering import (
    claim_document,
    make_sure_was_born,
    unless_taken,
    write_document,
)

MOST_DOCUMENTS = 10
# A proved name is what a desk saw on a document: from then on only a desk corrects it.
OWN_FIELDS = {"declared": {"name", "district"}, "proved": {"district"}, "temporary": {"district"}}
_AT_A_DESK = Words(zh="请携带证件到服务台更正", en="only a desk that sees your document can correct this")


def edit(caller: Caller, *, resident_id: str, if_version: int, reason: str | None = None, **wanted: Any) -> Resident:
    """Change some fields: a resident its own few, a desk any of them with a reason. What they were is kept, sealed.

    Raises NotFound, ChangedMeanwhile, Invalid, PhoneInUse.
    """
    resident = hold(caller, resident_id)
    if resident.version != if_version:
        raise ChangedMeanwhile()
    if not wanted:
        raise Invalid.at("", Words(zh="没有要修改的内容", en="nothing to change"))
    _make_sure_may_edit(caller, resident, reason, wanted)
    before = {field: _value(resident, field) for field in wanted}
    for field, value in wanted.items():
        _CHANGES[field](resident, value)
    _keep_change(caller, resident, before, reason or "by the resident")
    announce("resident.corrected", resident_id=resident.id, fields=sorted(wanted))
    if "phone" in wanted:
        announce("resident.phone-changed", resident_id=resident.id)
    return resident


def _make_sure_may_edit(caller: Caller, resident: Resident, reason: str | None, wanted: dict[str, Any]) -> None:
    if caller.kind == "resident":
        for field in wanted.keys() - OWN_FIELDS[resident.identity]:
            raise Invalid.at(field, _AT_A_DESK)
    elif reason is None:
        raise Invalid.at("reason", Words(zh="更正须写明原因", en="a correction needs its reason"))


def _change_name(resident: Resident, name: str) -> None:
    resident.name = papers.clean_name(name)


def _change_birth_date(resident: Resident, birth_date: date) -> None:
    make_sure_was_born(birth_date)
    resident.birth_date_text = birth_date.isoformat()


def _change_phone(resident: Resident, phone: str | None) -> None:
    """Give the record a new phone to sign in with, or none. Raises PhoneInUse, Invalid."""
    index = index_of_phone(phone) if phone is not None else None
    if index is not None and index == resident.phone_index:
        return
    with unless_taken(PhoneInUse()):
        resident.phone, resident.phone_index = papers.normal_phone(phone) if phone is not None else None, index


def _change_column(field: str) -> Callable[[Resident, Any], None]:
    return lambda resident, value: setattr(resident, field, value)


_CHANGES: dict[str, Callable[[Resident, Any], None]] = {
    "name": _change_name,
    "birth_date": _change_birth_date,
    "phone": _change_phone,
    "sex": _change_column("sex"),
    "district": _change_column("district"),
    "coverage": _change_column("coverage"),
}


def _value(resident: Resident, field: str) -> Any:
    return resident.birth_date_text if field == "birth_date" else getattr(resident, field)


def _keep_change(caller: Caller, resident: Resident, before: dict[str, Any], reason: str) -> None:
    """Write down who changed what, and count the record's version up."""
    key = resident.data_key
    if key is None:
        raise NotFound()
    change_id = ids.new()
    context = f"resident_changes.before_sealed:{change_id}"
    session().add(
        ResidentChange(
            id=change_id,
            resident_id=resident.id,
            at=clock.now(),
            by_kind=caller.kind,
            by_id=caller.id,
            fields=sorted(before),
            reason=reason,
            before_sealed=Vault.seal(orjson.dumps(before), key=key, context=context),
        )
    )
    resident.version += 1
    trail.note(resident_id=resident.id, purpose="correct", subject_id=change_id)
    session().flush()  # the answer shows the row


# Documents


def add_document(
    caller: Caller, *, resident_id: str, kind: str, number: str, country: str | None = None
) -> IdentityDocument:
    """Add a document: declared by the resident, or seen at a desk, which proves who the record is.

    The resident's own answer is the same whoever else holds that number. Raises NotFound, Invalid, DocumentTaken (to a
    desk alone), TooManyDocuments.
    """
    resident = hold(caller, resident_id)
    paper = papers.read(kind=kind, number=number, country=country)
    paper.make_sure_fits(sex=resident.sex, birth_date=resident.birth_date)
    held = [one for one in _in_force(resident) if one.resident_id == resident.id]
    document = next((one for one in held if one.number_index == paper.index), None)
    if document is None and len(held) >= MOST_DOCUMENTS:
        raise TooManyDocuments()
    if document is None:
        document = write_document(resident, paper)
        session().add(document)
    if caller.kind != "resident":
        _see(caller, resident, document, paper)
        _end_stand_ins(held)
    _keep_change(caller, resident, {"documents": [one.id for one in held]}, "document added")
    announce("resident.document-added", resident_id=resident.id, document_id=document.id)
    return document


def _see(caller: Caller, resident: Resident, document: IdentityDocument, paper: Paper) -> None:
    """A desk holds the document: it is this record's alone, and the record is proved by it. Raises DocumentTaken."""
    if not document.is_seen:
        claim_document(document, paper)
        document.seen_by = caller.id
    if paper.is_unique and resident.identity != "proved":
        resident.identity = "proved"
        announce("resident.proved", resident_id=resident.id)


def _end_stand_ins(held: list[IdentityDocument]) -> None:
    """With a document of one's own, a wristband or the mother's document has served."""
    for one in held:
        if one.kind in (papers.NEWBORN, papers.TEMPORARY):
            one.claim, one.ended_at, one.ended_reason = None, clock.now(), "replaced by an own document"


def end_document(caller: Caller, *, resident_id: str, document_id: str, reason: str) -> IdentityDocument:
    """A document is no longer valid, or was never this person's: another record may claim it from now on.

    A record without any seen document left falls back to declared. Raises NotFound, WrongState.
    """
    resident = hold(caller, resident_id)
    found = IdentityDocument.visible_to(caller).where(
        IdentityDocument.id == document_id, IdentityDocument.resident_id == resident_id
    )
    document = session().scalars(found).first()
    if document is None:
        raise NotFound()
    if document.ended_at is not None:
        raise WrongState(state="ended")
    document.claim, document.ended_at, document.ended_reason = None, clock.now(), reason
    if resident.identity == "proved" and not any(one.is_seen for one in _in_force(resident)):
        resident.identity = "declared"
    _keep_change(caller, resident, {"documents": [document.id]}, reason)
    announce("resident.document-ended", resident_id=resident.id, document_id=document.id)
    return document


def _in_force(resident: Resident) -> list[IdentityDocument]:
    documents = IdentityDocument.of_person(records_of(resident)).where(IdentityDocument.ended_at.is_(None))
    return list(session().scalars(documents))


# The end


def record_death(caller: Caller, *, resident_id: str, died_on: date, reason: str) -> Resident:
    """A death, as the certificate says it. Codes and grants end by hearing of it. Raises NotFound, WrongState, Invalid."""
    resident = _hold_living(caller, resident_id)
    if resident.died_on is not None:
        raise WrongState(state="died")
    born = resident.birth_date
    if died_on > clock.today() or (born is not None and died_on < born):
        raise Invalid.at("died_on", Words(zh="日期不对", en="not a possible day"))
    resident.died_on = died_on
    _keep_change(caller, resident, {"died_on": None}, reason)
    announce("resident.died", resident_id=resident.id)
    return resident


def correct_death(caller: Caller, *, resident_id: str, reason: str) -> Resident:
    """The death was entered for the wrong person. Raises NotFound, WrongState."""
    resident = _hold_living(caller, resident_id)
    if resident.died_on is None:
        raise WrongState(state="alive")
    before = resident.died_on.isoformat()
    resident.died_on = None
    _keep_change(caller, resident, {"died_on": before}, reason)
    announce("resident.death-corrected", resident_id=resident.id)
    return resident


def erase(caller: Caller, *, resident_id: str, reason: str) -> None:
    """Destroy the key of a person: what is sealed, here and in every change kept, can never be read again.

    Records that lead to this one are the same person, and go with it. Whether the law lets them go is decided before.
    Raises NotFound, WrongState.
    """
    resident = _hold_living(caller, resident_id)
    _keep_change(caller, resident, {}, reason)
    records = [resident, *session().scalars(locked(Resident.leading_to(resident.id)))]
    for document in session().scalars(IdentityDocument.of_person([record.id for record in records])):
        document.number_index, document.claim = None, None
        document.ended_at = document.ended_at or clock.now()
    for record in records:
        record.destroy_key()
        announce("resident.erased", resident_id=record.id)


def _hold_living(caller: Caller, resident_id: str) -> Resident:
    """What is true of a whole person is written where the records lead. Raises NotFound, WrongState for one that leads on."""
    resident = hold(caller, resident_id)
    if resident.merged_into_id is not None:
        raise WrongState(state="merged")
    return resident
