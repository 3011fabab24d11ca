"""Residents and their identity documents. Personal fields are sealed under a key of the person's own."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from healthcode.core import clock, secrets
from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word, append_only
from healthcode.core.secrets import Sealed

SEXES = ("male", "female", "other", "unknown")  # FHIR AdministrativeGender
IDENTITIES = ("declared", "proved", "temporary")


class Resident(Personal, Table):
    """A person who holds a code. `key_wrapped` gone means erased: nothing sealed can be read again."""

    __tablename__ = "residents"

    id: Mapped[RowId]
    key_wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    birth_date_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    registers_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # chronic-disease registers, a JSON list
    sex: Mapped[Word]
    district: Mapped[str | None] = mapped_column(String(64))
    coverage: Mapped[str | None] = mapped_column(String(32))  # kind of insurance, as a code
    identity: Mapped[Word] = mapped_column(default="declared")
    created_at: Mapped[At]
    died_on: Mapped[date | None]
    merged_into_id: Mapped[OptionalRef] = mapped_column(ForeignKey("residents.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)

    name = Sealed("name_sealed")
    birth_date_text = Sealed("birth_date_sealed")
    phone = Sealed("phone_sealed")
    registers_text = Sealed("registers_sealed")

    @classmethod
    def about(cls) -> ColumnElement[str]:
        return cls.id  # type: ignore[return-value]  # an instrumented column is one

    @property
    def data_key(self) -> bytes | None:
        """The person's own key; None once it is destroyed."""
        return secrets.vault().unwrap(self.key_wrapped) if self.key_wrapped is not None else None

    @property
    def is_erased(self) -> bool:
        return self.key_wrapped is None

    @property
    def birth_date(self) -> date | None:
        text = self.birth_date_text
        return date.fromisoformat(text) if text else None

    @property
    def age(self) -> int | None:
        """Whole years today, in the city's zone; of the dead, on the day they died."""
        born = self.birth_date
        day = self.died_on or clock.today()
        return clock.age_on(born, day) if born and born <= day else None

    def destroy_key(self) -> None:
        """Erase: what is sealed can never be read again, and nothing is left to find the person by."""
        self.key_wrapped = self.name_sealed = self.birth_date_sealed = self.registers_sealed = None
        self.phone_sealed = self.phone_index = self.district = self.coverage = None

    @classmethod
    @proof("a session names its own row, or the phone that was proved; only ids come out")
    def accounts(cls) -> Select[tuple[str, bytes | None, str | None]]:
        """Who may be signed in: everybody who is neither dead nor erased, as id, phone_index, merged_into_id.

        A record that leads to another is as dead as that one.
        """
        led = aliased(cls)
        leads_to_nobody = exists().where(
            led.id == cls.merged_into_id, led.died_on.is_not(None) | led.key_wrapped.is_(None)
        )
        living = cls.died_on.is_(None) & cls.key_wrapped.is_not(None) & ~leads_to_nobody
        return select(cls.id, cls.phone_index, cls.merged_into_id).where(living)

    @classmethod
    @proof("the resident's own session names its row")
    def by_session(cls, resident_id: str) -> Select[tuple["Resident"]]:
        return select(cls).where(cls.id == resident_id)

    @classmethod
    @proof("a record that is already in hand leads to the one it was merged into")
    def led_to(cls, resident_id: str) -> Select[tuple["Resident"]]:
        return select(cls).where(cls.id == resident_id)

    @classmethod
    @proof("the record that stays is already in hand; those that lead to it are the same person")
    def leading_to(cls, resident_id: str) -> Select[tuple["Resident"]]:
        return select(cls).where(cls.merged_into_id == resident_id)

    @classmethod
    @proof("only ids leave, and only as part of somebody's sight")
    def ids_leading_to(cls, resident_ids: Select[tuple[str]] | str) -> Select[tuple[str]]:
        into = cls.merged_into_id
        return select(cls.id).where(into == resident_ids if isinstance(resident_ids, str) else into.in_(resident_ids))

    @classmethod
    @proof("the record itself is already in sight; only ids leave, and only as part of another question")
    def ids_of_person(cls, resident_id: str | BindParameter[str]) -> Select[tuple[str]]:
        """Every record that is the same person: the one that leads to no other, and those that lead to it."""
        one = aliased(cls)
        living = select(func.coalesce(one.merged_into_id, one.id)).where(one.id == resident_id).scalar_subquery()
        return select(cls.id).where(or_(cls.id == living, cls.merged_into_id == living))

    @classmethod
    @proof("the records are held already; only whether one is proved leaves")
    def proved_among(cls, resident_ids: Sequence[str]) -> Select[tuple[str]]:
        return select(cls.id).where(cls.id.in_(resident_ids), cls.identity == "proved").limit(1)

    @classmethod
    @proof("a row about them is in sight already; the keys open its texts, and leave this room no further")
    def wrapped_keys(cls, resident_ids: Sequence[str]) -> Select[tuple[str, bytes | None]]:
        return select(cls.id, cls.key_wrapped).where(cls.id.in_(resident_ids))

    @classmethod
    @proof("a merge holds both records and then judges what each is proved with")
    def to_be_merged(cls, resident_ids: Sequence[str]) -> Select[tuple["Resident"]]:
        """Always in the order of their ids, so that two merges of the same records wait instead of deadlocking."""
        return select(cls).where(cls.id.in_(resident_ids)).order_by(cls.id)


class IdentityDocument(Personal, Table):
    """One document. `claim` is its blind index while it is in force, was seen at a desk and is globally unique: two
    people cannot hold it. A document that was only declared claims nothing, whoever else has it."""

    __tablename__ = "identity_documents"

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)
    kind: Mapped[Word]
    country: Mapped[str] = mapped_column(String(3))
    number_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    number_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)  # none once the person was erased
    claim: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    seen_by: Mapped[OptionalRef]  # the member of staff who held it; nobody, if it was only declared
    created_at: Mapped[At]
    ended_at: Mapped[OptionalAt]
    ended_reason: Mapped[str | None] = mapped_column(String(200))

    number = Sealed("number_sealed")
    resident: Mapped[Resident] = relationship(lazy="joined", innerjoin=True)

    @property
    def data_key(self) -> bytes | None:
        return self.resident.data_key

    @property
    def is_seen(self) -> bool:
        return self.seen_by is not None

    @classmethod
    @proof("whoever asks holds the whole number; what is answered is decided by the door")
    def by_number(cls, number_index: bytes) -> Select[tuple["IdentityDocument"]]:
        return select(cls).where(cls.number_index == number_index, cls.ended_at.is_(None)).order_by(cls.id)

    @classmethod
    @proof("whoever asks holds the document itself; only one person can claim it")
    def by_claim(cls, claim: bytes) -> Select[tuple["IdentityDocument"]]:
        return select(cls).where(cls.claim == claim)

    @classmethod
    @proof("the person's record is already in sight, and these are the records that are that person")
    def of_person(cls, resident_ids: Sequence[str] | Select[tuple[str]]) -> Select[tuple["IdentityDocument"]]:
        return select(cls).where(cls.resident_id.in_(resident_ids)).order_by(cls.id)

    @classmethod
    def is_of_living_record(cls) -> ColumnElement[bool]:
        record = aliased(Resident)
        merged = select(record.id).where(record.merged_into_id.is_not(None))
        return cls.resident_id.not_in(merged)

    @classmethod
    def held_twice(cls) -> ColumnElement[bool]:
        """Documents whose number another living record holds too."""
        other, record = aliased(cls), aliased(Resident)
        return (
            select(func.count())
            .select_from(other)
            .join(record, record.id == other.resident_id)
            .where(
                other.number_index == cls.number_index,
                other.resident_id != cls.resident_id,
                other.ended_at.is_(None),
                record.merged_into_id.is_(None),
            )
            .correlate(cls)
            .scalar_subquery()
            > 0
        )


class Merge(Personal, Table):
    """Two records that are one person. A link, not a move: no row changes hands, so a merge can be undone whole.
    A record to which others lead cannot lead on itself, so every way is one step long and can be taken back alone."""

    __tablename__ = "merges"

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)  # the record that stays
    merged_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)  # the record that leads to it
    reason: Mapped[str] = mapped_column(String(200))
    merged_at: Mapped[At]
    merged_by: Mapped[OptionalRef]
    reversed_at: Mapped[OptionalAt]
    reversed_by: Mapped[OptionalRef]
    reversed_reason: Mapped[str | None] = mapped_column(String(200))

    @classmethod
    @proof("the record itself is already in sight, and these say what it was made of")
    def of_record(cls, resident_id: str) -> Select[tuple["Merge"]]:
        either = (cls.resident_id == resident_id) | (cls.merged_id == resident_id)
        return select(cls).where(either).order_by(cls.id).limit(50)


class ResidentChange(Personal, Table):
    """Who changed what of a resident, when and why. Immutable; what the fields were stands sealed in it."""

    __tablename__ = "resident_changes"
    __table_args__ = (Index("ix_resident_changes_resident_id_id", "resident_id", "id"),)

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    at: Mapped[At]
    by_kind: Mapped[Word]
    by_id: Mapped[OptionalRef]
    fields: Mapped[list[str]]
    reason: Mapped[str] = mapped_column(String(200))
    before_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # JSON, as the fields were


append_only(ResidentChange)
