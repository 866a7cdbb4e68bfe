"""The log's tree against RFC 9162's own recursive definition."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.log.tree import EMPTY, Growth, Nodes, consistency, consistent, edge_places, includes, inclusion, leaf_hash
from workflow.log.tree import root as root_of


def mth(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash, word for word as section 2.1.1 has it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], b: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.4.1."""
    if m == len(leaves):
        return [] if b else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], b), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def grown(leaves: Sequence[bytes]) -> tuple[Growth, Nodes]:
    """A tree grown leaf by leaf, and the complete subtrees that were stored on the way."""
    growth, stored = Growth(), {}
    for index, leaf in enumerate(leaves):
        stored[0, index] = leaf_hash(leaf)
        stored.update({(n.level, n.place): n.hash for n in growth.add(leaf_hash(leaf))})
    return growth, lambda level, index: stored[level, index]


def some(size: int) -> list[bytes]:
    """Leaves that all differ."""
    return [f"leaf {n}".encode() for n in range(size)]


SIZES = st.integers(1, 70)


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_the_one_of_the_definition(leaves: list[bytes]) -> None:
    """Grown leaf by leaf, and computed from stored subtrees."""
    growth, nodes = grown(leaves)
    assert growth.root() == root_of(nodes, len(leaves)) == mth(leaves)


@given(SIZES, SIZES)
def test_a_tree_goes_on_from_its_right_edge(size: int, more: int) -> None:
    """What a seal reads of the log is enough to add to it."""
    leaves = some(size + more)
    _, nodes = grown(leaves[:size])
    growth = Growth(size, [nodes(level, index) for level, index in edge_places(size)])
    for leaf in leaves[size:]:
        growth.add(leaf_hash(leaf))
    assert growth.root() == mth(leaves)


@given(SIZES, st.data())
def test_inclusion_is_proven_as_defined_and_of_this_leaf_only(size: int, data: st.DataObject) -> None:
    """The proof is that of the definition; another leaf, place, size or root does not pass."""
    leaves, index = some(size), data.draw(st.integers(0, size - 1))
    _, nodes = grown(leaves)
    proof, root, leaf = inclusion(nodes, index, size), mth(leaves), leaf_hash(leaves[index])
    assert proof == path(index, leaves)
    assert includes(leaf, index, size, proof, root)
    assert not includes(leaf_hash(b"another"), index, size, proof, root)
    assert not includes(leaf, size, size, proof, root)
    assert not includes(leaf, index, size, [*proof, root], root)
    for other in range(size):
        assert includes(leaf, other, size, proof, root) == (other == index)
    for n in range(len(proof)):
        changed = [*proof[:n], bytes(32), *proof[n + 1 :]]
        assert not includes(leaf, index, size, changed, root)
        assert not includes(leaf, index, size, proof[:n] + proof[n + 1 :], root)


@given(SIZES, st.data())
def test_growth_is_proven_as_defined_and_no_rewriting_passes(new: int, data: st.DataObject) -> None:
    """A log whose early leaf was changed has no consistency with the root of before."""
    old = data.draw(st.integers(1, new))
    leaves = some(new)
    _, nodes = grown(leaves)
    proof = consistency(nodes, old, new)
    assert proof == subproof(old, leaves, True)
    assert consistent(old, mth(leaves[:old]), new, mth(leaves), proof)
    changed = data.draw(st.integers(0, old - 1))
    forged = [*leaves[:changed], b"rewritten", *leaves[changed + 1 :]]
    _, others = grown(forged)
    assert not consistent(old, mth(leaves[:old]), new, mth(forged), consistency(others, old, new))
    assert not consistent(old, mth(leaves[:old]), new, mth(forged), proof)
    for n in range(len(proof)):
        assert not consistent(old, mth(leaves[:old]), new, mth(leaves), [*proof[:n], bytes(32), *proof[n + 1 :]])


def test_a_shorter_log_never_continues_a_longer_one() -> None:
    """Neither does one of no leaves; nobody can ask for such a proof."""
    leaves = some(5)
    _, nodes = grown(leaves)
    assert not consistent(5, mth(leaves), 3, mth(leaves[:3]), [])
    assert not consistent(0, EMPTY, 3, mth(leaves[:3]), [])
    assert not consistent(3, mth(leaves[:3]), 5, mth(leaves), [])
    for old, new in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match="no proof"):
            consistency(nodes, old, new)
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(nodes, 5, 5)
