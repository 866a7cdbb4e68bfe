"""The only code that changes a case, live and in replay alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from workflow import clocks, credit
from workflow.case import Case, Grant, Step, Task
from workflow.errors import CorruptHistoryError
from workflow.events import Event
from workflow.priorities import PLACES
from workflow.rulebook import Rulebook

#: The verdict of a review that lets the grant run on; every other ends it at once.
JUSTIFIED = "justified"

#: The event by which a case takes another definition; it is folded with the rules to which it leads.
MIGRATED = "migrated"

Change = Callable[[Rulebook, Case, Event], Mapping[str, Any]]
#: Look-up of rules by the hash of their definition.
Books = Callable[[str], Rulebook]


def evolve(book: Rulebook, case: Case, event: Event) -> Case:
    """The case after `event`, which must be the next one of its history."""
    change = CHANGES.get(event.type)
    if change is None or event.seq != case.seq + 1:
        raise CorruptHistoryError(f"Case {case.id} cannot take event {event.seq} ({event.type}) after {case.seq}.")
    return case._replace(seq=event.seq, head=event.hash, **change(book, case, event))


def fold(books: Books, case: Case, events: Iterable[Event]) -> Case:
    """The case after all `events`, from a case that has seen none; the rules follow the definition that it pins."""
    book: Rulebook | None = None
    for event in events:
        if event.type == "submitted":
            case = case._replace(definition=event.body["definition"])
        if event.type == MIGRATED:
            book = books(event.body["to"])
        elif book is None:
            book = books(case.definition)
        case = evolve(book, case, event)
    return case


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
    changes = {
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "step": None,
        "performed": _performed({} if fresh else case.performed, body, e.actor),
        **_version(body),
    }
    if case.owed:
        changes["owed"] = tuple(do for do in case.owed if do != transition.name)
    if transition.internal and body["from"] == body["to"]:
        return changes
    holds = {**body.get("holds", case.holds), **_promoted(book, case, transition.name)}
    return {
        **changes,
        "holds": _held(book, holds, body["to"]),
        "line": _in_line(book, case, body["to"], holds),
        **_entry(book, case, e.seq, body["to"], e.at),
    }


def _entry(book: Rulebook, case: Case, seq: int, to: str, at: datetime) -> Mapping[str, Any]:
    spec = book.process.states[to].task
    task = Task(seq, spec.role, spec.office or case.office) if spec else None
    return {
        "state": to,
        "entered_at": at,
        "task": task,
        "fired": {},
        "clocks": clocks.entered(book.process.clocks, case.clocks, to, at),
    }


def _version(body: Mapping[str, Any]) -> Mapping[str, Any]:
    if "data" not in body:
        return {}
    return {
        "data": body["data"]["version"],
        "documents": body["documents"],
        "complete": body["complete"],
    }


def _performed(
    before: Mapping[str, tuple[str, ...]], body: Mapping[str, Any], actor: str
) -> Mapping[str, tuple[str, ...]]:
    roles = [body["role"], *body.get("acting", ())]
    return {**before, **{r: (*before.get(r, ()), actor) for r in roles if actor not in before.get(r, ())}}


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


def _diverted(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {
        "revision": case.revision + 1,
        "moved_by": e.actor,
        "step": None,
        "holds": _held(book, case.holds, e.body["to"]),
        "line": _in_line(book, case, e.body["to"], case.holds),
        **_entry(book, case, e.seq, e.body["to"], e.at),
    }


def _held(book: Rulebook, holds: Mapping[str, str], to: str) -> Mapping[str, str]:
    return {name: key for name, key in holds.items() if to not in book.process.holds[name].until}


def _promoted(book: Rulebook, case: Case, do: str) -> Mapping[str, str]:
    """The places that a case in line takes by the transition that calls it."""
    return {name: key for name, key in case.line.items() if book.process.holds[name].freed == do}


def _in_line(book: Rulebook, case: Case, to: str, holds: Mapping[str, str]) -> Mapping[str, str]:
    """A case stands in line while it is in the state where cases wait."""
    if not case.line:
        return case.line
    return {n: key for n, key in case.line.items() if n not in holds and book.process.holds[n].full == to}


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


def _owed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"owed": (*case.owed, e.body["do"])}


def _nothing(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {}


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


def _glass_broken(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    body = e.body
    grant = Grant(body["glass"], e.actor, body["role"], datetime.fromisoformat(body["until"]))
    return {"glass": (*(g for g in case.glass if g.until > e.at), grant)}


def _glass_reviewed(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    if e.body["verdict"] == JUSTIFIED:
        return {}
    return {"glass": tuple(g for g in case.glass if g.glass != e.body["glass"])}


def _timer_fired(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"fired": {**case.fired, e.body["index"]: e.body["n"]}}


def _clock_reached(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    reading = case.clocks[e.body["clock"]]
    told = reading._replace(fired=(*reading.fired, e.body["at"]))
    return {"clocks": {**case.clocks, e.body["clock"]: told}}


#: Every type of event there is, with what it changes.
CHANGES: Mapping[str, Change] = {
    "submitted": _submitted,
    "moved": _moved,
    "step_requested": _step_requested,
    "step_succeeded": _step_ended,
    "step_failed": _step_failed,
    "step_cancelled": _step_ended,
    "step_ignored": _nothing,
    "step_skipped": _step_ended,
    "diverted": _diverted,
    MIGRATED: _migrated,
    "move_owed": _owed,
    "task_claimed": _claimed,
    "task_released": _released,
    "lease_expired": _released,
    "task_assigned": _handed,
    "task_delegated": _handed,
    "task_prioritised": _prioritised,
    "recused": _recused,
    "glass_broken": _glass_broken,
    "glass_reviewed": _glass_reviewed,
    "timer_fired": _timer_fired,
    "clock_reached": _clock_reached,
}

#: Events after which the armed timers may differ.
MOVES_TIMERS = frozenset(
    {
        "submitted",
        "moved",
        "diverted",
        MIGRATED,
        "task_claimed",
        "task_released",
        "lease_expired",
        "task_assigned",
        "task_delegated",
        "recused",
        "timer_fired",
        "clock_reached",
    }
)
