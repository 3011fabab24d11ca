"""Codes, their showings, and what a showing opens: a verification."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import BindParameter, ForeignKey, Index, LargeBinary, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from healthcode.core.caller import Personal, proof
from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word

if TYPE_CHECKING:
    from healthcode.registry.residents.service import Resident


class IssuedCode(Personal, Table):
    """Something the city issued that can be shown: a pass's certificate, a ticket, twenty digits, a card.

    Its id is random, not time-ordered: it is the pass id or card id inside the code, and must tell nothing.
    """

    __tablename__ = "issued_codes"
    __table_args__ = (Index("ix_issued_codes_resident_id_expires_at", "resident_id", "expires_at"),)

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    form: Mapped[Word]  # pass | ticket | digits | card
    shown_by_id: Mapped[OptionalRef]  # the proxy on whose phone it is, if it is not the resident's own
    grant_id: Mapped[OptionalRef]  # …and the grant it was issued under
    session_id: Mapped[OptionalRef]
    ticket_id: Mapped[bytes | None] = mapped_column(LargeBinary(8), unique=True)
    digits_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    issued_at: Mapped[At]
    valid_from: Mapped[At]
    expires_at: Mapped[OptionalAt]
    revoked_at: Mapped[OptionalAt]
    revoked_reason: Mapped[str | None] = mapped_column(String(64))

    resident: Mapped["Resident"] = relationship(lazy="raise")

    @property
    def prefix(self) -> bytes:
        """What stands for it on the revocation list."""
        return uuid.UUID(self.id).bytes[:8]

    @classmethod
    @proof("the code itself was shown: whoever holds its id held the code")
    def presented(cls, code_id: str | BindParameter[str]) -> Select[tuple["IssuedCode"]]:
        return select(cls).where(cls.id == code_id).options(joinedload(cls.resident, innerjoin=True))

    @classmethod
    @proof("the digits themselves were said")
    def spoken(cls, digits_index: bytes | BindParameter[bytes]) -> Select[tuple["IssuedCode"]]:
        return select(cls).where(cls.digits_index == digits_index).options(joinedload(cls.resident, innerjoin=True))

    @classmethod
    @proof("only ids leave: the caller revokes what it may not see")
    def alive(cls, at: datetime) -> Select[tuple["IssuedCode"]]:
        """Codes that could still be shown."""
        return select(cls).where(cls.revoked_at.is_(None), (cls.expires_at.is_(None)) | (cls.expires_at > at))


class Revocation(Table):
    """One entry of the published list: the first 8 bytes of an id that could still be shown."""

    __tablename__ = "revocations"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    prefix: Mapped[bytes] = mapped_column(LargeBinary(8), index=True)
    at: Mapped[At]
    until_at: Mapped[OptionalAt] = mapped_column(index=True)  # when the code would have died by itself


class RevocationCounter(Table):
    """One row: the list's version. Updating it makes writers queue, so a version never appears after a later one."""

    __tablename__ = "revocation_counter"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


class Showing(Table):
    """A showing that was accepted. The unique keys are the replay memory: inserting them is the check."""

    __tablename__ = "showings"
    __table_args__ = (Index("ix_showings_read_at", "read_at"),)

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(String(64), unique=True)
    answers: Mapped[str | None] = mapped_column(String(64), unique=True)  # the station's request: device and challenge
    verification_id: Mapped[Ref]
    device_id: Mapped[OptionalRef]
    institution_id: Mapped[Ref]
    read_at: Mapped[At]


class Verification(Personal, Table):
    """Proof of presence: this resident's code was read here, by this device, now. It carries trust onward."""

    __tablename__ = "verifications"
    __table_args__ = (Index("ix_verifications_resident_id_read_at", "resident_id", "read_at"),)

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    device_id: Mapped[OptionalRef]
    staff_id: Mapped[OptionalRef]
    code_id: Mapped[OptionalRef]
    shown_by_id: Mapped[OptionalRef]
    form: Mapped[Word]  # pass | ticket | digits | card | the kind of another credential
    assurance: Mapped[Word]  # bound | shown | attended | unchecked
    step: Mapped[Word]
    read_at: Mapped[At]
    expires_at: Mapped[At]
    is_offline: Mapped[bool] = mapped_column(default=False)

    resident: Mapped["Resident"] = relationship(lazy="raise")

    @classmethod
    @proof("the same device shows the same code again: its first answer was lost")
    def again(cls, verification_id: str) -> Select[tuple["Verification"]]:
        return select(cls).where(cls.id == verification_id).options(joinedload(cls.resident, innerjoin=True))

    @classmethod
    @proof("only places and times are compared, by the service itself")
    def around(cls, resident_id: str, moment: datetime, *, but: str) -> list[Select[tuple["Verification"]]]:
        """The reading of this resident's code just before a moment, and the one just after."""
        others = select(cls).where(cls.resident_id == resident_id, cls.id != but).limit(1)
        before = others.where(cls.read_at <= moment).order_by(cls.read_at.desc())
        return [before, others.where(cls.read_at > moment).order_by(cls.read_at)]


class Spending(Table):
    """A verification used for one purpose. Each purpose once."""

    __tablename__ = "spendings"
    __table_args__ = (UniqueConstraint("verification_id", "purpose"),)

    id: Mapped[RowId]
    verification_id: Mapped[Ref] = mapped_column(ForeignKey("verifications.id"))
    purpose: Mapped[Word]
    spent_at: Mapped[At]


class Conflict(Table):
    """Something about a showing that does not fit: to be looked at by a person, never a refusal after the fact."""

    __tablename__ = "conflicts"

    id: Mapped[RowId]
    kind: Mapped[Word]  # shown-twice | revoked-before | impossible-journey
    verification_id: Mapped[OptionalRef]
    other_verification_id: Mapped[OptionalRef]
    device_id: Mapped[OptionalRef]
    institution_id: Mapped[Ref]
    found_at: Mapped[At]
    looked_at: Mapped[OptionalAt]
    looked_at_by: Mapped[OptionalRef]


class Batch(Table):
    """What a device sent after being offline, by its own count. Two different ones under one number: a cloned device."""

    __tablename__ = "batches"
    __table_args__ = (UniqueConstraint("device_id", "sequence"),)

    id: Mapped[RowId]
    device_id: Mapped[Ref] = mapped_column(ForeignKey("devices.id"))
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[At]
    answer_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class WrongTries(Table):
    """Wrong tries at one place since the first that still counts, and until when that place must wait."""

    __tablename__ = "wrong_tries"

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(String(80), unique=True)
    count: Mapped[int] = mapped_column(default=0)
    since_at: Mapped[At]
    locked_until: Mapped[OptionalAt]


class CodeBlock(Personal, Table):
    """A lost or stolen code, stopped by two people with a reason; shown to the resident, who may appeal.

    proposed → in-force → lifted. It is never a verdict on a person.
    """

    __tablename__ = "code_blocks"

    id: Mapped[RowId]
    resident_id: Mapped[Ref] = mapped_column(ForeignKey("residents.id"), index=True)
    reason: Mapped[Word]  # lost | stolen
    state: Mapped[Word]
    proposed_by: Mapped[Ref]
    proposed_at: Mapped[At]
    confirmed_by: Mapped[OptionalRef]
    confirmed_at: Mapped[OptionalAt]
    appeal: Mapped[str | None] = mapped_column(String(500))
    appealed_at: Mapped[OptionalAt]
    lifted_by: Mapped[OptionalRef]
    lifted_at: Mapped[OptionalAt]

    @classmethod
    @proof("only whether there is one leaves: no code is issued while a block is in force")
    def in_force_for(cls, resident_ids: Select[tuple[str]]) -> Select[tuple["CodeBlock"]]:
        return select(cls).where(cls.resident_id.in_(resident_ids), cls.state == "in-force")
