"""The mark of a reported card: it stays valid, and whoever checks it is told what was reported, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

#: What may be reported of a card, as it is told beside what the card is worth: Indonesian, English.
REPORTED_AS: Mapping[str, tuple[str, str]] = {
    "lost": ("hilang atau dicuri", "lost or stolen"),
    "suspected": ("diduga palsu atau dipakai orang lain", "false, or used by somebody else"),
}
_SINCE = ("sejak", "since")
#: Whether the issuing office found that the report is true, or has yet to look into it.
_FOUND: Mapping[bool, tuple[str, str]] = {
    True: ("dibenarkan oleh kantor penerbit", "confirmed by the issuing office"),
    False: ("sedang diperiksa kantor penerbit", "the issuing office is looking into it"),
}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What was reported of a valid card, and was not found unfounded."""

    #: A key of REPORTED_AS.
    kind: str
    #: Day of the first such report, where the issuing office is.
    since: date
    #: The office confirmed it.
    confirmed: bool

    @property
    def text(self) -> dict[str, str]:
        """The mark in words, by language: `id`, `en`."""
        parts = (REPORTED_AS[self.kind], _SINCE, _FOUND[self.confirmed])
        day = f"{self.since:%d-%m-%Y}"
        both = zip(*parts, strict=True)
        return {
            lang: f"{what}, {since} {day}, {found}"
            for lang, (what, since, found) in zip(("id", "en"), both, strict=True)
        }

    def to_json(self) -> dict[str, Any]:
        """Return the mark as a JSON-able mapping with its words; the day in ISO 8601."""
        return {
            "kind": self.kind,
            "since": self.since.isoformat(),
            "confirmed": self.confirmed,
            "text": self.text,
        }
