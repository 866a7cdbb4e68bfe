"""Files about a person, closed with the person's key and bound to their place: what is drawn, signed and printed.

Files of before this was so lie as they were made; they are read as they are, and go with the same erasure.
"""

from __future__ import annotations

import hashlib

from workflow.blobs import BlobError, BlobStore
from workflow.vault import PersonKey, UnreadableError

_PDF = b"%PDF-"


def keep(blobs: BlobStore, key: PersonKey, content: bytes, place: str) -> str:
    """Store `content`, closed for `place`; the name of what is stored."""
    return blobs.put(key.close(content, place))


def fetch(blobs: BlobStore, key: PersonKey, name: str, place: str, *, sha256: str | None = None) -> bytes:
    """The bytes that `keep` was given; where `sha256` (hex) is given they must be those.

    Raises `BlobError` and `UnreadableError`.
    """
    stored = blobs.get(name)
    try:
        content = key.open(stored, place)
    except UnreadableError:
        if not stored.startswith(_PDF):
            raise
        content = stored
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise BlobError(f"The file {name} is not the one that was registered.")
    return content


def of_card(case: int) -> str:
    """Place of the signed card of a case."""
    return f"card/{case}"


def of_print(case: int, seq: int) -> str:
    """Place of what the step `seq` printed."""
    return f"print/{case}/{seq}"


def of_signing(card: int, field: str, revision: int) -> str:
    """Place of a file that waits for its signature."""
    return f"signing/{card}/{field}/{revision}"
