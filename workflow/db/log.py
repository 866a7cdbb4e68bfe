"""Reading the log: its checkpoints, and proofs made from the hashes of complete subtrees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from workflow.db.cases import Executor
from workflow.db.tables import checkpoint, checkpoint_stamp, log_leaf, log_node
from workflow.log import tree
from workflow.log.leaf import CASE


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A stored checkpoint."""

    #: How many leaves it covers.
    size: int
    #: Root of the tree over them, 32 bytes.
    root: bytes
    moment: datetime
    #: The signed note: what is exported.
    note: str
    #: Time stamp (RFC 3161, DER) over the note; None while it is pending.
    token: bytes | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Proven:
    """A leaf with the way from it to a checkpoint's root."""

    #: Its place in the log, from 0.
    index: int
    #: Its canonical text.
    text: str
    proof: Sequence[bytes]
    sealed: Sealed


class StoredNodes:
    """Hashes of complete subtrees, one query each: a proof needs a few dozen of them at most."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    def __call__(self, level: int, index: int) -> bytes:
        if level == 0:
            query = select(log_leaf.c.hash).where(log_leaf.c.place == index)
        else:
            query = select(log_node.c.hash).where(log_node.c.level == level, log_node.c.place == index)
        return bytes(self._db.execute(query).scalar_one())


def size_of(db: Executor) -> int:
    """How many leaves the log has."""
    return int(db.execute(select(func.coalesce(func.max(log_leaf.c.place) + 1, 0))).scalar_one())


def latest(db: Executor) -> Sealed | None:
    """The newest checkpoint."""
    found = checkpoints(db, limit=1)
    return found[0] if found else None


def at_size(db: Executor, size: int) -> Sealed | None:
    """The checkpoint over `size` leaves."""
    row = db.execute(_select().where(checkpoint.c.size == size)).one_or_none()
    return None if row is None else _sealed(row)


def checkpoints(db: Executor, *, below: int | None = None, limit: int = 100) -> list[Sealed]:
    """Checkpoints, newest first; with `below`, of fewer leaves than that."""
    query = _select().order_by(checkpoint.c.size.desc()).limit(limit)
    if below is not None:
        query = query.where(checkpoint.c.size < below)
    return [_sealed(row) for row in db.execute(query)]


def between(db: Executor, after: int, until: int | None) -> list[Sealed]:
    """Checkpoints over more than `after` leaves, up to `until` (None: all), by size."""
    query = _select().where(checkpoint.c.size > after).order_by(checkpoint.c.size)
    if until is not None:
        query = query.where(checkpoint.c.size <= until)
    return [_sealed(row) for row in db.execute(query)]


def pending(db: Executor, limit: int = 10) -> list[Sealed]:
    """Checkpoints that have no time stamp yet, oldest first."""
    query = _select().where(checkpoint_stamp.c.size.is_(None)).order_by(checkpoint.c.size).limit(limit)
    return [_sealed(row) for row in db.execute(query)]


def prove(db: Executor, case: int, sealed: Sealed) -> Proven | None:
    """The last leaf of `case` under a checkpoint, with its proof; None where it has none."""
    query = select(log_leaf.c.place, log_leaf.c.text).where(
        log_leaf.c.kind == CASE, log_leaf.c.case_id == case, log_leaf.c.place < sealed.size
    )
    row = db.execute(query.order_by(log_leaf.c.seq.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    proof = tree.inclusion(StoredNodes(db), row.place, sealed.size)
    return Proven(index=row.place, text=row.text, proof=proof, sealed=sealed)


def prove_growth(db: Executor, old: int, new: int) -> Sequence[bytes]:
    """Proof that the log of `new` leaves begins with that of `old`; 0 < old ≤ new ≤ the log's size."""
    return tree.consistency(StoredNodes(db), old, new)


def _select() -> Any:
    stamped = checkpoint.outerjoin(checkpoint_stamp, checkpoint_stamp.c.size == checkpoint.c.size)
    return select(checkpoint, checkpoint_stamp.c.token).select_from(stamped)


def _sealed(row: Row[Any]) -> Sealed:
    token = None if row.token is None else bytes(row.token)
    return Sealed(size=row.size, root=bytes(row.root), moment=row.moment, note=row.note, token=token)
