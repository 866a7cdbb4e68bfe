"""Taking another definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow import credit
from workflow.case import Case, Task
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook

#: The event by which a case takes another definition; it is folded with the rules to which it leads.
MIGRATED = "migrated"


def _migrated(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    into, moves = body["into"], body["into"] != case.state
    readings = credit.carry_clocks(
        book.process.clocks,
        credit.Readings(case.clocks, case.aside),
        body.get("clocks", {}),
        into,
        case.entered_at,
        e.at,
    )
    step = case.step
    return {
        "definition": body["to"],
        "state": into,
        "revision": case.revision + moves,
        "moved_by": e.actor if moves else case.moved_by,
        "task": _carried_task(book, case, e),
        "step": step and step._replace(carry={**step.carry, "from": into} if "from" in step.carry else step.carry),
        "performed": credit.carry_performed(case.performed, body.get("roles", {})),
        "fired": body.get("fired", {}),
        "clocks": readings.known,
        "aside": readings.aside,
        "holds": body.get("holds", case.holds),
        "line": body.get("line", case.line),
    }


def _carried_task(book: Rulebook, case: Case, e: Event) -> Task | None:
    spec = book.process.states[e.body["into"]].task
    if spec is None:
        return None
    if e.body.get("task") == "kept" and case.task is not None:
        return case.task._replace(role=spec.role)
    return Task(e.seq, spec.role, spec.office or case.office)


CHANGES: Mapping[str, Change] = {MIGRATED: _migrated}
