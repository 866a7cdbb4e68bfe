"""Entering states: submissions, moves, and moves out of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow import clocks
from workflow.case import Case, Task
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook

#: The first event of every history.
SUBMITTED = "submitted"


def _submitted(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    changes = _entry(book, case, e)
    changes["owner"] = body["owner"]
    changes["submitted_at"] = e.at
    changes["holds"] = body.get("holds", {})
    changes["line"] = body.get("line", {})
    changes["performed"] = _performed({}, body, e.actor)
    _take_version(changes, body)
    return changes


def _moved(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    to = body["to"]
    transition = book.transitions[body["do"]]
    stays = transition.internal and body["from"] == to
    changes = {"revision": case.revision + 1, "moved_by": e.actor} if stays else _entry(book, case, e)
    if case.step is not None:
        changes["step"] = None
    if "data" in body:
        changes["performed"] = _performed({}, body, e.actor)
        _take_version(changes, body)
    else:
        changes["performed"] = _performed(case.performed, body, e.actor)
    if case.owed:
        changes["owed"] = tuple(do for do in case.owed if do != transition.name)
    if stays:
        return changes
    holds = body.get("holds", case.holds)
    if case.line:
        holds = {**holds, **_promoted(book, case, transition.name)}
        changes["line"] = _in_line(book, case, to, holds)
    changes["holds"] = _held(book, holds, to) if holds else holds
    return changes


def _diverted(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    to = e.body["to"]
    changes = _entry(book, case, e)
    changes["step"] = None
    changes["holds"] = _held(book, case.holds, to)
    changes["line"] = _in_line(book, case, to, case.holds)
    return changes


def _entry(book: Rulebook, case: Case, e: Event) -> dict[str, Any]:
    """What every entering of a state changes. A mapping to be written on: nearly all events come by here."""
    process, to = book.process, e.body["to"]
    spec = process.states[to].task
    changes: dict[str, Any] = {
        "state": to,
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "entered_at": e.at,
        "task": Task(e.seq, spec.role, spec.office or case.office) if spec else None,
        "clocks": clocks.entered(process.clocks, case.clocks, to, e.at),
    }
    if case.fired:
        changes["fired"] = {}
    return changes


def _take_version(changes: dict[str, Any], body: Mapping[str, Any]) -> None:
    changes["data"] = body["data"]["version"]
    changes["documents"] = body["documents"]
    changes["complete"] = body["complete"]


def _performed(
    before: Mapping[str, tuple[str, ...]], body: Mapping[str, Any], actor: str
) -> Mapping[str, tuple[str, ...]]:
    for role in (body["role"], *body.get("acting", ())):
        persons = before.get(role, ())
        if actor not in persons:
            before = {**before, role: (*persons, actor)}
    return before


def _held(book: Rulebook, holds: Mapping[str, str], to: str) -> Mapping[str, str]:
    if not holds:
        return holds
    return {name: key for name, key in holds.items() if to not in book.process.holds[name].until}


def _promoted(book: Rulebook, case: Case, do: str) -> Mapping[str, str]:
    """The places that a case in line takes by the transition that calls it."""
    return {name: key for name, key in case.line.items() if book.process.holds[name].freed == do}


def _in_line(book: Rulebook, case: Case, to: str, holds: Mapping[str, str]) -> Mapping[str, str]:
    """A case stands in line while it is in the state where cases wait."""
    if not case.line:
        return case.line
    return {n: key for n, key in case.line.items() if n not in holds and book.process.holds[n].full == to}


CHANGES: Mapping[str, Change] = {SUBMITTED: _submitted, "moved": _moved, "diverted": _diverted}
