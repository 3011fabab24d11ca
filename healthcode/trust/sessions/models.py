"""Sessions and what opens them. Everything that opens something is kept as a digest only."""

import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    case,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import ids
from healthcode.core.db import (
    At,
    Instant,
    Moment,
    OptionalAt,
    OptionalRef,
    Ref,
    RowId,
    Table,
    Word,
    insert_if_absent,
    locked,
    session,
)

TRIES = 5  # of one code
FREE_TRIES = 5  # wrong ones from one place before it must wait
FIRST_WAIT = timedelta(seconds=30)  # doubles with every further wrong try
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(hours=24)  # wrong tries count no longer


class Session(Table):
    """Somebody signed in. Looked up on every request, so ending it ends everything at once."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_account_id_ended_at", "account_id", "ended_at"),
        Index("ix_sessions_device_digest", "device_digest"),
    )

    id: Mapped[RowId]
    kind: Mapped[Word]  # resident | staff | device
    account_id: Mapped[OptionalRef]  # resident, staff or device row; none until a new phone has registered
    institution_id: Mapped[OptionalRef]  # where a member of staff signed in to work
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the proved phone of a resident's session
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    cookie_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    device_digest: Mapped[bytes | None] = mapped_column(
        LargeBinary(32)
    )  # of the secret by which a device is known again
    machine_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))  # the same for all accounts on one device
    label: Mapped[str | None] = mapped_column(String(80))  # what the person calls the phone
    created_at: Mapped[At]
    seen_at: Mapped[At]  # for idle sessions; moved at most once a minute
    idle_seconds: Mapped[int | None]  # unused for so long, it is over
    expires_at: Mapped[At]
    reports_open_at: Mapped[OptionalAt]  # a new device sees no report before this, unless a second proof confirms it
    ended_at: Mapped[OptionalAt]

    @classmethod
    def is_open(cls, at: Instant) -> ColumnElement[bool]:
        """Neither ended nor expired. Whether it lay idle too long is asked by `is_idle`."""
        return cls.ended_at.is_(None) & (cls.expires_at > at)


def is_idle(seen_at: datetime, idle_seconds: int | None, at: datetime) -> bool:
    """Whether a session was left unused for longer than it may be."""
    return idle_seconds is not None and at >= seen_at + timedelta(seconds=idle_seconds)


class RefreshToken(Table):
    """One link of a session's chain. A link that is used twice ends the session: one of the two users is a thief."""

    __tablename__ = "refresh_tokens"

    id: Mapped[RowId]
    session_id: Mapped[Ref] = mapped_column(ForeignKey("sessions.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    issued_at: Mapped[At]
    used_at: Mapped[OptionalAt]

    @classmethod
    def use(cls, digest: bytes, at: datetime) -> str | None:
        """Take the link, and say whose session it continues; None if it is unknown or somebody took it before."""
        taken = (
            update(cls).where(cls.digest == digest, cls.used_at.is_(None)).values(used_at=at).returning(cls.session_id)
        )
        return session().execute(taken).scalar()

    @classmethod
    def session_of(cls, digest: bytes) -> str | None:
        """Whose link this is or was."""
        return session().scalar(select(cls.session_id).where(cls.digest == digest))


class OneTimePassword(Table):
    """Six digits for one phone: five minutes, five tries, one use."""

    __tablename__ = "one_time_passwords"
    __table_args__ = (
        Index("ix_one_time_passwords_phone_index_created_at", "phone_index", "created_at"),
        Index("ix_one_time_passwords_address_digest_created_at", "address_digest", "created_at"),
        Index("ix_one_time_passwords_created_at", "created_at"),
        CheckConstraint(f"tries BETWEEN 0 AND {TRIES}", name="few_tries"),
    )

    id: Mapped[RowId]
    phone_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    device_digest: Mapped[bytes | None] = mapped_column(
        LargeBinary(32)
    )  # the known device that asked, and alone may use it
    digits_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # gone once it has been sent
    digits_digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # keyed: a million digits are soon hashed
    address_digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at: Mapped[At]
    expires_at: Mapped[At]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[OptionalAt]
    sent_at: Mapped[OptionalAt]

    @classmethod
    def asked_by(cls, phone_index: bytes, device_digest: bytes | None) -> ColumnElement[bool]:
        """A phone's codes that one known device asked for, or (None) those asked for by strangers."""
        is_theirs = cls.device_digest.is_(None) if device_digest is None else cls.device_digest == device_digest
        return (cls.phone_index == phone_index) & is_theirs

    @classmethod
    def asked_since(cls, which: ColumnElement[bool], at: datetime) -> int:
        """How many codes were asked for after a moment."""
        return session().scalar(select(func.count()).where(which, cls.created_at > at)) or 0

    @classmethod
    def tried_since(cls, which: ColumnElement[bool], at: datetime) -> int:
        """How many tries were looked at, of codes asked for after a moment."""
        return session().scalar(select(func.coalesce(func.sum(cls.tries), 0)).where(which, cls.created_at > at)) or 0

    @classmethod
    def last_sent(cls, at: datetime) -> datetime | None:
        """When the last message left, of codes asked for after a moment."""
        return session().scalar(select(func.max(cls.sent_at)).where(cls.created_at > at))

    @classmethod
    def phones_of(cls, row_ids: Sequence[str]) -> int:
        """How many phones wait for these codes; for a code that a newer one replaced nobody waits."""
        is_wanted = cls.id.in_(row_ids) & cls.digits_sealed.is_not(None)
        return session().scalar(select(func.count(cls.phone_index.distinct())).where(is_wanted)) or 0

    @classmethod
    def replace(cls, phone_index: bytes, device_digest: bytes | None, at: datetime) -> None:
        """End the code that still waits: of two messages only the newer one counts."""
        waiting = cls.asked_by(phone_index, device_digest) & cls.used_at.is_(None) & (cls.expires_at > at)
        session().execute(update(cls).where(waiting).values(expires_at=at, digits_sealed=None))

    @classmethod
    def attempt(
        cls, phone_index: bytes, device_digest: bytes | None, digits_digest: bytes, at: datetime
    ) -> bool | None:
        """Count one try and judge it, in one statement: however many come at once, no sixth is ever looked at.

        True if the code is right (and is now used), False if it is wrong, None if there is no code to be tried.
        """
        is_right = cls.digits_digest == digits_digest
        tried = (
            update(cls)
            .where(cls.asked_by(phone_index, device_digest))
            .where(cls.used_at.is_(None), cls.expires_at > at, cls.tries < TRIES)
            .values(tries=cls.tries + 1, used_at=case((is_right, literal(at, Moment)), else_=None))
            .returning(is_right)
            .execution_options(synchronize_session=False)
        )
        found = session().execute(tried).scalar()
        return None if found is None else bool(found)


class SignInFailure(Table):
    """Wrong tries of one account from one place, and until when that place must wait.

    The row is also what tries of one account queue at: whoever holds it counts alone.
    """

    __tablename__ = "sign_in_failures"

    id: Mapped[RowId]
    key: Mapped[str] = mapped_column(String(80), unique=True)  # keyed digest of what was tried and from where
    count: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[OptionalAt]
    last_at: Mapped[At]

    @classmethod
    def hold(cls, key: str, at: datetime) -> "SignInFailure":
        """The row of that key, made if it is missing, held until the transaction ends."""
        insert_if_absent(cls, {"id": ids.new(), "key": key, "count": 0, "last_at": at}, unique=("key",))
        return session().scalars(locked(select(cls).where(cls.key == key))).one()

    def seconds_to_wait(self, at: datetime) -> int:
        """0 if a try is free."""
        left = (self.locked_until - at).total_seconds() if self.locked_until is not None else 0
        return max(math.ceil(left), 0)

    def count_one(self, at: datetime, free: int = FREE_TRIES) -> None:
        """One more wrong try; from the `free`th on each makes the next wait twice as long."""
        self.count = 1 if self.last_at <= at - FORGOTTEN_AFTER else self.count + 1
        self.last_at = at
        if self.count >= free:
            doubled = FIRST_WAIT * 2 ** min(self.count - free, 12)
            self.locked_until = at + min(doubled, LONGEST_WAIT)

    def forgive(self) -> None:
        """A right try ends the series of its place."""
        self.count, self.locked_until = 0, None


class UsedAssertion(Table):
    """A device's client assertion, by device and jti: good once."""

    __tablename__ = "used_assertions"

    id: Mapped[RowId]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires_at: Mapped[At]

    @classmethod
    def take(cls, device_id: str, jti: str, expires_at: datetime) -> bool:
        """True for whoever brings it first."""
        row = {"id": ids.new(), "digest": ids.digest(f"{device_id} {jti}"), "expires_at": expires_at}
        return insert_if_absent(cls, row, unique=("digest",))


class MessageDay(Table):
    """What the city's one-time passwords cost on one day: the wall that pumped messages run into."""

    __tablename__ = "message_days"

    id: Mapped[RowId]
    day: Mapped[date] = mapped_column(unique=True)
    spent_fen: Mapped[int] = mapped_column(default=0)

    @classmethod
    def spend(cls, day: date, *, price_fen: int, budget_fen: int) -> bool:
        """Take one message's price out of the day's budget; False, and nothing taken, once it does not suffice."""
        insert_if_absent(cls, {"id": ids.new(), "day": day, "spent_fen": 0}, unique=("day",))
        paid = (
            update(cls)
            .where(cls.day == day, cls.spent_fen + price_fen <= budget_fen)
            .values(spent_fen=cls.spent_fen + price_fen)
            .returning(cls.id)
            .execution_options(synchronize_session=False)
        )
        return session().execute(paid).first() is not None
