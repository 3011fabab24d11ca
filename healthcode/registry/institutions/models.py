"""Institutions, how they belong together, and who works there."""

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, or_
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import ColumnElement

from healthcode.core.db import At, Instant, OptionalAt, OptionalRef, Ref, RowId, Table, Word

KINDS = ("hospital", "health-centre", "station", "pharmacy", "test")
ROLES = ("clerk", "doctor", "nurse", "pharmacist", "cashier", "station_worker", "institution_admin")
CITY_ROLES = ("hotline", "city_admin", "auditor")


class Institution(Table):
    """A hospital, health centre, station or pharmacy. `code` is public, short and stable; codes are bound to it."""

    __tablename__ = "institutions"

    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    name_en: Mapped[str | None] = mapped_column(String(160))
    kind: Mapped[Word]
    level: Mapped[str | None] = mapped_column(String(32))
    parent_id: Mapped[OptionalRef] = mapped_column(ForeignKey("institutions.id"), index=True)
    district: Mapped[str] = mapped_column(String(64), index=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    opening_hours: Mapped[dict[str, Any]]  # weekday (mon…sun) -> [["08:00", "17:30"], …], city time
    is_open: Mapped[bool] = mapped_column(default=True)  # still working at all


class Alliance(Table):
    """A medical consortium or speciality league with a core hospital."""

    __tablename__ = "alliances"

    id: Mapped[RowId]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Word]
    core_id: Mapped[OptionalRef] = mapped_column(ForeignKey("institutions.id"))


class AllianceMember(Table):
    """An institution's membership in one alliance."""

    __tablename__ = "alliance_members"
    __table_args__ = (UniqueConstraint("alliance_id", "institution_id"),)

    id: Mapped[RowId]
    alliance_id: Mapped[Ref] = mapped_column(ForeignKey("alliances.id"))
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"), index=True)


class Department(Table):
    """A department of an institution."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("institution_id", "code"),)

    id: Mapped[RowId]
    institution_id: Mapped[Ref] = mapped_column(ForeignKey("institutions.id"))
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str | None] = mapped_column(String(120))


class StaffMember(Table):
    """Somebody who works in the city's health system, and how they prove it. Rights come from posts alone."""

    __tablename__ = "staff"

    id: Mapped[RowId]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    totp_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int] = mapped_column(default=0)  # a one-time code is good once
    created_at: Mapped[At]


class Post(Table):
    """A role at an institution (or in the city, without one) for a time. It is asked for whenever a right is used."""

    __tablename__ = "posts"
    __table_args__ = (Index("ix_posts_staff_id_role", "staff_id", "role"),)

    id: Mapped[RowId]
    staff_id: Mapped[Ref] = mapped_column(ForeignKey("staff.id"))
    institution_id: Mapped[OptionalRef] = mapped_column(ForeignKey("institutions.id"), index=True)
    role: Mapped[Word]
    from_at: Mapped[At]
    until_at: Mapped[OptionalAt]

    @classmethod
    def in_force(cls, at: Instant) -> ColumnElement[bool]:
        return (cls.from_at <= at) & or_(cls.until_at.is_(None), cls.until_at > at)
