"""Devices: scanners, walls and institution systems, each with a key of its own."""

from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from healthcode.core.db import At, OptionalAt, OptionalRef, Ref, RowId, Table, Word

SCANNERS = ("registration", "pharmacy", "examination", "cashier", "station")
SYSTEMS = ("his", "lis", "pacs")
DISPLAYS = ("display",)  # walls: they read no codes
STATES = ("invited", "enrolled", "revoked")


class Device(Table):
    """invited → enrolled → revoked. A stopped device (its journal forked) is revoked with that reason."""

    __tablename__ = "devices"

    id: Mapped[RowId]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)
    kind: Mapped[Word]
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[Word] = mapped_column(default="invited")
    public_key: Mapped[dict[str, Any] | None]  # JWK, P-256
    enrolment_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    enrolment_ends_at: Mapped[OptionalAt]
    invited_by: Mapped[OptionalRef]
    invited_at: Mapped[At]
    enrolled_at: Mapped[OptionalAt]
    revoked_at: Mapped[OptionalAt]
    revoked_reason: Mapped[str | None] = mapped_column(String(200))
    last_sequence: Mapped[int] = mapped_column(default=0)  # of the batches it has sent

    # Named as a string, as its table is: rooms of one floor do not import each other.
    institution: Mapped[Any] = relationship("Institution", lazy="joined", innerjoin=True)

    @property
    def is_system(self) -> bool:
        return self.kind in SYSTEMS
