"""Plays definitions through the real `decide`: every command that could be tried, and paths with guards forced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from tests.kernel_kit import HOLD, START, SYSTEM, TIMER, ZONE
from workflow.case import Case
from workflow.commands import FINISH_STEP, FIRE_TIMER, SUBMIT, Actor, Command, Standing, Submission
from workflow.decide import decide
from workflow.decision import Decision
from workflow.definition.periods import parse_period
from workflow.definition.process import BUILT_IN_MOVERS, Process, Transition
from workflow.errors import CorruptHistoryError
from workflow.events import Event
from workflow.incidents import RETRY
from workflow.rulebook import Rulebook
from workflow.timers import armed

OWNER = Actor("1")
#: A step fails, another is asked for and is done.
MAX_IDLE = 3
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """A case with its history, and the time."""

    case: Case
    now: datetime = START
    events: tuple[Event, ...] = ()
    #: Moves by themselves went on without end.
    endless: bool = False

    def moves(self) -> list[str]:
        """Transitions performed, `submit` first."""
        return [e.body.get("do", SUBMIT) for e in self.events if e.type in ("submitted", "moved")]

    def entered(self) -> list[str]:
        """States that those transitions led to."""
        return [e.body["to"] for e in self.events if e.type in ("submitted", "moved")]


class Stage:
    """A process on which cases are played; every person is a new one, so four eyes never stand in the way."""

    def __init__(self, process: Process) -> None:
        # Working time needs a calendar; no proof is about how long a clock takes.
        clocks = {name: replace(clock, target=parse_period("P3D")) for name, clock in process.clocks.items()}
        self.process = process = replace(process, clocks=clocks)
        self.book = Rulebook(process, ZONE)
        self.fresh = count(100)
        self.guarded = [f.removeprefix("data.") for t in process.transitions.values() for f in flags(t)]

    def start(self) -> Scene:
        """A draft."""
        return Scene(Case(id=1, process=self.process.name, definition=self.process.hash, office="x", owner=OWNER.id))

    def datas(self, wanted: Sequence[str] = ()) -> Iterator[Data]:
        """Data that makes the guards of the first of `wanted` hold and all others fail; with bounds to choose from."""
        areas = (1, 5, 30) if "area" in self.guarded else (5,)
        for length in sorted({*range(min(len(wanted), 4) + 1), len(wanted)}):
            true = {f for name in wanted[:length] for f in flags(self.process.transitions.get(name))}
            told = {name: f"data.{name}" in true for name in self.guarded if name.startswith("g")}
            for area in areas:
                yield {"kind": "outdoor", "stall": "A01", "area": area} | told

    def extremes(self) -> list[Data]:
        """Data on which every guard over a field of its own holds, and on which none does."""
        areas = (1, 5, 30) if "area" in self.guarded else (5,)
        own = [name for name in self.guarded if name.startswith("g")]
        return [
            {"kind": "outdoor", "stall": "A01", "area": area} | dict.fromkeys(own, verdict)
            for area in areas
            for verdict in (True, False)
        ]

    def tries(self, scene: Scene, datas: Sequence[Data]) -> Iterator[tuple[Command, datetime]]:
        """Every command that might be accepted now, with the time at which it comes."""
        case, now = scene.case, scene.now
        for data in datas:
            if case.state == "draft":
                yield from ((self._submit(data, full), now) for full in (None, *self.process.holds))
                continue
            yield from ((command, now) for command in self._finish(case, data))
            if case.step is not None and case.step.failed:
                yield Command(RETRY, Actor(str(next(self.fresh)), self.book.staff), data=data), now
            for move in self.process.moves_from(case.state):
                if command := self._command(case, move, data):
                    yield command, now
            for name, due in armed(self.book, case).items():
                yield Command(FIRE_TIMER, TIMER, data=data, payload={"timer": name}), max(now, due)

    def play(self, scene: Scene, command: Command, now: datetime) -> Scene | None:
        """The scene after `command`; None where it was refused or changed nothing."""
        try:
            decision: Decision = decide(self.book, scene.case, command, now)
        except CorruptHistoryError:
            return replace(scene, endless=True)
        if decision.refusal or not decision.events:
            return None
        return Scene(decision.case, now, (*scene.events, *decision.events))

    def perform(self, path: Sequence[str], into: str | None = None) -> Scene | None:
        """A scene at the end of `path`, in the state `into`, its guards forced; None where the path cannot be gone."""
        return self._go(self.start(), path, into)

    def _go(self, scene: Scene, path: Sequence[str], into: str | None, idle: int = 0) -> Scene | None:
        """`idle` counts steps asked for and failed since the last move."""
        done = scene.moves()
        if scene.endless:
            return scene
        if done[: len(path)] == list(path):
            return scene if into in (None, scene.entered()[len(path) - 1]) else None
        for command, now in self.tries(scene, list(self.datas(path[len(done) :]))):
            if command.do not in (path[len(done)], FINISH_STEP, FIRE_TIMER):
                continue
            after = self.play(scene, command, now)
            if after is None or not (after.endless or self._leads_on(scene, after, path)):
                continue
            waited = idle + 1 if after.moves() == done else 0
            if waited <= MAX_IDLE and (there := self._go(after, path, into, waited)):
                return there
        return None

    def _leads_on(self, before: Scene, after: Scene, path: Sequence[str]) -> bool:
        moves = after.moves()
        progress = len(moves) > len(before.moves()) or after.case.step != before.case.step
        return progress and moves[: len(path)] == list(path[: len(moves)])

    def _submit(self, data: Data, full: str | None) -> Command:
        standings = {
            name: ("k" * 64, tuple(Standing(9 + n, "nowhere") for n in range(hold.limit)) if name == full else ())
            for name, hold in self.process.holds.items()
        }
        return Command(SUBMIT, OWNER, submission=_copy(self.process, data), data=data, standings=standings)

    def _finish(self, case: Case, data: Data) -> Iterator[Command]:
        step = case.step
        if step is None or step.failed:
            return
        said = {"step": step.seq, "run": step.run}
        for ok in (True, False):
            result = {"ok": ok, "warnings": []}
            yield Command(FINISH_STEP, SYSTEM, data=data, payload=said | {"ok": True, "result": result})
        yield Command(FINISH_STEP, SYSTEM, data=data, payload=said | {"ok": False, "code": "broken"})

    def _command(self, case: Case, move: Transition, data: Data) -> Command | None:
        spec = self.process.states[case.state].task
        given = {i.name: "x" if i.kind == "text" else ["x"] for i in move.input}
        fields: dict[str, Any] = {"input": given, "input_digest": "f" * 64 if given else None, "data": data}
        if move.by == "hold":
            fitting = [h.name for h in self.process.holds.values() if h.replaces == move.name]
            fitting += [h.name for h in self.process.holds.values() if h.freed == move.name and h.full == case.state]
            return Command(move.name, HOLD, **fields) if set(fitting) & {*case.holds, *case.line} else None
        if move.by in BUILT_IN_MOVERS:
            return None
        if move.by == self.book.party:
            if self.book.submits(move):
                fields["submission"] = _copy(self.process, data)
                fields["standings"] = dict.fromkeys(self.process.holds, ("k" * 64, ()))
            return Command(move.name, OWNER, **fields)
        person = Actor(str(next(self.fresh)), frozenset({move.by}))
        return Command(move.name, person, checklist=spec.checklist if spec else (), **fields)


def flags(move: Transition | None) -> set[str]:
    """Fields of the form that the guards of `move` read."""
    return {v for c in (move.when if move else ()) for v in c.guard.variables if v.startswith("data.")}


def _copy(process: Process, data: Data) -> Submission:
    known = {name: value for name, value in data.items() if name in process.form.fields}
    return Submission(1, "0" * 64, known, dict.fromkeys(process.documents, "d" * 64))
