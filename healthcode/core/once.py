"""Idempotency-Key: the same key from the same caller at the same door gets the same answer, and one effect.

The row is taken inside the request's own transaction, so a key is kept exactly if its effect is. Only what was
committed is stored: a request that failed may be sent again. Answers are stored encrypted; doors whose answers open
something (tokens, one-time codes) do not use keys at all.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Request
from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import clock, ids, secrets
from healthcode.core.caller import Caller
from healthcode.core.db import At, RowId, Table, changed, insert_if_absent, session, unless_held
from healthcode.core.problems import Problem
from healthcode.core.words import Words

KEPT = timedelta(days=4)  # longer than the 24 h for which payment providers repeat themselves
_KEY = re.compile(r"[\x21-\x7e]{8,128}")


class IdempotencyKeyMissing(Problem):
    """This door needs an Idempotency-Key header: 8 to 128 visible ASCII characters, new for each deed, the same when
    the same deed is sent again because its answer was lost."""

    status = 400
    title = Words(zh="缺少 Idempotency-Key", en="Idempotency-Key is missing")


class IdempotencyKeyReused(Problem):
    """This key was used for another body. A new deed needs a new key."""

    status = 422
    title = Words(zh="此 Idempotency-Key 已用于其他内容", en="This Idempotency-Key was used for another body")


class StillRunning(Problem):
    """The same key is being worked on right now. Ask again shortly for its answer."""

    status = 409
    title = Words(zh="同一请求正在处理", en="The same request is still running")


class KeptAnswer(Table):
    """One key and, once its deed is committed, the answer it got."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("caller", "door", "key"),)

    id: Mapped[RowId]
    caller: Mapped[str] = mapped_column(String(64))
    door: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(128))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[At]


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


@dataclass(frozen=True)
class Deed:
    """A key that was taken by this request and waits for its answer."""

    row_id: str

    def keep(self, status: int, body: bytes) -> None:
        """Store the answer, in the same transaction as the effect."""
        row = session().get_one(KeptAnswer, self.row_id)
        row.status, row.answer_sealed = status, secrets.vault().seal_system(body, purpose="answers", context=row.id)

    def let_go(self) -> None:
        """Free the key: the deed was refused, and only what it counted is kept."""
        session().execute(delete(KeptAnswer).where(KeptAnswer.id == self.row_id))


def key_of(request: Request) -> str:
    """The key that the request carries. Raises IdempotencyKeyMissing."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyMissing()
    return key


def begin(caller: Caller, *, door: str, key: str, request: Request, body: bytes) -> Deed | Answer:
    """Take the key, or find the answer it already has. Raises IdempotencyKeyReused, StillRunning.

    A rival with the same key that has not committed yet is waited for, but not for long.
    """
    who = caller.counted_as
    fingerprint = hashlib.sha256(request.full_path.encode() + b"\0" + body).digest()
    row_id = ids.new()
    row = {
        "id": row_id,
        "caller": who,
        "door": door,
        "key": key,
        "fingerprint": fingerprint,
        "status": 0,
        "created_at": clock.now(),
    }
    with unless_held(StillRunning(retry_after=1)):
        is_ours = insert_if_absent(KeptAnswer, row, unique=("caller", "door", "key"))
    if is_ours:
        return Deed(row_id)
    kept = (
        session()
        .scalars(select(KeptAnswer).where(KeptAnswer.caller == who, KeptAnswer.door == door, KeptAnswer.key == key))
        .one()
    )
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused()
    if kept.answer_sealed is None:
        raise StillRunning(retry_after=1)
    return Answer(kept.status, secrets.vault().open_system(kept.answer_sealed, purpose="answers", context=kept.id))


def forget_old(now: datetime) -> int:
    """Drop keys older than KEPT; business rules still refuse their deeds. Returns how many. For the worker."""
    return changed(delete(KeptAnswer).where(KeptAnswer.created_at < now - KEPT))
