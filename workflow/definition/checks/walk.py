"""All that can become of a case, breadth first: where it may be, and the shortest way there.

A spot is a state with what the past left there: holds held, clocks running, required steps done. The order of
the definition decides between ways of equal length, so an answer is always the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflow.definition.checks.graph import Graph, Move
from workflow.definition.process import Clock, Process, Transition
from workflow.errors import AlurError

#: Spots looked at; a process with more has too many clocks, holds and required steps to be proven.
MAX_SPOTS = 50_000

SUBMIT = "submit"

#: Phases of a clock. MISSED: it met a state that stops it before one that starts it; LATE: and was started then.
WAITING, RUNNING, PAUSED, STOPPED, MISSED, LATE = "waiting", "running", "paused", "stopped", "missed", "late"


class TooManySpotsError(AlurError):
    """A process has more spots than are looked at."""

    code = "too_complex"


class Spot(NamedTuple):
    """Where a case may be."""

    state: str
    #: Holds whose place it has.
    held: frozenset[str] = frozenset()
    #: Phases of the clocks, in the order of the definition.
    clocks: tuple[str, ...] = ()
    #: Steps named in `requires` that have succeeded.
    done: frozenset[str] = frozenset()
    #: Steps of clocks that have moved the case, as (clock, percent).
    fired: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """Every spot that can be reached, nearest first."""

    #: Spot → the one before it, None at the beginning, and the transition between.
    came: Mapping[Spot, tuple[Spot | None, str]]
    #: Spot → moves from it, with where they lead.
    onward: Mapping[Spot, Sequence[tuple[Transition, Spot]]]

    def spots(self, state: str | None = None) -> Iterator[Spot]:
        """Spots of `state`, or all, nearest first."""
        return (spot for spot in self.came if state in (None, spot.state))

    def states(self) -> set[str]:
        """States that can be reached."""
        return {spot.state for spot in self.came}

    def path(self, spot: Spot | None) -> tuple[str, ...]:
        """Shortest sequence of transitions that leads to `spot`, from `submit` on."""
        out: list[str] = []
        while spot is not None:
            spot, do = self.came[spot]
            out.append(do)
        return tuple(reversed(out))

    def first(self, wanted: Callable[[Spot], bool]) -> Spot | None:
        """The nearest spot that is `wanted`."""
        return next((spot for spot in self.came if wanted(spot)), None)


def walk(graph: Graph) -> Walk:
    """All spots of `graph`.

    Raises TooManySpotsError where there are more than MAX_SPOTS.
    """
    pace = Pace(graph.process)
    came: dict[Spot, tuple[Spot | None, str]] = {}
    onward: dict[Spot, list[tuple[Transition, Spot]]] = {}
    for spot in pace.beginnings():
        came.setdefault(spot, (None, SUBMIT))
    queue = deque(came)
    while queue:
        spot = queue.popleft()
        onward[spot] = list(pace.onward(graph, spot))
        for move, reached in onward[spot]:
            if reached not in came:
                came[reached] = (spot, move.name)
                queue.append(reached)
        if len(came) > MAX_SPOTS:
            raise TooManySpotsError(
                f"More than {MAX_SPOTS:,} combinations of states, clocks and holds; use fewer clocks or holds."
            )
    return Walk(came=came, onward=onward)


class Pace:
    """How a move changes a spot; mirrors `workflow.evolve`, `workflow.clocks` and `Rulebook.submits`."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.clocks: Sequence[Clock] = tuple(process.clocks.values())
        self.required = frozenset(r.step for r in process.requires)
        party = process.party_role()
        self.submits = frozenset(
            t.name
            for t in process.transitions.values()
            if party and t.by == party.name and not t.cancels and any(self._editable(s, party.name) for s in t.sources)
        )

    def _editable(self, state: str, party: str) -> bool:
        task = self.process.states[state].task
        return task is not None and task.role == party

    def beginnings(self) -> Iterator[Spot]:
        """Where `submit` may lead: the initial state, or one in which cases wait for a place."""
        held = frozenset(self.process.holds)
        waiting = tuple(WAITING for _ in self.clocks)
        full = [hold.full for hold in self.process.holds.values() if hold.full]
        for state in (self.process.initial.name, *full):
            yield Spot(state, held, self._phases(waiting, state))

    def after(self, spot: Spot, move: Transition) -> Spot:
        """The spot after `move`."""
        done = spot.done | ({move.run} & self.required if move.run else frozenset())
        if move.internal and move.to == spot.state:
            return spot._replace(done=done)
        held = frozenset(self.process.holds) if move.name in self.submits else spot.held
        kept = frozenset(name for name in held if move.to not in self.process.holds[name].until)
        return Spot(move.to, kept, self._phases(spot.clocks, move.to), done, spot.fired)

    def onward(self, graph: Graph, spot: Spot) -> Iterator[tuple[Transition, Spot]]:
        """Moves that may be made at `spot`, with where they lead."""
        for move in graph.moves[spot.state]:
            if move.holds is None or move.holds & spot.held:
                if move.steps is None:
                    yield move.do, self.after(spot, move.do)
                elif step := self.coming(spot, move):
                    yield move.do, self.after(spot._replace(fired=spot.fired | {step}), move.do)

    def coming(self, spot: Spot, move: Move) -> tuple[str, int] | None:
        """The first step of a clock that may still fire `move` at `spot`."""
        running = {c.name for c, phase in zip(self.clocks, spot.clocks, strict=True) if phase in (RUNNING, LATE)}
        return next((s for s in move.steps or () if s[0] in running and s not in spot.fired), None)

    def _phases(self, phases: Sequence[str], state: str) -> tuple[str, ...]:
        return tuple(_phase(clock, phase, state) for clock, phase in zip(self.clocks, phases, strict=True))


def _phase(clock: Clock, phase: str, state: str) -> str:
    if phase in (WAITING, MISSED) and state not in clock.start:
        return MISSED if state in clock.stop else phase
    if phase == STOPPED or state in clock.stop:
        return STOPPED
    if state in clock.pause:
        return PAUSED
    return LATE if phase in (MISSED, LATE) else RUNNING
