"""The doors of residents."""

from typing import Any

from healthcode.core.access import OnBehalf, SignedIn, Staff
from healthcode.core.caller import Caller
from healthcode.core.http import Room
from healthcode.core.pages import Page
from healthcode.core.problems import Invalid, NotAllowed, WrongState
from healthcode.core.words import Words
from healthcode.registry.residents import schemas, service
from healthcode.registry.residents.models import Merge
from healthcode.registry.residents.problems import (
    AlreadyRegistered,
    DocumentTaken,
    EvidenceTooWeak,
    PhoneInUse,
    TooManyDocuments,
)
from healthcode.registry.residents.service.merging import Suspicion

room = Room("residents", __name__, prefix="/api/v1", about="The people who hold a code, and their documents.")

REGISTRARS = Staff("clerk", "station_worker", "nurse")
DESK = Staff("clerk", "station_worker", "nurse", "hotline", "city_admin")
CARERS = Staff("clerk", "station_worker", "doctor", "nurse", "pharmacist", "cashier", "hotline", "city_admin")
LOOKS = "300/hour"  # a desk sees some sixty people in an hour, and looks more than once
_AT_A_DESK = Words(zh="仅服务台可填", en="at a desk only")


@room.post(
    "/residents",
    allow=REGISTRARS | SignedIn(),
    body=schemas.ResidentIn,
    reply=schemas.ResidentOut,
    problems=(AlreadyRegistered, DocumentTaken, PhoneInUse),
)
def register(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    """Register: oneself, from a phone that was proved, or somebody whose documents a desk has in hand."""
    if caller.kind == "resident":
        for field in wanted.keys() & {"phone", "coverage"}:
            raise Invalid.at(field, _AT_A_DESK)
        return service.view(caller, service.register_self(caller, **wanted))
    if not caller.roles & set(REGISTRARS.roles):
        raise NotAllowed()
    return service.view(caller, service.register_at_desk(caller, **({"documents": ()} | wanted)))


@room.post(
    "/newborns",
    allow=REGISTRARS,
    body=schemas.NewbornIn,
    reply=schemas.ResidentOut,
    problems=(DocumentTaken,),
)
def register_newborn(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    """Register a newborn by its mother's document and its place in the birth."""
    return service.view(caller, service.register_newborn(caller, **wanted))


@room.post(
    "/temporary-residents",
    allow=REGISTRARS,
    body=schemas.TemporaryIn,
    reply=schemas.ResidentOut,
    once=True,  # no document says that it is the same person again
)
def register_temporary(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    """Register somebody who cannot say who they are; to be merged once they can."""
    return service.view(caller, service.register_temporary(caller, **wanted))


@room.get(
    "/residents/<id:resident_id>",
    allow=OnBehalf("records:read") | CARERS,
    reply=schemas.ResidentOut,
    budget=LOOKS,
)
def show(caller: Caller, resident_id: str) -> dict[str, Any]:
    """One resident's record, documents and phone masked."""
    return service.show(caller, resident_id=resident_id)


@room.patch(
    "/residents/<id:resident_id>",
    allow=OnBehalf("records:edit") | DESK,
    body=schemas.ResidentPatchIn,
    reply=schemas.ResidentOut,
    problems=(PhoneInUse,),
)
def edit(caller: Caller, resident_id: str, wanted: dict[str, Any], if_version: int) -> dict[str, Any]:
    """Change one's own district (and name, until it is proved); a desk corrects any field, with the reason."""
    return service.view(caller, service.edit(caller, resident_id=resident_id, if_version=if_version, **wanted))


@room.ask(
    "/resident-searches",
    allow=CARERS,
    body=schemas.SearchIn,
    reply=schemas.HitsOut,
    rate="120/minute",  # a desk types numbers from documents in hand; it does not try them out
    budget=LOOKS,
)
def search(caller: Caller, wanted: dict[str, Any]) -> dict[str, Any]:
    """Find a resident by the whole number of a document; what is not found is an empty list."""
    return {"items": service.search(caller, **wanted)}


@room.post(
    "/residents/<id:resident_id>/documents",
    allow=OnBehalf("records:edit") | REGISTRARS,
    body=schemas.DocumentIn,
    reply=schemas.DocumentOut,
    problems=(DocumentTaken, TooManyDocuments),
)
def add_document(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Add a document: declared by the resident, or seen at a desk, which proves who the record is."""
    return service.document_view(service.add_document(caller, resident_id=resident_id, **wanted))


@room.post(
    "/residents/<id:resident_id>/documents/<id:document_id>/endings",
    allow=DESK,
    body=schemas.ReasonIn,
    reply=schemas.DocumentOut,
    problems=(WrongState,),
)
def end_document(caller: Caller, resident_id: str, document_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """End a document that is no longer valid or was never this person's."""
    return service.document_view(
        service.end_document(caller, resident_id=resident_id, document_id=document_id, **wanted)
    )


@room.get(
    "/resident-duplicates",
    allow=Staff("city_admin"),
    query=schemas.DuplicatesAsked,
    reply=schemas.DuplicatesPageOut,
)
def find_duplicates(caller: Caller, asked: dict[str, Any]) -> Page[Suspicion]:
    """Documents that several records hold: to be looked at, one by one."""
    return service.find_duplicates(caller, after=asked.get("after"), limit=asked["limit"])


@room.post(
    "/resident-merges",
    allow=Staff("clerk", "institution_admin"),
    body=schemas.MergeIn,
    reply=schemas.MergeOut,
    problems=(EvidenceTooWeak, WrongState),
)
def merge(caller: Caller, wanted: dict[str, Any]) -> Merge:
    """Link two records that are one person, with their documents in hand."""
    return service.merge(caller, **wanted)


@room.post(
    "/resident-merges/<id:merge_id>/reversals",
    allow=Staff("clerk", "institution_admin", "city_admin"),
    body=schemas.ReasonIn,
    reply=schemas.MergeOut,
    problems=(WrongState,),
)
def reverse_merge(caller: Caller, merge_id: str, wanted: dict[str, Any]) -> Merge:
    """Undo a merge: both records are again as they were."""
    return service.reverse(caller, merge_id=merge_id, **wanted)


@room.post(
    "/residents/<id:resident_id>/deaths",
    allow=Staff("doctor", "city_admin"),
    body=schemas.DeathIn,
    reply=schemas.ResidentOut,
    problems=(WrongState,),
)
def record_death(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Record a death; codes and grants end with it."""
    return service.view(caller, service.record_death(caller, resident_id=resident_id, **wanted))


@room.post(
    "/residents/<id:resident_id>/death-corrections",
    allow=Staff("city_admin"),
    body=schemas.ReasonIn,
    reply=schemas.ResidentOut,
    problems=(WrongState,),
)
def correct_death(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Take back a death that was entered for the wrong person."""
    return service.view(caller, service.correct_death(caller, resident_id=resident_id, **wanted))


@room.post(
    "/residents/<id:resident_id>/erasures",
    allow=Staff("city_admin"),
    body=schemas.ReasonIn,
    status=204,
    problems=(WrongState,),
)
def erase(caller: Caller, resident_id: str, wanted: dict[str, Any]) -> None:
    """Destroy the key of a person's record; nothing that was sealed can be read again."""
    service.erase(caller, resident_id=resident_id, **wanted)
