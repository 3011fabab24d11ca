"""Sealing the trail: rows get their places in a Merkle tree afterwards, and each minute's root is signed.

Writers never wait for each other: a row is complete when it is committed, and gets its place when a sealer comes by.
The rows of the minute not yet sealed are the window that is admitted. Signed heads are also appended to a file that
belongs on another system: who rewrites the whole tail with right hashes, or restores an older database, is found there.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from flask import current_app
from sqlalchemy import Integer, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from healthcode.core import clock, ids, merkle, signing
from healthcode.core.db import At, Ref, Table, append_only, insert_if_absent, insert_many, session, transaction
from healthcode.core.trail import TrailRow

BATCH = 5_000  # rows sealed in one transaction
HEAD_TYPE = "healthcode-trail-head+jwt"
HEAD_YEARS = 30
LATEST = timedelta(hours=1)  # no transaction commits so long after it made a row's id
CHECKPOINTS = "checkpoints.jsonl"


class TrailLeaf(Table):
    """The place of a trail row, and the hash of its canonical bytes."""

    __tablename__ = "trail_leaves"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    trail_id: Mapped[Ref] = mapped_column(unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class TrailNode(Table):
    """The root of one complete subtree."""

    __tablename__ = "trail_nodes"

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class TrailHead(Table):
    """A signed root: at this moment the trail had so many rows, and they were these."""

    __tablename__ = "trail_heads"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[At]
    signed: Mapped[str] = mapped_column(String(2048))


class TrailSealer(Table):
    """One row, locked by whoever seals: two workers never give places at once."""

    __tablename__ = "trail_sealer"

    id: Mapped[int] = mapped_column(primary_key=True)


for _kept in (TrailLeaf, TrailNode, TrailHead):
    append_only(_kept)


def canonical(row: TrailRow) -> bytes:
    """The bytes of a row that are hashed: its columns by name as JSON with sorted keys, moments in UTC microseconds.
    The same on every database."""
    fields = {column.key: _plain(getattr(row, column.key)) for column in TrailRow.__table__.columns}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


def seal() -> int:
    """Give places to the rows that have none and sign the new root; returns how many rows were sealed."""
    sealed = 0
    while (more := _seal_some()) > 0:
        sealed += more
        if more < BATCH:
            break
    return sealed


def _seal_some() -> int:
    with transaction() as current:
        insert_if_absent(TrailSealer, {"id": 1}, unique=("id",))
        current.execute(select(TrailSealer.id).where(TrailSealer.id == 1).with_for_update())
        size = current.scalar(select(func.count()).select_from(TrailLeaf)) or 0
        # After the newest row that has its place, not after the newest head: behind a backlog the rows are older.
        last = current.scalar(select(TrailLeaf.trail_id).where(TrailLeaf.position == size - 1))
        rows = TrailRow.unsealed(TrailLeaf.trail_id, ids.floor(ids.made_at(last) - LATEST) if last else None, BATCH)
        leaves, nodes = _grow(size, current.scalars(rows).all())
        if leaves:
            insert_many(TrailLeaf, leaves)
            insert_many(TrailNode, nodes)
            _sign(size + len(leaves))
    if leaves:
        _export()
    return len(leaves)


def _grow(size: int, rows: Sequence[TrailRow]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The leaves and the complete subtrees that these rows add to a tree of `size` leaves."""
    fresh: dict[tuple[int, int], bytes] = {}

    def nodes(level: int, index: int) -> bytes:
        return fresh[level, index] if (level, index) in fresh else stored_node(level, index)

    leaves = []
    for position, row in enumerate(rows, start=size):
        leaf = merkle.leaf_hash(canonical(row))
        leaves.append({"position": position, "trail_id": row.id, "hash": leaf})
        for level, index, found in merkle.completed(position, leaf, nodes):
            fresh[level, index] = found
    return leaves, [{"level": level, "index": index, "hash": found} for (level, index), found in fresh.items()]


def stored_node(level: int, index: int) -> bytes:
    return session().scalars(select(TrailNode.hash).where(TrailNode.level == level, TrailNode.index == index)).one()


def _sign(size: int) -> None:
    """Sign the root over `size` rows, as the database now gives it back."""
    moment = clock.now()
    top = merkle.root(size, stored_node)
    claims = {"size": size, "root": top.hex()}
    signed = signing.sign("trail", claims, typ=HEAD_TYPE, lifetime_seconds=HEAD_YEARS * 365 * 86400)
    insert_many(TrailHead, [{"size": size, "root": top, "at": moment, "signed": signed}])


def _export() -> None:
    """Append to the checkpoint file every head that it does not have; a crash in between is caught up here."""
    file = checkpoint_file()
    last = max((size for size, _ in read_checkpoints(file)), default=0)
    with transaction("read") as current:
        heads = current.scalars(select(TrailHead).where(TrailHead.size > last).order_by(TrailHead.size)).all()
    with file.open("a") as out:
        for head in heads:
            out.write(json.dumps({"size": head.size, "root": head.root.hex(), "signed": head.signed}) + "\n")


def checkpoint_file() -> Path:
    folder: Path = current_app.config["SETTINGS"].folder
    return folder / CHECKPOINTS


def read_checkpoints(file: Path) -> list[tuple[int, bytes]]:
    """Size and root of every head in a checkpoint file; a last line cut short by a crash is left out."""
    found = []
    for line in file.read_text().splitlines() if file.exists() else []:
        try:
            told = json.loads(line)
            found.append((int(told["size"]), bytes.fromhex(told["root"])))
        except (ValueError, KeyError):
            continue
    return found


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many rows are sealed and how many wait, and the first thing that is wrong."""

    sealed: int
    unsealed: int
    broken: str | None

    @property
    def holds(self) -> bool:
        return self.broken is None


def verify(checkpoints: Path | None = None) -> Verdict:
    """Read the whole trail again and compare it with everything that was said of it.

    Finds a row that was changed, removed, swapped or put in, a changed leaf or node, a head that is not signed or not
    of this tree, and (from a checkpoint file kept elsewhere) a tail that was rewritten with right hashes.
    """
    with transaction("read") as current:
        sealed = current.scalar(select(func.count()).select_from(TrailLeaf)) or 0
        rows = current.scalar(TrailRow.how_many()) or 0
        broken = next(_wrong(checkpoints), None)
    return Verdict(sealed, max(rows - sealed, 0), broken)


def _wrong(checkpoints: Path | None) -> Iterator[str]:
    """Everything that is wrong, in the order of the trail."""
    nodes: dict[tuple[int, int], bytes] = {}
    heads = {head.size: head for head in session().scalars(select(TrailHead))}
    outside = dict(read_checkpoints(checkpoints)) if checkpoints is not None else {}
    size = 0
    for leaf, row in session().execute(TrailRow.in_places(TrailLeaf)).yield_per(1000):
        if leaf.position != size:
            yield f"place {size} is empty: its row was removed, or its leaf"
            return
        if row is None:
            yield f"row {leaf.trail_id} at place {size} was removed"
            return
        found = merkle.leaf_hash(canonical(row))
        if found != leaf.hash:
            yield f"row {row.id} at place {size} was changed"
            return
        for level, index, complete in merkle.completed(size, found, lambda a, b: nodes[a, b]):
            nodes[level, index] = complete
        size += 1
        yield from _wrong_at(size, heads, outside, nodes)
    for told in sorted({*heads, *outside}):
        if told > size:
            yield f"a head speaks of {told} rows, and there are {size}: the end was removed, or an older copy restored"
    yield from _wrong_nodes(nodes)


def _wrong_at(
    size: int, heads: dict[int, TrailHead], outside: dict[int, bytes], nodes: dict[tuple[int, int], bytes]
) -> Iterator[str]:
    if size not in heads and size not in outside:
        return
    top = merkle.root(size, lambda level, index: nodes[level, index])
    if size in heads:
        head = heads[size]
        if head.root != top or not _is_signed(head):
            yield f"the head over {size} rows is not the one that was signed"
    if outside.get(size, top) != top:
        yield f"the first {size} rows are not those of the checkpoint kept elsewhere: the trail was rewritten"


def _is_signed(head: TrailHead) -> bool:
    try:
        claims = signing.read(head.signed, use="trail", typ=HEAD_TYPE)
    except signing.BadToken:
        return False
    return claims.get("size") == head.size and claims.get("root") == head.root.hex()


def _wrong_nodes(nodes: dict[tuple[int, int], bytes]) -> Iterator[str]:
    """Stored nodes that are not what the rows give: they would spoil proofs, not the trail."""
    stored = 0
    for level, index, kept in (
        session().execute(select(TrailNode.level, TrailNode.index, TrailNode.hash)).yield_per(1000)
    ):
        stored += 1
        if nodes.get((level, index)) != kept:
            yield f"node {index} of level {level} was changed"
    if stored != len(nodes):
        yield "nodes of the tree were removed"


@dataclass(frozen=True)
class Proof:
    """That a row stands at its place in the trail, checkable with the published key set alone."""

    row: dict[str, Any]
    position: int
    size: int
    path: list[str]
    head: str


def prove(trail_id: str) -> Proof | None:
    """The proof for one sealed row against the newest head; None for a row that is not there or not yet sealed."""
    with transaction("read") as current:
        found = current.execute(TrailRow.in_places(TrailLeaf).where(TrailLeaf.trail_id == trail_id)).first()
        head = current.scalars(select(TrailHead).order_by(TrailHead.size.desc()).limit(1)).first()
        if found is None or found[1] is None or head is None:
            return None
        leaf, row = found
        path = merkle.inclusion(leaf.position, head.size, stored_node)
        return Proof(orjson.loads(canonical(row)), leaf.position, head.size, [step.hex() for step in path], head.signed)


def check_proof(proof: Proof) -> bool:
    """Whether a proof holds: the row's own bytes, its path, and the signed head."""
    try:
        claims = signing.read(proof.head, use="trail", typ=HEAD_TYPE)
    except signing.BadToken:
        return False
    leaf = merkle.leaf_hash(orjson.dumps(proof.row, option=orjson.OPT_SORT_KEYS))
    path = [bytes.fromhex(step) for step in proof.path]
    return claims["size"] == proof.size and merkle.is_included(
        leaf, proof.position, proof.size, path, bytes.fromhex(claims["root"])
    )


def complaints() -> Iterator[str]:
    """What an operator should know before the service runs: an older database, and a sealer that does not come by."""
    told = max((size for size, _ in read_checkpoints(checkpoint_file())), default=0)
    with transaction("read") as current:
        sealed = current.scalar(select(func.max(TrailHead.size))) or 0
        waiting = (current.scalar(TrailRow.how_many()) or 0) - sealed
    if told > sealed:
        yield f"the checkpoint file knows {told} rows of the trail, the database {sealed}: it is an older copy"
    if waiting > 100_000:
        yield f"{waiting} rows of the trail are not sealed: is `healthcode work` running?"
