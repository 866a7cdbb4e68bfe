"""What was asked at each move of a case, and what the answers were. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workflow.changes.definition import MIGRATED
from workflow.definition.process import BUILT_IN_MOVERS, Condition, Process
from workflow.events import Event

#: How a verdict is known: the event tells it, or the rules make no such move without it.
BY_EVENT, BY_RULE = "event", "rule"
#: Variables of guards that are asked once a step gave its result.
RESULT = "result."


def definitions(events: Sequence[Event]) -> list[str]:
    """Hash of the definition that held after each event, in their order."""
    found: list[str] = []
    for event in events:
        pinned = event.body["to"] if event.type == MIGRATED else event.body.get("definition")
        found.append(pinned or found[-1])
    return found


def verdicts(events: Sequence[Event], processes: Mapping[str, Process]) -> list[dict[str, Any]]:
    """Every move with its guards and its checklist; `processes` by the hashes of `definitions(events)`."""
    pinned = definitions(events)
    return [_told(e, events, pinned, processes) for e in events if e.type == "moved"]


def _told(
    event: Event, events: Sequence[Event], pinned: Sequence[str], processes: Mapping[str, Process]
) -> dict[str, Any]:
    body, before, now = event.body, pinned[_request(events, event) - 1], pinned[event.seq - 1]
    guards = [*_by_event(body, before, processes[before]), *_by_rule(body, before, now, processes)]
    return {"seq": event.seq, "do": body["do"], "guards": guards, "checklist": list(body.get("checklist", ()))}


def _by_event(body: Mapping[str, Any], definition: str, process: Process) -> Iterator[dict[str, Any]]:
    for condition, verdict in zip(_asked(body, process), body.get("guards", ()), strict=True):
        yield _guard(condition, definition, BY_EVENT, verdict=verdict)


def _by_rule(
    body: Mapping[str, Any], before: str, now: str, processes: Mapping[str, Process]
) -> Iterator[dict[str, Any]]:
    """The guards whose verdicts no event tells: those of moves that no person makes, and those over a result.

    Where a step was asked for by an earlier definition, a person's move was asked for what that one says.
    """
    transition, asked = processes[now].transitions[body["do"]], _asked(body, processes[before])
    by_person = transition.by not in BUILT_IN_MOVERS
    for condition in transition.when:
        if before == now and condition in asked:
            continue
        if before == now or not by_person or _of_result(condition):
            yield _guard(condition, now, BY_RULE, verdict=True)


def _asked(body: Mapping[str, Any], process: Process) -> Sequence[Condition]:
    """The guards to which the verdicts of an event belong (workflow.conditions asks them)."""
    if not body.get("guards"):
        return ()
    transition = process.transitions[body["do"]]
    return [c for c in transition.when if not (transition.run and _of_result(c))]


def _guard(condition: Condition, definition: str, known: str, *, verdict: bool) -> dict[str, Any]:
    told = {"if": condition.guard.source, "else": dict(condition.otherwise)}
    return {**told, "definition": definition, "from": known, "verdict": verdict}


def _request(events: Sequence[Event], event: Event) -> int:
    """Number of the event at which a move was asked for: its own, or that of the step which it waited for."""
    seq = event.body.get("step", event.seq)
    while "again" in events[seq - 1].body:
        seq = events[seq - 1].body["again"]
    return int(seq)


def _of_result(condition: Condition) -> bool:
    return any(v.startswith(RESULT) for v in condition.guard.variables)
