"""Cards and prints: the file, the register, and the event of the step that made the file must say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Row

from workflow.blobs import BlobError, BlobStore
from workflow.changes.cards import CARD_LIFTED, CARD_RENEWED
from workflow.db import register
from workflow.db.beside import Beside
from workflow.finding import Finding
from workflow.sealed_files import fetch, of_card, of_print
from workflow.vault import UnreadableError

#: States of a card that has been handed to its holder.
_ISSUED = frozenset({register.VALID, register.REPLACED, register.REVOKED, register.EXPIRED, register.RETURNED})


class Told(NamedTuple):
    """What an event says of a file."""

    seq: int
    sha256: str


def verify_cards(beside: Beside, blobs: BlobStore) -> Iterator[Finding]:
    """The card of a case and its prints, each at the event that told of its file."""
    cards, prints = _told(beside)
    rows = {row.id: row for row in beside.cards}
    for id_ in sorted(rows.keys() | cards.keys()):
        code = _card(beside, blobs, rows.get(id_), cards.get(id_))
        if code:
            yield _finding(beside, code, cards.get(id_), {})
    yield from _earlier(beside, blobs)
    drawn = {row.n: row for row in beside.prints}
    for n, told in sorted(prints.items()):
        row = drawn.get(n)
        if row is None or row.sha256 != told.sha256:
            yield _finding(beside, "print_changed", told, {"n": n})
        elif not _is_there(beside, blobs, row, of_print(beside.id, row.seq)):
            yield _finding(beside, "print_file_changed", told, {"n": n})


def _earlier(beside: Beside, blobs: BlobStore) -> Iterator[Finding]:
    """Earlier files are those, and only those, of which an event tells that another took their place."""
    told = {e.body["before"]: e.seq for e in beside.events if e.type in (CARD_LIFTED, CARD_RENEWED)}
    rows = {row.sha256: row for row in beside.earlier}
    for sha256 in sorted(told.keys() ^ rows.keys()):
        yield Finding(code="earlier_file_changed", case=beside.id, seq=told.get(sha256), details={"sha256": sha256})
    for sha256 in sorted(told.keys() & rows.keys()):
        if not _is_there(beside, blobs, rows[sha256], of_card(beside.id)):
            yield Finding(code="earlier_file_changed", case=beside.id, seq=told[sha256], details={"sha256": sha256})


def _told(beside: Beside) -> tuple[Mapping[int, Told], Mapping[int, Told]]:
    """The file of each card and of each print, by the last event that tells of it: a second signature makes another."""
    cards: dict[int, Told] = {}
    prints: dict[int, Told] = {}
    for event in beside.events:
        result = event.body.get("result")
        if isinstance(result, dict) and "sha256" in result:
            into, number = (prints, result["print"]) if "print" in result else (cards, result["card"])
            into[number] = Told(event.seq, result["sha256"])
    return cards, prints


def _card(beside: Beside, blobs: BlobStore, row: Row[Any] | None, told: Told | None) -> str | None:
    """Code of what is wrong with a card."""
    if told is None:
        return "card_changed" if row is not None and row.state in _ISSUED else None
    if row is None or row.sha256 is None:
        return "card_changed"
    # The step that is pending may have stored its file, and not told of it yet.
    if row.sha256 != told.sha256 and not beside.busy:
        return "card_changed"
    return None if _is_there(beside, blobs, row, of_card(beside.id)) else "card_file_changed"


def _is_there(beside: Beside, blobs: BlobStore, row: Row[Any], place: str) -> bool:
    """True when the stored file is the one that the register names; an erasure may have removed it."""
    if not row.blob or beside.key is None:
        return beside.erased
    try:
        fetch(blobs, beside.key, row.blob, place, sha256=row.sha256)
    except (BlobError, UnreadableError):
        return False
    return True


def _finding(beside: Beside, code: str, told: Told | None, details: dict[str, Any]) -> Finding:
    return Finding(code=code, case=beside.id, seq=told.seq if told else None, details=details)
