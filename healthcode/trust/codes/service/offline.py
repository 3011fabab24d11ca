"""What a scanner verified while the line was down, taken over afterwards.

The scanner has already let the person in. What it sends is judged at the moment it says it read; what turns out to be
taken or revoked is a conflict for a person to look at, never a refusal after the fact. But no more is opened by it than
would have been opened online.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from healthcode.core import clock, ids, secrets, wire
from healthcode.core.caller import Caller
from healthcode.core.db import insert_many, session
from healthcode.core.outbox import announce
from healthcode.core.problems import Problem, Refused
from healthcode.registry.devices import service as devices
from healthcode.trust.codes import problems
from healthcode.trust.codes.hp1.forms import UNBOUND
from healthcode.trust.codes.models import Batch, Conflict
from healthcode.trust.codes.service.reading import read_code, read_request
from healthcode.trust.codes.service.verifying import (
    UNCHECKED,
    VALUABLE,
    find_presented,
    find_showing,
    key_of,
    remember_showing,
    write_verification,
)

KEPT = timedelta(days=30)  # as long as showings are kept; older readings cannot be judged
CLOCK_SLACK = timedelta(minutes=2)  # a scanner's clock may run so far ahead of ours


@dataclass(frozen=True)
class Judged:
    """What became of one reading: accepted | duplicate | conflict | refused."""

    status: str
    verification_id: str | None = None
    problem: str | None = None


def take_batch(
    caller: Caller, *, sequence: int, count: int, digest: str, items: Sequence[dict[str, Any]]
) -> list[dict[str, Any]] | Refused:
    """Take a numbered batch of readings over, once: the same batch again gets the same answer.

    `digest` is the hex SHA-256 of the items' texts joined by newlines. Raises BatchDamaged, BatchOutOfOrder; returns
    Refused(DeviceForked), and stops the device, when another batch already carries this number.
    """
    if len(items) != count or _digest_of(items) != digest:
        raise problems.BatchDamaged()
    device = devices.hold(str(caller.id))  # two uploads of one device are judged one after the other
    if sequence <= device.last_sequence:
        return _again(caller, sequence, digest)
    if sequence != device.last_sequence + 1:
        raise problems.BatchOutOfOrder(expected=device.last_sequence + 1)
    results = [vars(_judge(caller, device, item)) for item in items]
    device.last_sequence = sequence
    _keep(caller, sequence, digest, results)
    return results


def _digest_of(items: Sequence[dict[str, Any]]) -> str:
    return hashlib.sha256("\n".join(item["text"] for item in items).encode()).hexdigest()


def _again(caller: Caller, sequence: int, digest: str) -> list[dict[str, Any]] | Refused:
    kept = session().scalars(select(Batch).where(Batch.device_id == caller.id, Batch.sequence == sequence)).one()
    if kept.hash != digest:
        devices.stop(str(caller.id), reason="forked")
        return Refused(problems.DeviceForked())
    answer: list[dict[str, Any]] = wire.read_json(
        secrets.vault().open_system(kept.answer_sealed, purpose="batches", context=kept.id)
    )
    return answer


def _keep(caller: Caller, sequence: int, digest: str, results: list[dict[str, Any]]) -> None:
    batch_id = ids.new()
    sealed = secrets.vault().seal_system(wire.write_json(results), purpose="batches", context=batch_id)
    row = {"id": batch_id, "device_id": caller.id, "sequence": sequence, "hash": digest, "received_at": clock.now()}
    insert_many(Batch, [row | {"answer_sealed": sealed}])


def _judge(caller: Caller, device: devices.Device, item: dict[str, Any]) -> Judged:
    try:
        return _take_over(caller, device, item)
    except Problem as problem:
        return Judged("refused", problem=problem.slug())


def _take_over(caller: Caller, device: devices.Device, item: dict[str, Any]) -> Judged:
    read_at: datetime = item["read_at"]
    if read_at > clock.now() + CLOCK_SLACK:
        raise problems.CodeNotReady()
    if read_at < clock.now() - KEPT:
        raise problems.CodeExpired()
    audience = UNBOUND
    if item.get("challenge") is not None:
        audience = read_request(item["challenge"], device=device, at=read_at)
    verified = read_code(item["text"], at=read_at, audience=audience)
    code, is_good = find_presented(verified, at=read_at)
    key, verification_id = key_of(verified), ids.new()
    if not remember_showing(caller, key, verification_id, read_at, audience):
        return _taken_before(caller, key)
    write_verification(
        caller,
        code=code,
        form=verified.form,
        assurance=_assurance(verified.form, item["step"], is_bound=audience != UNBOUND) if is_good else UNCHECKED,
        step=item["step"],
        read_at=read_at,
        verification_id=verification_id,
        is_offline=True,
    )
    if not is_good:
        note_conflict(caller, "revoked-before", verification_id)
        return Judged("conflict", verification_id, problems.CodeRevoked.slug())
    return Judged("accepted", verification_id)


def _assurance(form: str, step: str, *, is_bound: bool) -> str:
    """A card, and a valuable step without a code made for this station, need a second check, which nobody made here."""
    if is_bound:
        return "bound"
    return UNCHECKED if form == "card" or step in VALUABLE else "shown"


def _taken_before(caller: Caller, key: str) -> Judged:
    taken = find_showing(key)
    if taken is None:
        raise problems.ChallengeMismatch()
    if taken.device_id == caller.id:
        return Judged("duplicate", taken.verification_id)
    note_conflict(caller, "shown-twice", None, taken.verification_id)
    return Judged("conflict", taken.verification_id, problems.CodeAlreadyUsed.slug())


def note_conflict(caller: Caller, kind: str, verification_id: str | None, other_id: str | None = None) -> None:
    """Put something that does not fit before a person."""
    conflict_id = ids.new()
    insert_many(
        Conflict,
        [
            {
                "id": conflict_id,
                "kind": kind,
                "verification_id": verification_id,
                "other_verification_id": other_id,
                "device_id": caller.id if caller.kind == "device" else None,
                "institution_id": caller.institution_id,
                "found_at": clock.now(),
            }
        ],
    )
    announce("conflict.found", conflict_id=conflict_id, kind=kind)
