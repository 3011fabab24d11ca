"""Merkle tree hashing as RFC 9162 has it: leaves and nodes hashed apart, proofs of inclusion and of consistency.

A tree that only grows needs to keep the roots of its complete subtrees alone: (level, index) names the subtree over
leaves [index·2^level, (index+1)·2^level). Everything else is computed from at most 2·log2(n) of them.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY = hashlib.sha256(b"").digest()
Nodes = Callable[[int, int], bytes]  # the root of a complete subtree


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed(size: int, leaf: bytes, nodes: Nodes) -> Iterator[tuple[int, int, bytes]]:
    """What a leaf added to a tree of `size` leaves completes: itself, then each subtree whose right half it ends."""
    level, index, found = 0, size, leaf
    yield level, index, found
    while index % 2:
        found = node_hash(nodes(level, index - 1), found)
        level, index = level + 1, index // 2
        yield level, index, found


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the first `size` leaves."""
    return _range(0, size, nodes) if size else EMPTY


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """The path that proves leaf `index` to be in the tree of `size` leaves (RFC 9162, 2.1.3.1)."""
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start = middle
    return path[::-1]


def consistency(earlier: int, size: int, nodes: Nodes) -> list[bytes]:
    """The path that proves the tree of `earlier` leaves to be the beginning of that of `size` (RFC 9162, 2.1.4.1)."""
    path: list[bytes] = []
    start, end, is_whole = 0, size, True
    while start + (earlier - start) != end:
        middle = start + _split(end - start)
        if earlier <= middle:
            path.append(_range(middle, end, nodes))
            end = middle
        else:
            path.append(_range(start, middle, nodes))
            start, is_whole = middle, False
    if not is_whole:
        path.append(_range(start, end, nodes))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Check a path of inclusion (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(step, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == top


def is_consistent(earlier: int, size: int, path: Sequence[bytes], before: bytes, now: bytes) -> bool:
    """Check a path of consistency (RFC 9162, 2.1.4.2)."""
    if earlier == size:
        return not path and before == now
    if not 0 < earlier < size or not path:
        return earlier == 0 and not path
    steps = [before, *path] if earlier & (earlier - 1) == 0 else list(path)
    place, last = earlier - 1, size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == before and new == now


def _range(start: int, end: int, nodes: Nodes) -> bytes:
    """The root over leaves [start, end): one node if the range is a complete subtree, else of its two parts."""
    size = end - start
    if size & (size - 1) == 0 and start % size == 0:
        return nodes(size.bit_length() - 1, start // size)
    middle = start + _split(size)
    return node_hash(_range(start, middle, nodes), _range(middle, end, nodes))


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1
