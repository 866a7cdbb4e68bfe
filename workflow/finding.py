"""What a verification found wrong, in words for an auditor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.definition.process import Text

#: Sentences by code; braces name details.
SENTENCES: Mapping[str, Text] = {
    "event_changed": {
        "id": "Isi, pelaku, waktu atau urutan peristiwa ini tidak cocok dengan sidiknya.",
        "en": "This event's body, actor, time or place does not fit its hash.",
    },
    "event_missing": {
        "id": "Peristiwa ini tidak ada, padahal riwayat berlanjut setelahnya.",
        "en": "This event is missing, although the history goes on after it.",
    },
    "fold_refused": {
        "id": "Peristiwa ini tidak dapat terjadi menurut aturan perkara: {why}",
        "en": "This event cannot have happened by the rules of the case: {why}",
    },
    "definition_missing": {
        "id": "Definisi yang disebut peristiwa ini tidak ada: {why}",
        "en": "The definition that this event names is not there: {why}",
    },
    "case_missing": {
        "id": "Perkara ini tidak ada, padahal peristiwanya ada.",
        "en": "This case is missing, although its events are there.",
    },
    "stored_differs": {
        "id": "Perkara yang tersimpan berbeda dengan riwayatnya: {field} adalah {stored}, menurut peristiwa {folded}.",
        "en": "The stored case differs from its history: {field} is {stored}, by the events {folded}.",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that does not fit, at the first event where it shows."""

    #: Stable; a key of `SENTENCES`.
    code: str
    #: Case, where it is about one; 0 is the journal.
    case: int | None = None
    #: Sequence number of the event at which it shows.
    seq: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """What was found, as one sentence."""
        words = SENTENCES[self.code]
        return (words.get(language) or words["id"]).format(**self.details)
