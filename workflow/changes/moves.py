"""Entering states: submissions, moves, and moves out of an incident."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow import clocks
from workflow.case import Case, Task
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook


def _submitted(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    return {
        **_entry(book, case, e.seq, body["to"], e.at),
        "owner": body["owner"],
        "submitted_at": e.at,
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "holds": body.get("holds", {}),
        "line": body.get("line", {}),
        "performed": _performed({}, body, e.actor),
        **_version(body),
    }


def _moved(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    transition = book.transitions[body["do"]]
    fresh = "data" in body
    changes: dict[str, Any] = {
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "step": None,
        "performed": _performed({} if fresh else case.performed, body, e.actor),
    }
    if fresh:
        changes |= _version(body)
    if case.owed:
        changes["owed"] = tuple(do for do in case.owed if do != transition.name)
    if transition.internal and body["from"] == body["to"]:
        return changes
    holds = body.get("holds", case.holds)
    if case.line:
        holds = {**holds, **_promoted(book, case, transition.name)}
    changes |= _entry(book, case, e.seq, body["to"], e.at)
    changes["holds"] = _held(book, holds, body["to"])
    changes["line"] = _in_line(book, case, body["to"], holds)
    return changes


def _diverted(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "step": None,
        "holds": _held(book, case.holds, e.body["to"]),
        "line": _in_line(book, case, e.body["to"], case.holds),
        **_entry(book, case, e.seq, e.body["to"], e.at),
    }


def _entry(book: Rulebook, case: Case, seq: int, to: str, at: datetime) -> dict[str, Any]:
    spec = book.process.states[to].task
    task = Task(seq, spec.role, spec.office or case.office) if spec else None
    return {
        "state": to,
        "entered_at": at,
        "task": task,
        "fired": {},
        "clocks": clocks.entered(book.process.clocks, case.clocks, to, at),
    }


def _version(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "data": body["data"]["version"],
        "documents": body["documents"],
        "complete": body["complete"],
    }


def _performed(
    before: Mapping[str, tuple[str, ...]], body: Mapping[str, Any], actor: str
) -> Mapping[str, tuple[str, ...]]:
    roles = (body["role"], *body["acting"]) if "acting" in body else (body["role"],)
    new = [r for r in roles if actor not in before.get(r, ())]
    return {**before, **{r: (*before.get(r, ()), actor) for r in new}} if new else before


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


CHANGES: Mapping[str, Change] = {"submitted": _submitted, "moved": _moved, "diverted": _diverted}
