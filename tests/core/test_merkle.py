"""The tree against a plain reading of RFC 9162."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from healthcode.core import merkle


def plain_root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return merkle.EMPTY
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def grown(size: int) -> tuple[list[bytes], merkle.Nodes]:
    leaves = [merkle.leaf_hash(str(place).encode()) for place in range(size)]
    stored: dict[tuple[int, int], bytes] = {}
    for place, leaf in enumerate(leaves):
        for level, index, found in merkle.completed(place, leaf, lambda level, index: stored[level, index]):
            assert (level, index) not in stored
            stored[level, index] = found
    return leaves, lambda level, index: stored[level, index]


@given(st.integers(0, 200))
def test_a_tree_that_grew_leaf_by_leaf_has_the_root_of_all_its_leaves(size: int):
    leaves, nodes = grown(size)
    assert merkle.root(size, nodes) == plain_root(leaves)


@given(st.data())
def test_every_leaf_is_proved_and_no_other(data: st.DataObject):
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    leaves, nodes = grown(size)
    top = merkle.root(size, nodes)
    path = merkle.inclusion(index, size, nodes)
    assert merkle.is_included(leaves[index], index, size, path, top)
    assert not merkle.is_included(merkle.leaf_hash(b"another"), index, size, path, top)
    assert not merkle.is_included(leaves[index], index, size, path, merkle.leaf_hash(b"another"))
    assert not merkle.is_included(leaves[index], size, size, path, top)
    if size > 1:
        assert not merkle.is_included(leaves[index], index, size, path[:-1], top)
        assert not merkle.is_included(leaves[index], (index + 1) % size, size, path, top)


@given(st.data())
def test_an_earlier_tree_is_the_beginning_of_a_later_one(data: st.DataObject):
    size = data.draw(st.integers(1, 130))
    earlier = data.draw(st.integers(1, size))
    _, nodes = grown(size)
    before, now = merkle.root(earlier, nodes), merkle.root(size, nodes)
    path = merkle.consistency(earlier, size, nodes)
    assert merkle.is_consistent(earlier, size, path, before, now)
    if earlier < size:
        assert not merkle.is_consistent(earlier, size, path, merkle.leaf_hash(b"rewritten"), now)
        assert not merkle.is_consistent(earlier, size, path, before, merkle.leaf_hash(b"rewritten"))


@pytest.mark.case("R9")
def test_a_leaf_is_not_a_node():
    """Different prefixes: two hashes glued together can never pass for a row."""
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.node_hash(left, right) != merkle.leaf_hash(left + right)
