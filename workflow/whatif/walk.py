"""Leading a past case through other rules: each act at its time, timers and moves by themselves between them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workflow import timers
from workflow.case import Case
from workflow.commands import FINISH_STEP, FIRE_TIMER, HOLD, SYSTEM, TIMER, Actor, Command, Submission
from workflow.conditions import require_guards
from workflow.decide import decide
from workflow.decision import Draft, Refused
from workflow.definition.process import BUILT_IN_MOVERS, Transition
from workflow.events import Event
from workflow.moves import cascade, move_case, pending
from workflow.permission import refuse_transition
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.submission import missing_documents, refuse_content
from workflow.whatif.acts import Act, asked_by_hold

#: Timers fired in one life: reminders repeat, and a definition may let them repeat for years.
MAX_TIMERS = 1000
#: What the event of a submission says of its content.
_CONTENT = ("data", "documents", "complete", "facts")


class Unknown(Exception):
    """What would have happened cannot be told; the reason is a stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """What may be asked about the data of past submissions."""

    #: Data by version, as far as it was read and not erased.
    data: Mapping[int, Mapping[str, Any]]
    #: Form and documents are those under which the case was accepted, so they need not be asked again.
    as_accepted: bool


@dataclass(slots=True)
class Life:
    """How a case fared."""

    case: Case
    #: States entered, in their order, each with the moment.
    path: list[tuple[str, datetime]] = field(default_factory=list)
    #: Tasks that were opened, by role.
    tasks: Counter[str] = field(default_factory=Counter)
    #: Acts that the rules did not take: number of the event, its name, code of the refusal.
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    #: Acts that another role had to perform.
    handed: list[tuple[int, str, str]] = field(default_factory=list)

    def take(self, case: Case, events: Sequence[Event]) -> None:
        """Go on with `case`, to which `events` led."""
        for event in events:
            to = event.body.get("into") or event.body.get("to")
            if event.type in ("submitted", "moved", "diverted") and to is not None:
                self.path.append((to, event.at))
        if case.task is not None and (self.case.task is None or self.case.task.seq != case.task.seq):
            self.tasks[case.task.role] += 1
        self.case = case


def walk(book: Rulebook, start: Case, acts: Sequence[Act], content: Content, until: datetime) -> Life:
    """The life of `start` (no events yet) by `book`, up to the moment `until`. Raises `Unknown`."""
    life = Life(start)
    answers = Counter(act.do for act in acts if act.kind == "answer")
    for act in acts:
        _let_time_pass(book, life, act.at, content)
        if act.kind == "answer":
            answers[act.do] -= 1
            _answer(book, life, act, act.do, act.at, content)
        elif act.kind == "submit":
            _submit(book, life, act, content)
        elif act.kind == "divert":
            raise Unknown("incident")
        else:
            _move(book, life, act, content)
        step = life.case.step
        if step is not None and pending(life.case) and not answers[step.run]:
            # The history has no answer of this step: it is new here, and taken to succeed at once.
            _answer(book, life, None, step.run, act.at, content)
    _let_time_pass(book, life, until, content)
    return life


def _submit(book: Rulebook, life: Life, act: Act, content: Content) -> None:
    process, body = book.process, dict(act.body)
    body |= _content(book, act, content)
    held = {name: key for name, key in body.get("holds", {}).items() if name in process.holds}
    line = {name: key for name, key in body.get("line", {}).items() if name in process.holds}
    waits = next((process.holds[name].full for name in line), None)
    draft = Draft(book, life.case, act.at)
    place = {"definition": process.hash, "to": waits or process.initial.name, "holds": held, "line": line}
    draft.add("submitted", act.actor, {**body, **place})
    _by_itself(book, draft, act, content)
    life.take(draft.case, draft.events)


def _move(book: Rulebook, life: Life, act: Act, content: Content) -> None:
    transition = book.transitions.get(act.do)
    if transition is not None and transition.by in BUILT_IN_MOVERS and not asked_by_hold(act):
        return
    draft = Draft(book, life.case, act.at)
    try:
        if transition is None:
            raise Refused(Refusal("unknown_transition", {"do": act.do}))
        actor = _actor(act, transition)
        draft.require(refuse_transition(book, life.case, transition, actor, act.at))
        data = content.data.get(act.version or life.case.data)
        if data is None and act.do in book.reads_data:
            raise Unknown("data_erased")
        command = Command(act.do, actor, checklist=tuple(act.body.get("checklist", ())), data=data)
        require_guards(draft, transition, command)
    except Refused as refused:
        if refused.refusal.code == "guard_error":
            raise Unknown("guard_error") from refused
        life.refused.append((act.seq, act.do, refused.refusal.code))
        return
    if transition.by != act.body["role"] and not asked_by_hold(act):
        life.handed.append((act.seq, act.do, transition.by))
    _perform(book, draft, act, transition, actor, content)
    life.take(draft.case, draft.events)


def _perform(book: Rulebook, draft: Draft, act: Act, transition: Transition, actor: Actor, content: Content) -> None:
    kept = {name: act.body[name] for name in ("acting", "input", "checklist") if name in act.body}
    body = {"do": transition.name, "from": draft.case.state, "to": transition.to, "role": transition.by, **kept}
    if "data" in act.body:
        body |= _content(book, act, content)
    if draft.case.step is not None and draft.case.step.failed is None:
        draft.add("step_cancelled", actor.id, {"step": draft.case.step.seq, "run": draft.case.step.run})
    if transition.run:
        draft.request(actor.id, transition, (transition.name,), body)
        return
    move_case(draft, transition, actor.id, body)
    _by_itself(book, draft, act, content)


def _by_itself(book: Rulebook, draft: Draft, act: Act, content: Content) -> None:
    """What follows without anybody; guards that read data which is not known are not guessed."""
    data = content.data.get(draft.case.data)
    if data is None and any(t.name in book.reads_data for t in book.system.get(draft.case.state, ())):
        raise Unknown("data_erased")
    try:
        cascade(draft, Command(act.do, Actor(SYSTEM), data=data))
    except Refused as refused:
        raise Unknown(refused.refusal.code) from refused


def _answer(book: Rulebook, life: Life, act: Act | None, run: str, at: datetime, content: Content) -> None:
    """Let the pending step succeed: with the result of the history, or with none where it is new here."""
    step = life.case.step
    if step is None or step.run != run or step.failed:
        return
    result = act.body.get("result", {}) if act else {}
    payload = {"step": step.seq, "run": run, "ok": True, "result": result}
    command = Command(FINISH_STEP, Actor(SYSTEM), payload=payload, data=content.data.get(life.case.data))
    decision = decide(book, life.case, command, at)
    if decision.case.step is not None and decision.case.step.failed:
        if act is None:
            raise Unknown("step_is_new")
        life.refused.append((act.seq, run, decision.case.step.failed))
    life.take(decision.case, decision.events)


def _let_time_pass(book: Rulebook, life: Life, until: datetime, content: Content) -> None:
    """Fire what moves the case and was due before `until`; reminders move nothing and are left out."""
    for _ in range(MAX_TIMERS):
        due = {name: moment for name, moment in timers.armed(book, life.case).items() if _fires(book, name)}
        name = min(due, key=lambda n: due[n], default=None)
        if name is None or due[name] > until:
            return
        fired = _fires(book, name)
        data = content.data.get(life.case.data)
        if data is None and fired in book.reads_data:
            raise Unknown("data_erased")
        command = Command(FIRE_TIMER, Actor(TIMER), payload={"timer": name}, data=data)
        decision = decide(book, life.case, command, due[name])
        if decision.refusal is not None:
            return
        life.take(decision.case, decision.events)
    raise Unknown("too_many_timers")


def _fires(book: Rulebook, name: str) -> str | None:
    """The transition that a timer fires."""
    kind, _, rest = name.partition("/")
    place, _, number = rest.rpartition("/")
    if kind == timers.STATE:
        return book.process.states[place].timers[int(number)].fire
    if kind == timers.CLOCK:
        return next(s.fire for s in book.process.clocks[place].steps if s.at == int(number))
    return None


def _content(book: Rulebook, act: Act, content: Content) -> dict[str, Any]:
    """What the event of a submission says of its content by these rules."""
    told = {name: act.body[name] for name in _CONTENT if name in act.body}
    if content.as_accepted:
        return told
    data = content.data.get(act.version)
    if data is None:
        raise Unknown("data_erased")
    submission = Submission(act.version, act.body["data"]["digest"], data, act.body["documents"])
    refusal = refuse_content(book.process, submission, act.at.astimezone(book.zone).date())
    if refusal is not None:
        raise Unknown(refusal.code)
    return told | {"complete": not missing_documents(book.process, submission)}


def _actor(act: Act, transition: Transition) -> Actor:
    """Who performed it; where it belongs to another role here, somebody of that role."""
    if asked_by_hold(act):
        return Actor(HOLD)
    if transition.by == act.body["role"]:
        return Actor(act.actor, frozenset((transition.by, *act.body.get("acting", ()))))
    return Actor(f"~{transition.by}", frozenset({transition.by}))
