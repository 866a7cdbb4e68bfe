"""Leaves of the log: canonical texts that say what is sealed. Their bytes stand in docs/reference/log.md."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from workflow.canonical import canonical, canonical_bytes
from workflow.errors import AlurError
from workflow.events import stamp

#: Kinds of leaves.
CASE, JOURNAL, ACCESS = "case", "journal", "access"


class LeafError(AlurError):
    """The text is no leaf of the log."""

    code = "leaf_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """What one leaf seals."""

    kind: str
    #: The case whose history it seals; None for the others.
    case: int | None = None
    #: Number of the last event that it seals; of the access log, of the last row.
    seq: int
    #: Hash of that event, 32 bytes; of the access log, the digest of its rows.
    hash: bytes
    #: Of the access log: number of the first row, and how many there are.
    first: int = 0
    rows: int = 0

    def text(self) -> str:
        """The canonical text: what is hashed."""
        if self.kind == ACCESS:
            told: dict[str, Any] = {"from": self.first, "to": self.seq, "rows": self.rows, "digest": self.hash.hex()}
        else:
            told = {"seq": self.seq, "head": self.hash.hex()}
        if self.case is not None:
            told["case"] = self.case
        return canonical({"kind": self.kind, **told})


class Access(NamedTuple):
    """A row of the access log."""

    id: int
    account: int
    case: int
    what: str
    at: datetime


def read_leaf(text: str) -> Leaf:
    """The leaf of a canonical text; raises `LeafError` for anything that `Leaf.text` would not have written."""
    try:
        told = json.loads(text)
        found = _access(told) if told["kind"] == ACCESS else _head(told)
    except (ValueError, KeyError, TypeError):
        raise LeafError("The text is no leaf of the log.") from None
    if found.text() != text:
        raise LeafError("The text is no leaf of the log in its canonical form.")
    return found


def access_digest(rows: Iterable[Access]) -> tuple[bytes, int]:
    """SHA-256 over the canonical texts of rows, each followed by a line end, by number; how many."""
    found, count = hashlib.sha256(), 0
    for row in rows:
        told = {"id": row.id, "account": row.account, "case": row.case, "what": row.what, "at": stamp(row.at)}
        found.update(canonical_bytes(told) + b"\n")
        count += 1
    return found.digest(), count


def _head(told: dict[str, Any]) -> Leaf:
    kind = told["kind"]
    if kind not in (CASE, JOURNAL) or (kind == CASE) != ("case" in told):
        raise ValueError(kind)
    return Leaf(kind=kind, case=told.get("case"), seq=told["seq"], hash=bytes.fromhex(told["head"]))


def _access(told: dict[str, Any]) -> Leaf:
    digest = bytes.fromhex(told["digest"])
    return Leaf(kind=ACCESS, seq=told["to"], hash=digest, first=told["from"], rows=told["rows"])
