"""What `decide` answers, and the draft on which it works while it decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflow.case import NONE, Case, Step
from workflow.commands import SYSTEM, Command
from workflow.definition.process import BUILT_IN_MOVERS, Notify, Transition
from workflow.events import Event, seal
from workflow.evolve import evolve
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook

NOTIFY, VOID_CARD = "notify", "void_card"


@dataclass(frozen=True, slots=True)
class Effect:
    """Work outside the transaction. Case, seq and kind together are its step id, the fence against doing it twice."""

    seq: int
    #: A step declared in `workflow.steps`.
    kind: str
    input: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Followup:
    """A command for other cases that hold the same key."""

    hold: str
    scope: str
    #: HMAC of the key.
    key: str
    #: Transition to perform on them, as `hold`.
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    case: Case
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    followups: tuple[Followup, ...] = ()
    refusal: Refusal | None = None


class Refused(Exception):
    """Ends a decision; nothing of it is kept."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


@dataclass(slots=True)
class Draft:
    """A decision in the making: every event is sealed and folded in at once, so that later rules see it."""

    book: Rulebook
    case: Case
    now: datetime
    #: Names the secret that the person gave for the steps of this decision; the secret itself is never here.
    secret: str | None = None
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    followups: list[Followup] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The date at the office."""
        return self.now.astimezone(self.book.zone).date()

    def decision(self) -> Decision:
        """The finished decision."""
        return Decision(
            case=self.case,
            events=tuple(self.events),
            effects=tuple(self.effects),
            followups=tuple(self.followups),
        )

    def require(self, refusal: Refusal | None) -> None:
        """End the decision with `refusal` where there is one."""
        if refusal is not None:
            raise Refused(refusal)

    def add(self, type_: str, actor: str, body: Mapping[str, Any]) -> Event:
        """Append an event and fold it in."""
        case = self.case
        event = seal(case.head, case.id, case.seq + 1, type_, actor, self.now, body)
        self.case = evolve(self.book, case, event)
        self.events.append(event)
        return event

    def request(self, actor: str, transition: Transition, moves: tuple[str, ...], moved: Mapping[str, Any]) -> None:
        """Ask for the step that `transition` runs; `moved` is what its `moved` event will say."""
        body = {"moves": list(moves), "role": moved["role"], "carry": moved}
        self._ask(actor, transition, body, on_behalf=actor)

    def request_again(self, actor: str, step: Step, said: Mapping[str, Any]) -> None:
        """Ask for a failed step anew; whoever asked first still counts as the one who moves the case."""
        transition = self.book.transitions[step.moves[0]]
        body = {"moves": list(step.moves), "role": step.role, "carry": dict(step.carry)}
        self._ask(actor, transition, body | {"again": step.seq, "for": step.actor, **said}, on_behalf=step.actor)

    def _ask(self, actor: str, transition: Transition, body: Mapping[str, Any], *, on_behalf: str) -> None:
        run, given = transition.run or "", dict(transition.run_with)
        event = self.add("step_requested", actor, {"run": run, "with": given, **body})
        retry = {"times": transition.retry.times, "backoff": int(transition.retry.backoff.total_seconds())}
        work = {"with": given, "actor": on_behalf, "data": self.case.data, "retry": retry}
        if self.secret is not None:
            work["secret"] = self.secret
        self.effects.append(Effect(event.seq, run, work))

    def fail(self, step: Step, code: str, attempts: int) -> None:
        """Record that `step` failed for good: an incident, which people decide."""
        self.add("step_failed", SYSTEM, {"step": step.seq, "run": step.run, "code": code, "attempts": attempts})

    def notify(self, seq: int, message: Notify, facts: Mapping[str, Any] = NONE) -> None:
        """Send `message` after the commit, once for event `seq`; `facts` are told with it."""
        self.effects.append(Effect(seq, NOTIFY, {"roles": list(message.roles), "notice": message.notice, **facts}))

    def void(self, seq: int, payload: Mapping[str, Any]) -> None:
        """Void what a cancelled step made all the same (rule 4)."""
        if payload.get("ok") and payload.get("result", {}).get("card"):
            self.effects.append(Effect(seq, VOID_CARD, {"card": payload["result"]["card"]}))

    def follow_holds(self, state: str) -> None:
        """Fire `replaces` on the cases that this one, now in `state`, stands in for."""
        for hold in self.book.replacing[state]:
            key = self.case.holds.get(hold.name)
            if key and hold.replaces:
                self.followups.append(Followup(hold.name, hold.scope, key, hold.replaces))

    def values(self, command: Command, result: Mapping[str, Any], transition: Transition) -> Callable[[str], Any]:
        """Look-up of what the guards of `transition` may read; nobody acts where it fires by itself."""
        data = command.submission.data if command.submission else command.data or {}
        person = transition.by not in BUILT_IN_MOVERS
        actor = {"name": command.actor.id, "role": transition.by} if person else {}

        def value(name: str) -> Any:
            room, _, field_name = name.partition(".")
            return _VALUES[room](self, command, {"data": data, "result": result, "actor": actor}, field_name)

        return value


Lookup = Callable[[Draft, Command, Mapping[str, Mapping[str, Any]], str], Any]


def _document(draft: Draft, command: Command, _: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    return draft.case.complete if name == "complete" else name in draft.case.documents


def _checklist(draft: Draft, command: Command, _: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    spec = draft.book.process.states[draft.case.state].task
    wanted = set(spec.checklist) if spec else set()
    return wanted <= set(command.checklist) if name == "complete" else name in command.checklist


#: Rooms of a guard's variables (`data.kind` is in the room `data`), with how each is looked up.
_VALUES: Mapping[str, Lookup] = {
    "data": lambda d, c, known, name: known["data"].get(name),
    "result": lambda d, c, known, name: known["result"].get(name),
    "documents": _document,
    "checklist": _checklist,
    "case": lambda d, c, known, name: getattr(d.case, name),
    "actor": lambda d, c, known, name: known["actor"].get(name),
    "now": lambda d, c, known, name: d.now,
}
