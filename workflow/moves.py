"""Moving a case: what the `moved` event says, and the moves that follow one by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.case import Case
from workflow.commands import HOLD, SYSTEM, TIMER, Command
from workflow.conditions import holds
from workflow.decision import Draft, Refused
from workflow.definition.process import Transition
from workflow.errors import CorruptHistoryError
from workflow.permission import acting_roles, held_through
from workflow.refusals import Refusal
from workflow.submission import holds_taken, version_body

#: Moves that one command may cause; a definition that needs more is a loop.
MAX_CASCADE = 20


def moved_body(draft: Draft, transition: Transition, command: Command) -> dict[str, Any]:
    """What the event of `transition` says: who did it, in which role, with digests of what was entered."""
    case, book = draft.case, draft.book
    body: dict[str, Any] = {
        "do": transition.name,
        "from": case.state,
        "to": transition.to,
        "role": transition.by,
    }
    acting = () if command.actor.id == case.owner else acting_roles(book, transition.by, command.actor)
    if acting:
        body["acting"] = list(acting)
    body |= held_through(command.actor, (transition.by, *acting))
    if command.input_digest:
        body["input"] = command.input_digest
    codes = {i.name: command.input[i.name] for i in transition.input if i.counted and command.input.get(i.name)}
    if codes:
        body["codes"] = codes
    if command.checklist:
        body["checklist"] = list(command.checklist)
    if command.submission is not None and book.submits(transition):
        body |= version_body(book.process, command.submission, draft.today)
        body |= holds_taken(book.process, case, command).body()
    return body


def move_case(draft: Draft, transition: Transition, actor: str, body: Mapping[str, Any]) -> None:
    """Perform `transition`, with the notice and the moves of other cases that it brings."""
    event = draft.add("moved", actor, body)
    if transition.then:
        draft.notify(event.seq, transition.then)
    if transition.to != body["from"] or not transition.internal:
        draft.follow_holds(transition.to)


def cascade(draft: Draft, command: Command) -> None:
    """Perform the moves that fire by themselves, up to the first that needs a step or none holds (rule 6)."""
    for _ in range(MAX_CASCADE):
        if draft.case.owed and pay(draft, command):
            continue
        if pending(draft.case):
            return
        waiting = draft.book.system.get(draft.case.state, ())
        move = next((t for t in waiting if t.run or holds(draft, t, command, {})), None)
        if move is None:
            return
        body = {"do": move.name, "from": draft.case.state, "to": move.to, "role": SYSTEM}
        if move.run:
            draft.request(SYSTEM, move, tuple(t.name for t in waiting if t.run == move.run), body)
            continue
        move_case(draft, move, SYSTEM, body)
    raise CorruptHistoryError(f"Case {draft.case.id} moves by itself without end from {draft.case.state}.")


def pay(draft: Draft, command: Command) -> bool:
    """Perform the first move that a hold asked for while a step was pending; False when none can be made now."""
    if pending(draft.case):
        return False
    return any(fire_move(draft, command, name, HOLD) for name in draft.case.owed)


def fire_move(draft: Draft, command: Command, name: str, mover: str = TIMER) -> bool:
    """Perform the transition that a timer or a hold fires, where it still may; False when it may not."""
    transition = draft.book.transitions[name]
    if draft.case.state not in transition.sources or not holds(draft, transition, command, {}):
        return False
    step = draft.case.step
    if step is not None and not step.failed:
        draft.add("step_cancelled", mover, {"step": step.seq, "run": step.run})
    body = {"do": name, "from": draft.case.state, "to": transition.to, "role": mover}
    if transition.run:
        draft.request(mover, transition, (name,), body)
        return True
    move_case(draft, transition, mover, body)
    cascade(draft, command)
    return True


def pending(case: Case) -> bool:
    """True while a step is under way."""
    return case.step is not None and not case.step.failed


def refuse_blocked(draft: Draft, transition: str | None) -> None:
    """A timer that would move the case waits while a step is pending; the caller arms it again."""
    step = draft.case.step
    if transition is None or step is None or step.failed or draft.book.transitions[transition].cancels:
        return
    raise Refused(Refusal("step_pending", {"run": step.run, "do": transition}))
