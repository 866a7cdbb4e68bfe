"""Expectations, and what was found in their place, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from workflow.definition.process import Process, Text
from workflow.scenario.dates import told_moment
from workflow.scenario.model import Expectation
from workflow.steps import STEPS


class _Place(NamedTuple):
    process: Process
    zone: ZoneInfo
    language: str


#: Name of an expectation → its words; `{of}` is what it is about, `{value}` the value.
WORDS: Mapping[str, Text] = {
    "state": {"id": "status {value}", "en": "state {value}"},
    "due": {"id": "batas waktu “{of}” {value}", "en": "“{of}” due {value}"},
    "breached": {"id": "batas waktu terlampaui: {value}", "en": "breached: {value}"},
    "told": {"id": "“{of}” diberitahukan pada {value}", "en": "“{of}” told at {value}"},
    "card": {"id": "kartu {of} {value}", "en": "card {of} {value}"},
    "public": {"id": "status kartu bagi umum {value}", "en": "card as the public sees it {value}"},
    "prints": {"id": "cetakan bagi umum: {value}", "en": "prints as the public sees them: {value}"},
    "notices": {"id": "pemberitahuan kepada {of}: {value}", "en": "notices to {of}: {value}"},
    "warnings": {"id": "catatan bagi petugas: {value}", "en": "doubts told to officers: {value}"},
    "facts": {"id": "statistik {of}: {value}", "en": "statistics of {of}: {value}"},
    "task": {"id": "tugas {of} {value}", "en": "task {of} {value}"},
    "actions": {"id": "{of} boleh: {value}", "en": "{of} may: {value}"},
    "refused": {"id": "{of} ditolak: {value}", "en": "{of} refused: {value}"},
    "owner": {"id": "pemilik {value}", "en": "owner {value}"},
    "history": {"id": "riwayat berurutan: {value}", "en": "history in this order: {value}"},
    "holds": {"id": "memegang {of}: {value}", "en": "holds {of}: {value}"},
    "line": {"id": "urutan tunggu {of}: {value}", "en": "place in the line for {of}: {value}"},
    "queue": {"id": "antrean {of}: {value}", "en": "queue of {of}: {value}"},
    "incident": {"id": "langkah gagal: {value}", "en": "failed step: {value}"},
    "commands": {"id": "jumlah perintah: {value}", "en": "commands: {value}"},
    "cases": {"id": "jumlah permohonan {of}: {value}", "en": "cases that are {of}: {value}"},
}
_NONE: Text = {"id": "tidak ada", "en": "none"}
_FLAG: Mapping[bool, Text] = {True: {"id": "ya", "en": "yes"}, False: {"id": "tidak", "en": "no"}}


def person(name: str) -> str:
    """A person's name as it is read: `ani-2` is Ani 2."""
    return name.replace("-", " ").replace("_", " ").title()


def told_wanted(process: Process, zone: ZoneInfo, language: str, one: Expectation) -> str:
    """What must be so: `status Terbit`."""
    place = _Place(process, zone, language)
    said = WORDS[one.name][language]
    of = _OF[one.name](place, one.of) if one.name in _OF else one.of
    value = told_value(process, zone, language, one, one.wanted)
    return " ".join(said.replace("{of}", of).replace("{value}", value).split())


def told_value(process: Process, zone: ZoneInfo, language: str, one: Expectation, value: Any) -> str:
    """A value of the kind that `one` expects."""
    place = _Place(process, zone, language)
    if value is None or value == ():
        return _NONE[language]
    if one.name in _VALUES:
        return _VALUES[one.name](place, value)
    if isinstance(value, bool):
        return _FLAG[value][language]
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _state(place: _Place, name: str) -> str:
    state = place.process.states.get(name)
    return state.title.get(place.language, name) if state else name


def _clock(place: _Place, name: str) -> str:
    clock = place.process.clocks.get(name)
    return clock.title.get(place.language, name) if clock else name


def _due(place: _Place, moment: datetime) -> str:
    return told_moment(moment, place.zone, place.language)


def _levels(place: _Place, levels: tuple[int, ...]) -> str:
    return ", ".join(f"{level}%" for level in levels)


def _move(place: _Place, name: str) -> str:
    move = place.process.transitions.get(name)
    return f"“{move.title.get(place.language, name)}”" if move else name


def _moves(place: _Place, names: tuple[str, ...]) -> str:
    return ", ".join(_move(place, name) for name in names)


def _attempt(place: _Place, of: str) -> str:
    who, _, do = of.partition(" ")
    return f"{person(who)} {_move(place, do)}"


def _person(place: _Place, name: str) -> str:
    return person(name)


def _incident(place: _Place, found: tuple[str, str]) -> str:
    run, code = found
    title = STEPS[run].title.get(place.language, run) if run in STEPS else run
    return f"{title} ({code})"


_VALUES: Mapping[str, Callable[[_Place, Any], str]] = {
    "state": _state,
    "due": _due,
    "told": _levels,
    "actions": _moves,
    "owner": _person,
    "incident": _incident,
}
_OF: Mapping[str, Callable[[_Place, str], str]] = {
    "due": _clock,
    "told": _clock,
    "notices": _person,
    "actions": _person,
    "queue": _person,
    "refused": _attempt,
    "cases": _state,
}
