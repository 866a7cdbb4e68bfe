"""What a bundle says of itself, and the text of it that is signed. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflow.canonical import canonical_bytes
from workflow.events import stamp

FORMAT, VERSION = "alur evidence bundle", 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What stands in `manifest.json` beside the list of members."""

    #: The house, by the name of its audit key.
    house: str
    #: The line by which that key is known.
    key: str
    case: int
    made_at: datetime
    #: Number of the last event that a checkpoint of the bundle seals; 0 for none.
    sealed: int
    #: Moment of that checkpoint.
    sealed_at: datetime | None
    #: Personal data, documents and the card's file are in the bundle.
    with_data: bool
    #: The personal data were lawfully erased.
    erased: bool

    def content(self, members: Mapping[str, bytes]) -> bytes:
        """The bytes of `manifest.json` over `members`, in their order."""
        listed = [_member(name, content) for name, content in members.items()]
        told: dict[str, Any] = {
            "format": FORMAT,
            "version": VERSION,
            "house": self.house,
            "key": self.key,
            "case": self.case,
            "made_at": stamp(self.made_at),
            "sealed": self.sealed,
            "sealed_at": None if self.sealed_at is None else stamp(self.sealed_at),
            "with_data": self.with_data,
            "erased": self.erased,
            "members": listed,
        }
        return canonical_bytes(told)


def note_text(house: str, manifest: bytes) -> str:
    """What is signed: its first line holds spaces, so that it is never taken for a checkpoint."""
    return f"{FORMAT} {VERSION}\n{house}\n{hashlib.sha256(manifest).hexdigest()}\n"


def _member(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
