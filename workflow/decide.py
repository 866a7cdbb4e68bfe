"""Where a transition is decided: pure, no I/O, the same answer for the same question every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflow import incidents, migrating, timers
from workflow.case import DRAFT, Case, Step
from workflow.clocks import due
from workflow.commands import FINISH_STEP, FIRE_TIMER, HOLD, INTERNAL, MIGRATE, SUBMIT, SYSTEM, TIMER, Command
from workflow.conditions import require_guards, told
from workflow.decision import Decision, Draft, Refused
from workflow.definition.process import BUILT_IN_MOVERS, StateTimer
from workflow.erasing import refuse_erased
from workflow.events import stamp
from workflow.inputs import refuse_input
from workflow.lateness import late_by
from workflow.moves import cascade, fire_move, move_case, moved_body, pay, pending, refuse_blocked
from workflow.permission import acting_roles, held_through, refuse_submit, refuse_transition, wrong_state
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.submission import holds_taken, refuse_content, version_body


def decide(book: Rulebook, case: Case, command: Command, now: datetime) -> Decision:
    """What `command` does to `case` at `now` (UTC): events, effects and the case after them, or a refusal.

    A refused decision has no events and leaves the case as it is.
    """
    draft = Draft(book, case, now, command.payload.get("secret"))
    try:
        _require_own_process(command)
        draft.require(refuse_erased(case))
        _DECIDERS.get(command.do, _transition)(draft, command)
    except Refused as refused:
        return Decision(case=case, refusal=refused.refusal)
    return draft.decision()


def _require_own_process(command: Command) -> None:
    """Only Alur's own processes speak of timers and steps, whoever managed to write a command."""
    if command.do in INTERNAL and command.actor.id not in BUILT_IN_MOVERS:
        raise Refused(Refusal("unknown_transition", {"do": command.do}))


def _submit(draft: Draft, command: Command) -> None:
    book, case = draft.book, draft.case
    if case.state != DRAFT:
        raise Refused(wrong_state(case, SUBMIT))
    draft.require(_refuse_revision(case, command))
    draft.require(refuse_submit(book, case, command.actor))
    if command.submission is None:
        raise Refused(Refusal("data_incomplete", {"fields": []}))
    draft.require(refuse_content(book.process, command.submission, draft.today))
    taken = holds_taken(book.process, case, command)
    role = book.party or sorted(command.actor.roles & book.staff)[0]
    acting = () if command.actor.id == case.owner else acting_roles(book, role, command.actor)
    body = {
        "process": case.process,
        "definition": case.definition,
        "office": case.office,
        "owner": case.owner,
        "to": taken.start or book.process.initial.name,
        "role": role,
        **version_body(book.process, command.submission, draft.today),
    }
    if acting:
        body["acting"] = list(acting)
    body |= held_through(command.actor, (role, *acting))
    if taken.keys or taken.line:
        body |= taken.body()
    draft.add("submitted", command.actor.id, body)
    cascade(draft, command)


def _transition(draft: Draft, command: Command) -> None:
    book, case = draft.book, draft.case
    transition = book.transitions.get(command.do)
    if transition is None:
        raise Refused(Refusal("unknown_transition", {"do": command.do}))
    if case.state not in transition.sources:
        raise Refused(wrong_state(case, transition.name))
    if command.actor.id == HOLD and pending(case) and not transition.cancels:
        draft.add("move_owed", HOLD, {"do": transition.name})
        return
    draft.require(_refuse_revision(case, command))
    draft.require(refuse_transition(book, case, transition, command.actor, draft.now))
    draft.require(refuse_input(book.process, case, transition, command))
    submitted = command.submission if book.submits(transition) else None
    if submitted is not None:
        draft.require(refuse_content(book.process, submitted, draft.today))
    verdicts = require_guards(draft, transition, command)
    body = moved_body(draft, transition, command)
    if verdicts:
        body["guards"] = verdicts
    if case.step is not None and case.step.failed is None:
        draft.add("step_cancelled", command.actor.id, {"step": case.step.seq, "run": case.step.run})
    if transition.run:
        draft.request(command.actor.id, transition, (transition.name,), body)
    else:
        move_case(draft, transition, command.actor.id, body)
        cascade(draft, command)


def _refuse_revision(case: Case, command: Command) -> Refusal | None:
    seen = case.revision + command.saves
    if command.revision is None or command.revision == seen:
        return None
    at = stamp(case.entered_at) if case.entered_at else None
    return Refusal("stale_revision", {"revision": seen, "by": case.moved_by, "at": at})


def _finish_step(draft: Draft, command: Command) -> None:
    case, payload = draft.case, command.payload
    if case.state == DRAFT:
        raise Refused(Refusal("stale_step"))
    step = case.step
    if step is None or step.failed or step.seq != payload["step"]:
        event = draft.add("step_ignored", SYSTEM, {"step": payload["step"], "run": payload["run"]})
        draft.void(event.seq, payload)
        return
    if not payload["ok"]:
        draft.fail(step, payload["code"], payload.get("attempts", 1))
        pay(draft, command)
        return
    _end_step(draft, command, step, payload["result"], {"result": payload["result"]}, "step_succeeded", SYSTEM)


def _end_step(
    draft: Draft,
    command: Command,
    step: Step,
    result: Mapping[str, Any],
    said: Mapping[str, Any],
    type_: str,
    actor: str,
) -> None:
    """Note how the step ended and make the first of its moves that holds; when none does, it has failed."""
    try:
        move = next((t for t in step.moves if told(draft, draft.book.transitions[t], command, result)), None)
        code = "no_move_holds"
    except Refused as refused:
        move, code = None, refused.refusal.code
    if move is None:
        draft.fail(step, code, 1)
        pay(draft, command)
        return
    draft.add(type_, actor, {"step": step.seq, "run": step.run, **said})
    transition = draft.book.transitions[move]
    move_case(draft, transition, step.actor, {**step.carry, "do": move, "to": transition.to, "step": step.seq})
    cascade(draft, command)


def _retry(draft: Draft, command: Command) -> None:
    incidents.retry(draft, command)


def _skip(draft: Draft, command: Command) -> None:
    step, said = incidents.skip(draft, command)
    _end_step(draft, command, step, {}, said, "step_skipped", command.actor.id)


def _divert(draft: Draft, command: Command) -> None:
    incidents.divert(draft, command)
    draft.follow_holds(draft.case.state)
    cascade(draft, command)


def _fire_timer(draft: Draft, command: Command) -> None:
    name = command.payload["timer"]
    moment = timers.armed(draft.book, draft.case).get(name)
    if moment is None or moment > draft.now:
        raise Refused(Refusal("not_due", {"timer": name}))
    kind, _, rest = name.partition("/")
    _FIRE[kind](draft, command, rest, moment)


def _fire_state(draft: Draft, command: Command, rest: str, moment: datetime) -> None:
    timer = draft.book.process.states[draft.case.state].timers[int(rest.rpartition("/")[2])]
    n = timers.occurrences(draft.book, timer, draft.case, draft.now) if timer.notify else _next(draft.case, timer)
    refuse_blocked(draft, timer.fire)
    body = {"timer": rest, "index": str(timer.index), "n": n, "due": stamp(moment), **_late(draft, moment)}
    event = draft.add("timer_fired", TIMER, body)
    if timer.notify:
        draft.notify(event.seq, timer.notify)
    if timer.fire:
        fire_move(draft, command, timer.fire)


def _fire_clock(draft: Draft, command: Command, rest: str, moment: datetime) -> None:
    name, _, percent = rest.rpartition("/")
    clock = draft.book.process.clocks[name]
    step = next(s for s in clock.steps if s.at == int(percent))
    promised = due(draft.book.time, clock, draft.case.clocks[name])
    body = {
        "clock": name,
        "at": step.at,
        "reached": stamp(moment),
        "due": stamp(promised) if promised else None,
        **_late(draft, moment),
    }
    refuse_blocked(draft, step.fire)
    event = draft.add("clock_reached", TIMER, body)
    if step.then:
        draft.notify(event.seq, step.then, _late(draft, moment))
    if step.fire:
        fire_move(draft, command, step.fire)


def _late(draft: Draft, moment: datetime) -> dict[str, int]:
    """What an event says of a timer that fires long after it was due."""
    seconds = late_by(moment, draft.now)
    return {} if seconds is None else {"late": seconds}


def _fire_lease(draft: Draft, command: Command, rest: str, moment: datetime) -> None:
    task = draft.case.task
    draft.add("lease_expired", TIMER, {"task": int(rest), "holder": task.holder if task else None})


def _next(case: Case, timer: StateTimer) -> int:
    return case.fired.get(str(timer.index), 0) + 1


_DECIDERS: Mapping[str, Callable[[Draft, Command], None]] = {
    SUBMIT: _submit,
    FIRE_TIMER: _fire_timer,
    FINISH_STEP: _finish_step,
    MIGRATE: migrating.migrate,
    incidents.RETRY: _retry,
    incidents.SKIP: _skip,
    incidents.DIVERT: _divert,
}
_FIRE: Mapping[str, Callable[[Draft, Command, str, datetime], None]] = {
    timers.STATE: _fire_state,
    timers.CLOCK: _fire_clock,
    timers.LEASE: _fire_lease,
}
