"""Differences told in sentences, Indonesian and English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from workflow.definition.diff import ORDER, Change, Diff, Rename
from workflow.definition.process import Text

#: Longest value that a sentence quotes, in characters.
MAX_TOLD = 160

_PARTS: Mapping[str, Text] = {
    "process": {"id": "Proses", "en": "The process"},
    "roles": {"id": "Peran", "en": "The role"},
    "states": {"id": "Status", "en": "The state"},
    "timers": {"id": "Pengatur waktu", "en": "The timer"},
    "transitions": {"id": "Tindakan", "en": "The transition"},
    "documents": {"id": "Dokumen", "en": "The document"},
    "holds": {"id": "Pembatas", "en": "The hold"},
    "clocks": {"id": "Jam layanan", "en": "The clock"},
    "requires": {"id": "Syarat wajib", "en": "The requirement"},
    "checks": {"id": "Butir periksa", "en": "The check"},
    "notices": {"id": "Pemberitahuan", "en": "The notice"},
    "fields": {"id": "Isian", "en": "The field"},
    "standard": {"id": "Standar pelayanan", "en": "The service standard"},
}
_ORDER: Mapping[str, Text] = {
    "roles": {"id": "Urutan peran", "en": "The order of the roles"},
    "documents": {"id": "Urutan dokumen", "en": "The order of the documents"},
    "holds": {"id": "Urutan pembatas", "en": "The order of the holds"},
    "clocks": {"id": "Urutan jam layanan", "en": "The order of the clocks"},
    "checks": {"id": "Urutan butir periksa", "en": "The order of the checks"},
    "states": {"id": "Urutan status", "en": "The order of the states"},
    "transitions": {"id": "Urutan tindakan", "en": "The order of the transitions"},
    "fields": {"id": "Urutan isian", "en": "The order of the fields"},
}
_SPELLING: Text = {
    "id": "Artinya sama; hanya cara menulisnya yang berbeda.",
    "en": "The meaning is the same; only the way it is written differs.",
}
_SENTENCES: Mapping[str, Text] = {
    "added": {"id": "{what} ditambahkan.", "en": "{what} was added."},
    "removed": {"id": "{what} dihapus.", "en": "{what} was removed."},
    "changed": {
        "id": "{what}: {field} berubah dari {before} menjadi {after}.",
        "en": "{what}: {field} changed from {before} to {after}.",
    },
    "order": {"id": "{what} berubah menjadi {after}.", "en": "{what} changed to {after}."},
    "renamed": {
        "id": "{what} mungkin berganti nama menjadi “{after}” (kemiripan {likeness} %).",
        "en": "{what} may have been renamed to “{after}” (likeness {likeness} %).",
    },
}
_NOTHING: Text = {"id": "kosong", "en": "nothing"}
_YES: Text = {"id": "ya", "en": "yes"}
_NO: Text = {"id": "tidak", "en": "no"}


def sentences(diff: Diff) -> tuple[Text, ...]:
    """One sentence a difference, in each language: renames first; empty when the two are equal."""
    told: Sequence[Rename | Change] = (*diff.renames, *diff.changes)
    if not told and diff.before != diff.after:
        return (_SPELLING,)
    return tuple({language: _told(one, language) for language in ("id", "en")} for one in told)


def _told(one: Rename | Change, language: str) -> str:
    if isinstance(one, Rename):
        facts = {"what": _what(one.part, one.before, language), "after": one.after, "likeness": str(one.likeness)}
        return _fill(_SENTENCES["renamed"][language], facts)
    if one.field == ORDER:
        facts = {"what": _ORDER[one.part][language], "after": _shown(one.after, language)}
        return _fill(_SENTENCES["order"][language], facts)
    facts = {
        "what": _what(one.part, one.name, language),
        "field": one.field,
        "before": _shown(one.before, language),
        "after": _shown(one.after, language),
    }
    return _fill(_SENTENCES[one.kind][language], facts)


def _what(part: str, name: str, language: str) -> str:
    return f"{_PARTS[part][language]} “{name}”" if name else _PARTS[part][language]


def _shown(value: Any, language: str) -> str:
    if value is None or value in ([], {}, ""):
        return _NOTHING[language]
    if isinstance(value, bool):
        return (_YES if value else _NO)[language]
    if isinstance(value, Mapping) and language in value and set(value) <= {"id", "en"}:
        return _quoted(str(value[language]))
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return _quoted(", ".join(value))
    if isinstance(value, str):
        return _quoted(value)
    return _short(json.dumps(value, ensure_ascii=False))


def _quoted(words: str) -> str:
    return f"“{_short(words)}”"


def _short(words: str) -> str:
    return words if len(words) <= MAX_TOLD else words[: MAX_TOLD - 1] + "…"


def _fill(words: str, facts: Mapping[str, str]) -> str:
    return words.format_map(facts)
