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
        "id": "Peristiwa ini tidak dapat terjadi menurut aturan perkara.",
        "en": "This event cannot have happened by the rules of the case.",
    },
    "definition_missing": {
        "id": "Definisi {hash}, yang disebut peristiwa ini, tidak ada.",
        "en": "The definition {hash}, which this event names, is not there.",
    },
    "stored_differs": {
        "id": "Perkara yang tersimpan berbeda dengan riwayatnya: {field}.",
        "en": "The stored case differs from its history: {field}.",
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
