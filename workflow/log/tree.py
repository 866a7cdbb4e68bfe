"""The Merkle tree of the log, as RFC 9162 (section 2.1) defines it: roots, proofs, and checking them.

Whoever keeps a root can be shown that a leaf stands under it (inclusion), and that a later root has everything of it
unchanged and in place (consistency), with a number of hashes that grows with the logarithm of the size.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

#: Root of the log without leaves.
EMPTY = hashlib.sha256(b"").digest()
HASH_BYTES = 32

#: Level and index → hash of the complete subtree over the leaves [index·2^level, (index+1)·2^level).
Nodes = Callable[[int, int], bytes]


class Node(NamedTuple):
    """A complete subtree."""

    #: It has 2^level leaves.
    level: int
    #: Counted from 0 among the subtrees of its level.
    place: int
    hash: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(nodes: Nodes, size: int) -> bytes:
    """Root of the first `size` leaves."""
    return _hash(nodes, 0, size) if size else EMPTY


def inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Proof that leaf `index` stands under the root of the first `size` leaves (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"A log of {size} leaves has no leaf {index}.")
    return list(_path(nodes, index, 0, size))


def consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Proof that the first `new` leaves begin with the first `old` ones (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"There is no proof from {old} to {new} leaves.")
    return list(_subproof(nodes, old, 0, new, whole=True))


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_: bytes) -> bool:
    """True when `proof` shows the leaf with the hash `leaf` at `index` under `root_` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root_


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """True when `proof` shows that the log of `old` leaves is how that of `new` leaves begins (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not proof and old_root == new_root
    # A power of two is a complete subtree: its root begins the path, and the proof need not repeat it.
    path = [old_root, *proof] if 0 < old < new and not old & (old - 1) else list(proof)
    if not 0 < old < new or not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def edge_places(size: int) -> Iterator[tuple[int, int]]:
    """Level and index of the complete subtrees that make up `size` leaves, from the left."""
    start = 0
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


class Growth:
    """A tree that grows leaf by leaf, holding its right edge only."""

    def __init__(self, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        """Take a tree of `size` leaves by the hashes of `edge_places(size)`."""
        if len(edge) != size.bit_count():
            raise ValueError(f"The edge of {size} leaves has {size.bit_count()} hashes, not {len(edge)}.")
        self.size = size
        self._edge = list(edge)

    def add(self, leaf: bytes) -> list[Node]:
        """Add a leaf by its hash; the subtrees of two leaves and more that it completes."""
        completed: list[Node] = []
        index, found = self.size, leaf
        while index & 1:
            found, index = node_hash(self._edge.pop(), found), index >> 1
            completed.append(Node(len(completed) + 1, index, found))
        self._edge.append(found)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Root of all leaves so far."""
        if not self._edge:
            return EMPTY
        found = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            found = node_hash(left, found)
        return found


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _hash(nodes: Nodes, start: int, end: int) -> bytes:
    size = end - start
    if not size & (size - 1):
        level = size.bit_length() - 1
        return nodes(level, start >> level)
    middle = start + _split(size)
    return node_hash(_hash(nodes, start, middle), _hash(nodes, middle, end))


def _path(nodes: Nodes, index: int, start: int, end: int) -> Iterator[bytes]:
    if end - start == 1:
        return
    middle = start + _split(end - start)
    if index < middle:
        yield from _path(nodes, index, start, middle)
        yield _hash(nodes, middle, end)
    else:
        yield from _path(nodes, index, middle, end)
        yield _hash(nodes, start, middle)


def _subproof(nodes: Nodes, old: int, start: int, end: int, *, whole: bool) -> Iterator[bytes]:
    """RFC 9162's SUBPROOF; `old` counts from 0, `whole` is its flag b."""
    if old == end:
        if not whole:
            yield _hash(nodes, start, end)
        return
    middle = start + _split(end - start)
    if old <= middle:
        yield from _subproof(nodes, old, start, middle, whole=whole)
        yield _hash(nodes, middle, end)
    else:
        yield from _subproof(nodes, old, middle, end, whole=False)
        yield _hash(nodes, start, middle)
