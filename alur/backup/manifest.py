"""What a backup says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from alur.backup.errors import NotABackupError

FORMAT = 1
MANIFEST, DUMP, PERSONS, DOCUMENTS = "manifest.json", "database.dump", "persons.jsonl", "documents/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """The last member of the file: a backup that was cut off has none."""

    format: int
    #: Version of Alur that made it.
    alur: str
    #: Revision of the schema.
    revision: str
    #: The moment whose state it holds, ISO 8601 in UTC.
    made_at: str
    #: Name of the key safe that has the keys of its persons.
    safe: str
    #: Fingerprint of the data key that wraps them.
    data_key: str
    #: Member → SHA-256 of its content, hex; of documents their name is the digest.
    digests: Mapping[str, str]
    #: How many documents it holds.
    documents: int

    def text(self) -> bytes:
        """As it is written."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()


def read(text: bytes) -> Manifest:
    """What `Manifest.text` wrote; raises `NotABackupError`."""
    try:
        return Manifest(**json.loads(text))
    except (ValueError, TypeError):
        raise NotABackupError("The manifest of the backup cannot be read.") from None
