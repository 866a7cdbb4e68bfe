"""What lies beside the histories against the digests in their events.

Everything is opened and digested, case by case; what was lawfully erased is counted, and nothing else may be missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from workflow.blobs import BlobError, BlobStore
from workflow.db.beside import Beside, read_beside
from workflow.db.material import place
from workflow.db.verified_cards import verify_cards
from workflow.finding import Finding
from workflow.vault import PersonKey, UnreadableError, Vault, salted_digest


@dataclass
class Looked:
    """How much was looked at."""

    versions: int = 0
    documents: int = 0
    #: Files of cards and prints.
    files: int = 0
    #: Cases whose data were lawfully erased.
    erased: int = 0


def verify_contents(
    db: Connection, vault: Vault, blobs: BlobStore, ids: Sequence[int] | None, looked: Looked
) -> Iterator[Finding]:
    """What does not fit in data versions, documents, cards and prints of the cases `ids` (None: of all), by case."""
    for beside in read_beside(db, vault, ids):
        looked.versions += len(beside.versions)
        looked.documents += len(beside.documents)
        looked.files += len(beside.cards) + len(beside.prints)
        looked.erased += beside.erased
        yield from verify_data(beside)
        yield from verify_documents(beside, blobs)
        yield from verify_cards(beside, blobs)


def verify_data(beside: Beside) -> Iterator[Finding]:
    """Data versions and inputs of which events tell."""
    versions = {row.version: row for row in beside.versions}
    inputs = {row.digest: row for row in beside.versions if row.kind == "input"}
    wrong: set[int] = set()
    for event in beside.events:
        for digest, row in _told(event.body, versions, inputs):
            if row is not None and row.version in wrong:
                continue
            found = _version(beside, row, digest)
            if found and row is not None:
                wrong.add(row.version)
            if found:
                details = {"version": row.version} if row is not None else {}
                yield Finding(code=found, case=beside.id, seq=event.seq, details=details)


def verify_documents(beside: Beside, blobs: BlobStore) -> Iterator[Finding]:
    """Documents of which events tell, each opened once, its safe picture too."""
    rows = {(row.kind, row.digest): row for row in beside.documents}
    opened: set[tuple[str, str]] = set()
    for event in beside.events:
        documents = event.body.get("documents")
        for kind, digest in sorted(documents.items()) if isinstance(documents, dict) else ():
            if (kind, digest) in opened:
                continue
            opened.add((kind, digest))
            code = _document(beside, blobs, rows.get((kind, digest)), digest)
            if code:
                yield Finding(code=code, case=beside.id, seq=event.seq, details={"kind": kind})


def _told(
    body: dict[str, Any], versions: dict[int, Row[Any]], inputs: dict[str, Row[Any]]
) -> Iterator[tuple[str, Row[Any] | None]]:
    """Digests that an event tells, each with the row that should have it."""
    data, given = body.get("data"), body.get("input")
    if isinstance(data, dict):
        yield data["digest"], versions.get(data["version"])
    if isinstance(given, str):
        yield given, inputs.get(given)


def _version(beside: Beside, row: Row[Any] | None, digest: str) -> str | None:
    """Code of what is wrong with a version."""
    if row is None or row.cipher is None or row.salt is None or beside.key is None:
        return None if beside.erased and (row is None or row.digest == digest) else "data_missing"
    plain = _opened(beside.key, bytes(row.cipher), place(beside.id, row.version))
    same = plain is not None and salted_digest(bytes(row.salt), plain) == row.digest == digest
    return None if same else "data_changed"


def _document(beside: Beside, blobs: BlobStore, row: Row[Any] | None, digest: str) -> str | None:
    """Code of what is wrong with a document."""
    if row is None or row.salt is None or beside.key is None:
        return None if beside.erased else "document_missing"
    where = f"document/{beside.id}/{row.kind}"
    try:
        contents = [_opened(beside.key, blobs.get(name), where) for name in (row.blob, row.rendition) if name]
    except BlobError:
        return "document_changed"
    plain = contents[0] if contents else None
    same = plain is not None and salted_digest(bytes(row.salt), plain) == digest
    return None if same and None not in contents else "document_changed"


def _opened(key: PersonKey, cipher: bytes, where: str) -> bytes | None:
    try:
        return key.open(cipher, where)
    except UnreadableError:
        return None
