"""Who has the task, and who never will."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.case import Case
from workflow.changes.change import Change
from workflow.errors import CorruptHistoryError
from workflow.events import Event
from workflow.priorities import PLACES
from workflow.rulebook import Rulebook


def _claimed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    if case.task is None:
        raise CorruptHistoryError(f"Case {case.id} has no task that event {e.seq} could claim.")
    until = datetime.fromisoformat(e.body["until"])
    return {"task": case.task._replace(holder=e.actor, until=until)}


def _released(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"task": case.task._replace(holder=None, until=None) if case.task else None}


def _handed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    if case.task is None:
        raise CorruptHistoryError(f"Case {case.id} has no task that event {e.seq} could hand over.")
    return {"task": case.task._replace(holder=e.body["to"], until=datetime.fromisoformat(e.body["until"]))}


def _prioritised(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"task": case.task._replace(priority=PLACES[e.body["priority"]]) if case.task else None}


def _recused(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    given_back = _released(book, case, e) if case.task and case.task.holder == e.actor else {}
    return {**given_back, "recused": (*case.recused, e.actor)}


CHANGES: Mapping[str, Change] = {
    "task_claimed": _claimed,
    "task_released": _released,
    "lease_expired": _released,
    "task_assigned": _handed,
    "task_delegated": _handed,
    "task_prioritised": _prioritised,
    "recused": _recused,
}
