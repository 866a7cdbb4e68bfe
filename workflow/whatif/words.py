"""What a what-if found, as sentences for a supervisor. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.definition.process import Process, Text

_HEAD: Text = {
    "id": "Dari {cases} permohonan: {same} berjalan sama, {path} lewat jalan lain, {stuck} akan tertahan, {unknown} "
    "tidak dapat dipastikan.",
    "en": "Of {cases} cases: {same} would go the same way, {path} another way, {stuck} would be stuck, {unknown} "
    "cannot be told.",
}
_CLOCK: Text = {
    "id": "Janji “{clock}”: terlampaui {before} → {after}; {newly_broken} baru terlampaui, "
    "{no_longer_broken} tidak lagi.",
    "en": "Promise “{clock}”: broken {before} → {after}; {newly_broken} newly, {no_longer_broken} no longer.",
}
_TASKS: Text = {
    "id": "Tugas {role}: {before} → {after}; bertambah pada {gains} permohonan, berkurang pada {loses}.",
    "en": "Tasks of {role}: {before} → {after}; more in {gains} cases, fewer in {loses}.",
}
_PARTS: Text = {
    "id": "Jalan berpisah di “{state}”: {n} permohonan.",
    "en": "The ways part in “{state}”: {n} cases.",
}
_START: Text = {"id": "awal", "en": "the start"}
_STUCK: Text = {"id": "Tertahan karena `{code}`: {n}.", "en": "Stuck by `{code}`: {n}."}
_UNKNOWN: Text = {"id": "Tidak dapat dipastikan karena `{code}`: {n}.", "en": "Cannot be told by `{code}`: {n}."}


def sentences(draft: Process, told: Mapping[str, Any], language: str) -> list[str]:
    """The lines of `Summary.as_json()` in a language, the most important first."""
    lines = [_HEAD[language].format(cases=told["cases"], **told["verdicts"])]
    for name, counts in told["clocks"].items():
        clock = draft.clocks.get(name)
        title = clock.title.get(language, name) if clock else name
        lines.append(_CLOCK[language].format(clock=title, **counts))
    for role, counts in told["tasks"].items():
        known = draft.roles.get(role)
        title = known.title.get(language, role) if known else role
        lines.append(_TASKS[language].format(role=title, **counts))
    for name, n in told["parts_in"].items():
        state = draft.states.get(name)
        title = (state.title.get(language) if state else None) or name or _START[language]
        lines.append(_PARTS[language].format(state=title, n=n))
    lines += [_STUCK[language].format(code=code, n=n) for code, n in told["refused"].items()]
    lines += [_UNKNOWN[language].format(code=code, n=n) for code, n in told["unknown"].items()]
    return lines
