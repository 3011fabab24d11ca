"""Registering: from a phone, at a desk, at birth, and without a name."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError

from healthcode.core import clock, ids, secrets, trail
from healthcode.core.caller import Caller
from healthcode.core.db import session
from healthcode.core.outbox import announce
from healthcode.core.problems import Invalid, NotAllowed, Problem
from healthcode.core.words import Words
from healthcode.registry.residents.models import IdentityDocument, Resident
from healthcode.registry.residents.problems import AlreadyRegistered, DocumentTaken, PhoneInUse
from healthcode.registry.residents.service import papers
from healthcode.registry.residents.service.papers import Paper
from healthcode.registry.residents.service.reading import index_of_phone, living_record, masked_card

OLDEST = 130  # years
NAMELESS = "无名氏"  # what hospitals write for somebody who cannot say their name


def register_self(
    caller: Caller,
    *,
    name: str,
    sex: str,
    birth_date: date,
    documents: Sequence[Mapping[str, str]] = (),
    district: str | None = None,
) -> Resident:
    """Register whoever proved this session's phone. Nothing in the answer depends on what is known of the documents.

    Raises NotAllowed, AlreadyRegistered, Invalid.
    """
    if caller.kind != "resident":
        raise NotAllowed()
    if caller.id is not None:
        raise AlreadyRegistered()
    seen = _fitting(papers.read_all(documents), sex, birth_date)
    resident = _new(name=name, sex=sex, birth_date=birth_date, identity="declared", district=district)
    _give_phone(resident, caller.row.phone)  # the session proved it
    with unless_taken(AlreadyRegistered()):
        session().add(resident)
    caller.row.account_id = resident.id  # and is this resident's from now on
    for paper in seen:
        session().add(write_document(resident, paper))
    _tell(caller, resident, "self")
    return resident


def register_at_desk(
    caller: Caller,
    *,
    name: str,
    sex: str,
    birth_date: date,
    documents: Sequence[Mapping[str, str]],
    district: str | None = None,
    coverage: str | None = None,
    phone: str | None = None,
) -> Resident:
    """Register somebody whose documents are in the clerk's hand. Raises DocumentTaken, PhoneInUse, Invalid."""
    seen = _fitting(papers.read_all(documents), sex, birth_date)
    if not seen:
        raise Invalid.at("documents", Words(zh="至少需要一份证件", en="at least one document"))
    resident = _new(name=name, sex=sex, birth_date=birth_date, identity="proved", district=district, coverage=coverage)
    if phone is not None:
        _give_phone(resident, phone)
    with unless_taken(PhoneInUse()):
        session().add(resident)
    for paper in seen:
        claim_document(write_document(resident, paper, seen_by=caller.id), paper)
    _tell(caller, resident, "desk")
    return resident


def register_newborn(
    caller: Caller, *, name: str, sex: str, birth_date: date, mother: Mapping[str, str], birth_order: int
) -> Resident:
    """Register a child that has no document yet, by its mother's, in the clerk's hand, and its place in the birth.

    The same mother may have twins today and another child next year: only mother, day and place together say who it
    is. Raises DocumentTaken, Invalid.
    """
    make_sure_was_born(birth_date)
    resident = _new(name=name, sex=sex, birth_date=birth_date, identity="proved")
    session().add(resident)
    session().flush()  # its document refers to it
    paper = papers.read(**mother).of_newborn(birth_order, birth_date)
    claim_document(write_document(resident, paper, seen_by=caller.id), paper)
    _tell(caller, resident, "newborn")
    return resident


def register_temporary(caller: Caller, *, sex: str, name: str | None = None) -> Resident:
    """Register somebody who cannot say who they are; merged into their own record once they can. Raises Invalid.

    The number of the wristband is their document meanwhile: any desk finds and verifies them by it.
    """
    resident = _new(name=name or NAMELESS, sex=sex, birth_date=None, identity="temporary")
    session().add(resident)
    session().flush()  # its document refers to it
    wristband = papers.new_wristband()
    claim_document(write_document(resident, wristband, seen_by=caller.id), wristband)
    _tell(caller, resident, "temporary")
    return resident


def write_document(resident: Resident, paper: Paper, *, seen_by: str | None = None) -> IdentityDocument:
    """A document of this resident, not yet in the session: whoever saw it claims it, whoever declares it does not."""
    document = IdentityDocument(
        id=ids.new(),
        resident_id=resident.id,
        resident=resident,
        kind=paper.kind,
        country=paper.document.country,
        number_index=paper.index,
        seen_by=seen_by,
        created_at=clock.now(),
    )
    document.number = paper.document.number
    return document


def claim_document(document: IdentityDocument, paper: Paper) -> None:
    """Store a document that was seen; a globally unique one is this person's alone. Raises DocumentTaken."""
    claim = paper.claim
    holder = session().scalars(IdentityDocument.by_claim(claim)).first() if claim is not None else None
    if holder is not None and living_record(holder.resident).id != document.resident_id:
        raise _taken(holder)
    with unless_taken(DocumentTaken()):  # by somebody who asked at the same time
        session().add(document)
        document.claim = claim if holder is None else None  # else a record that was merged into this one holds it


def _taken(holder: IdentityDocument) -> DocumentTaken:
    resident = living_record(holder.resident)
    trail.note(resident_id=resident.id, purpose="document-taken")
    return DocumentTaken(card=masked_card(resident))


@contextmanager
def unless_taken(problem: Problem) -> Iterator[None]:
    """Store what is added here, or raise the problem if a unique constraint says somebody was first."""
    try:
        with session().begin_nested():  # an IntegrityError outside a savepoint would end PostgreSQL's transaction
            yield
            session().flush()
    except IntegrityError:
        raise problem from None


def _new(*, name: str, sex: str, birth_date: date | None, identity: str, **more: Any) -> Resident:
    resident = Resident(
        id=ids.new(),
        key_wrapped=secrets.vault().new_person_key(),
        sex=sex,
        identity=identity,
        created_at=clock.now(),
        version=1,
        **more,
    )
    resident.name = papers.clean_name(name)
    resident.birth_date_text = birth_date.isoformat() if birth_date else None
    return resident


def _give_phone(resident: Resident, phone: str) -> None:
    resident.phone, resident.phone_index = papers.normal_phone(phone), index_of_phone(phone)


def _fitting(seen: list[Paper], sex: str, birth_date: date) -> list[Paper]:
    """The same documents, if they can be this person's: some numbers say a birth date and a sex."""
    make_sure_was_born(birth_date)
    for paper in seen:
        paper.make_sure_fits(sex=sex, birth_date=birth_date)
    return seen


def make_sure_was_born(birth_date: date) -> None:
    today = clock.today()
    if not today.replace(year=today.year - OLDEST, day=1) <= birth_date <= today:
        raise Invalid.at("birth_date", Words(zh="出生日期不对", en="not a possible date of birth"))


def _tell(caller: Caller, resident: Resident, how: str) -> None:
    trail.note(resident_id=resident.id, purpose="register")
    announce("resident.registered", resident_id=resident.id, how=how, institution_id=caller.institution_id)
