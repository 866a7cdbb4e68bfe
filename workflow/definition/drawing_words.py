"""Words and colours of drawings; tones are told in words too, never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflow.definition.process import Process, Text, Transition

_TONES: Mapping[str, Text] = {
    "initial": {"id": "awal", "en": "start"},
    "human": {"id": "tugas", "en": "task"},
    "system": {"id": "sistem", "en": "system"},
    "waiting": {"id": "menunggu", "en": "waiting"},
    "final": {"id": "akhir", "en": "end"},
}
_MOVERS: Mapping[str, Text] = {
    "system": {"id": "sistem", "en": "system"},
    "timer": {"id": "jadwal", "en": "schedule"},
    "hold": {"id": "pembatas", "en": "hold"},
}

#: Colours have a contrast of at least 4.5 to 1 with the words on them, on light and on dark ground.
STYLE = (
    "text{font-family:system-ui,sans-serif;fill:#1b1f24}"
    ".name{font-size:16px;font-weight:600}.state{font-size:14px;font-weight:600}"
    ".tag{font-size:11px;text-anchor:end}.key{font-size:11px}.move{font-size:12px}.where{font-size:11px;fill:#4b5563}"
    ".ground{fill:#fff}.box{fill:#fff;stroke:#6b7280}.line{fill:none;stroke:#6b7280;stroke-width:1.3}.tip{fill:#6b7280}"
    ".initial .head{fill:#cfe3ff;stroke:#1d4ed8}.human .head{fill:#ffe8b3;stroke:#92600a}"
    ".system .head{fill:#e5e7eb;stroke:#4b5563;stroke-dasharray:4 2}.waiting .head{fill:#efe3ff;stroke:#6d28d9}"
    ".final .head{fill:#cdeed6;stroke:#15703a}"
    "@media(prefers-color-scheme:dark){text{fill:#f3f4f6}.where{fill:#c3c9d2}.ground,.box{fill:#16191d}"
    ".initial .head{fill:#173a6b}.human .head{fill:#5a3f08}.system .head{fill:#374151}.waiting .head{fill:#43256f}"
    ".final .head{fill:#14492a}.line,.box{stroke:#9ca3af}.tip{fill:#9ca3af}}"
)


def said_of(tone: str, language: str) -> str:
    """The tone in a word."""
    return _TONES[tone][language if language in ("id", "en") else "id"]


def legend(language: str) -> Sequence[tuple[str, str]]:
    """Tones with their words."""
    return [(tone, said_of(tone, language)) for tone in _TONES]


def who(process: Process, move: Transition, language: str) -> str:
    """Who performs a move: the title of its role, or what of the system does."""
    if move.by in _MOVERS:
        return _MOVERS[move.by][language if language in ("id", "en") else "id"]
    title = process.roles[move.by].title if move.by in process.roles else {}
    return title.get(language) or title.get("id") or move.by
