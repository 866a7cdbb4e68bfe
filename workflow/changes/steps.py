"""Steps that a move waits for, and moves that wait for a step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.case import Case, Step
from workflow.changes.change import Change, nothing
from workflow.events import Event
from workflow.rulebook import Rulebook


def _step_requested(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    carry = body.get("carry", {})
    asked_by = body.get("for", e.actor)
    step = Step(e.seq, body["run"], tuple(body["moves"]), asked_by, body["role"], carry)
    return {"step": step, "owed": tuple(do for do in case.owed if do not in step.moves)}


def _step_ended(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"step": None}


def _step_failed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"step": case.step._replace(failed=e.body["code"]) if case.step else None}


def _owed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"owed": (*case.owed, e.body["do"])}


CHANGES: Mapping[str, Change] = {
    "step_requested": _step_requested,
    "step_succeeded": _step_ended,
    "step_failed": _step_failed,
    "step_cancelled": _step_ended,
    "step_ignored": nothing,
    "step_skipped": _step_ended,
    "move_owed": _owed,
}
