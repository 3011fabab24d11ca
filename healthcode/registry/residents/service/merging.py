"""Merging two records that are one person, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from healthcode.core import clock, ids, pages, trail
from healthcode.core.caller import Caller
from healthcode.core.db import locked, session
from healthcode.core.outbox import announce
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid, NotFound, WrongState
from healthcode.core.words import Words
from healthcode.registry.residents.models import IdentityDocument, Merge, Resident
from healthcode.registry.residents.problems import EvidenceTooWeak
from healthcode.registry.residents.service import papers
from healthcode.registry.residents.service.papers import Paper
from healthcode.registry.residents.service.reading import document_view, living_record, masked_card, records_of


def merge(
    caller: Caller, *, resident_id: str, merged_id: str, documents: Sequence[Mapping[str, str]], reason: str
) -> Merge:
    """Let one record lead to the other, on documents in hand. Nothing is moved, so everything can be taken back.

    Whoever merely declared a number cannot be merged into its holder: the phone must be shown here too.
    Raises Invalid, NotFound, EvidenceTooWeak, WrongState.
    """
    if resident_id == merged_id:
        raise Invalid.at("merged_id", Words(zh="两份档案不能相同", en="must be another record"))
    in_hand = [paper for paper in papers.read_all(documents) if paper.is_unique]
    stays, leads = _both(resident_id, merged_id)
    for record in (stays, leads):
        trail.note(resident_id=record.id, purpose="merge")
    if not _is_before(caller, stays, in_hand) or not (_is_nameless(leads) or _is_before(caller, leads, in_hand)):
        raise NotFound()
    if any(record.merged_into_id is not None for record in (stays, leads)):
        raise WrongState(state="merged")
    if session().scalars(Resident.leading_to(leads.id)).first() is not None:
        raise WrongState(state="leads")  # let the other record lead, or take those merges back first
    if not (_is_named_by(stays, in_hand) and (_is_named_by(leads, in_hand) or _may_lead(caller, leads))):
        raise EvidenceTooWeak()
    row = Merge(
        id=ids.new(),
        resident_id=stays.id,
        merged_id=leads.id,
        reason=reason,
        merged_at=clock.now(),
        merged_by=caller.id,
    )
    session().add(row)
    leads.merged_into_id = stays.id
    for record in (stays, leads):
        record.version += 1
    announce("resident.merged", merge_id=row.id, resident_id=stays.id, merged_id=leads.id)
    session().flush()  # the answer shows the row
    return row


def reverse(caller: Caller, *, merge_id: str, reason: str) -> Merge:
    """Two people after all: each record is its own again, as it was. Raises NotFound, WrongState."""
    row = session().scalars(locked(Merge.visible_to(caller).where(Merge.id == merge_id))).first()
    if row is None:
        raise NotFound()
    stays, leads = _both(row.resident_id, row.merged_id)
    session().refresh(row)  # what was true before the two records were ours may not be true now
    if row.reversed_at is not None:
        raise WrongState(state="reversed")
    row.reversed_at, row.reversed_by, row.reversed_reason = clock.now(), caller.id, reason
    leads.merged_into_id = None
    for record in (stays, leads):
        record.version += 1
        trail.note(resident_id=record.id, purpose="unmerge", subject_id=row.id)
    announce("resident.merge-reversed", merge_id=row.id, resident_id=stays.id, merged_id=leads.id)
    return row


def _both(resident_id: str, merged_id: str) -> tuple[Resident, Resident]:
    """Both records, held. Raises NotFound."""
    pair = locked(Resident.to_be_merged([resident_id, merged_id])).execution_options(populate_existing=True)
    found = {record.id: record for record in session().scalars(pair) if not record.is_erased}
    if len(found) != 2:
        raise NotFound()
    return found[resident_id], found[merged_id]


def _is_named_by(record: Resident, in_hand: Sequence[Paper]) -> bool:
    """Whether one of the documents in hand is this record's alone."""
    person = records_of(record)
    holders = (session().scalars(IdentityDocument.by_claim(paper.claim)).first() for paper in in_hand if paper.claim)
    return any(holder is not None and holder.resident_id in person for holder in holders)


def _may_lead(caller: Caller, record: Resident) -> bool:
    """Nameless, or shown to this institution today by its own code or document."""
    return _is_nameless(record) or _is_in_sight(caller, record)


def _is_before(caller: Caller, record: Resident, in_hand: Sequence[Paper]) -> bool:
    """Whether this desk may know of the record: it is in sight, or a document in hand names it, be it merely declared."""
    same = (document for paper in in_hand for document in session().scalars(IdentityDocument.by_number(paper.index)))
    person = living_record(record).id
    return _is_in_sight(caller, record) or any(living_record(document.resident).id == person for document in same)


def _is_nameless(record: Resident) -> bool:
    return record.identity == "temporary"


def _is_in_sight(caller: Caller, record: Resident) -> bool:
    in_sight = Resident.visible_to(caller).where(Resident.id == record.id)
    return session().scalars(in_sight).first() is not None


# Duplicates


@dataclass(frozen=True)
class Suspicion:
    """A record with a document that other records hold too."""

    id: str
    document: Mapping[str, Any]
    card: Mapping[str, Any]
    also_held_by: Sequence[str]


def find_duplicates(caller: Caller, *, after: str | None, limit: int) -> Page[Suspicion]:
    """Documents in force that several living records hold: to be looked at by people, never merged by themselves."""
    held = IdentityDocument.visible_to(caller).where(
        IdentityDocument.ended_at.is_(None), IdentityDocument.is_of_living_record(), IdentityDocument.held_twice()
    )
    found = pages.page(held, by=IdentityDocument.id.expression, after=after, limit=limit)
    return Page([_suspicion(document) for document in found.items], found.next)


def _suspicion(document: IdentityDocument) -> Suspicion:
    trail.note(resident_id=document.resident_id, purpose="duplicates")
    others = others_with(document)
    return Suspicion(document.id, document_view(document), masked_card(document.resident), others)


def others_with(document: IdentityDocument) -> list[str]:
    """The living records of other people that hold the same number."""
    if document.number_index is None:
        return []
    same = session().scalars(IdentityDocument.by_number(document.number_index).limit(20)).all()
    others = {living_record(one.resident).id for one in same}
    return sorted(others - {living_record(document.resident).id})
