"""Which moves a state allows: a process as the engine runs it, guards taken as free.

A guard may hold or not, unless it reads nothing and so always says the same. The rules mirror
`workflow.decide`: the first system move with a step starts it, whatever stands after it; moves that share the
step wait for its result together; a state with a system move that cannot fail is left before anybody sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from workflow.definition.guards import GuardError
from workflow.definition.process import BUILT_IN_MOVERS, Process, Transition


class Move(NamedTuple):
    """A transition from one state, with what must be true besides its guards."""

    do: Transition
    #: Holds of which one must be held; None where none is needed.
    holds: frozenset[str] | None = None
    #: Steps of clocks, as (clock, percent), of which one must be still to come; None where none is needed.
    steps: tuple[tuple[str, int], ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """States with their moves, in the order written."""

    process: Process
    #: State → moves that may leave it.
    moves: Mapping[str, tuple[Move, ...]]
    #: State → its system moves that may happen, in the order in which they are tried.
    system: Mapping[str, tuple[Transition, ...]]
    #: State left as soon as it is entered → the move that does so.
    passing: Mapping[str, Transition]


def graph_of(process: Process) -> Graph:
    """The graph of `process`, whose names must all be known."""
    tried = {state: _tried([t for t in process.moves_from(state) if t.by == "system"]) for state in process.states}
    passing = {state: moves[-1] for state, moves in tried.items() if moves and _cannot_fail(moves[-1])}
    moves = {state: tuple(_moves(process, state, tried[state], state in passing)) for state in process.states}
    return Graph(process=process, moves=moves, system=tried, passing=passing)


def is_constant(transition: Transition, verdict: bool) -> bool:
    """True when the guards of `transition` always give `verdict`; no guards always hold."""
    told = [_constant(condition.guard) for condition in transition.when]
    return all(said is True for said in told) if verdict else any(said is False for said in told)


def _constant(guard: object) -> bool | None:
    if getattr(guard, "variables", None):
        return None
    try:
        return bool(guard.holds({}))  # type: ignore[attr-defined]
    except GuardError:
        return False


def _cannot_fail(move: Transition) -> bool:
    return move.run is None and is_constant(move, True)


def _tried(waiting: Sequence[Transition]) -> tuple[Transition, ...]:
    """What of several system moves may happen: up to the first step, with all that share it, or the first sure one."""
    out: list[Transition] = []
    for move in waiting:
        if move.run:
            out += [t for t in waiting if t.run == move.run]
            break
        out.append(move)
        if _cannot_fail(move):
            return _possible(out)
    sure = next((i for i, t in enumerate(out) if t.run and is_constant(t, True)), len(out))
    return _possible(out[: sure + 1])


def _possible(moves: Sequence[Transition]) -> tuple[Transition, ...]:
    """Without moves that never hold, or only where one before them holds too, asked at the same moment."""
    out: list[Transition] = []
    for move in moves:
        first = any(before.run == move.run and _guards(before) <= _guards(move) for before in out)
        if not first and not is_constant(move, False):
            out.append(move)
    return tuple(out)


def _guards(move: Transition) -> set[str]:
    return {condition.guard.source for condition in move.when}


def _moves(process: Process, state: str, tried: Sequence[Transition], passing: bool) -> Iterator[Move]:
    for move in process.moves_from(state):
        if is_constant(move, False) or process.states[state].final:
            continue
        if move.by == "system":
            if move in tried:
                yield Move(move)
        elif not passing:
            if move.by == "timer":
                yield from _timed(process, state, move)
            elif move.by == "hold":
                yield from _held(process, state, move)
            else:
                yield Move(move)


def _timed(process: Process, state: str, move: Transition) -> Iterator[Move]:
    if any(timer.fire == move.name for timer in process.states[state].timers):
        yield Move(move)
        return
    steps = tuple((c.name, s.at) for c in process.clocks.values() for s in c.steps if s.fire == move.name)
    if steps:
        yield Move(move, steps=steps)


def _held(process: Process, state: str, move: Transition) -> Iterator[Move]:
    names = {hold.name for hold in process.holds.values() if hold.replaces == move.name}
    names |= {hold.name for hold in process.holds.values() if hold.freed == move.name and hold.full == state}
    if names:
        yield Move(move, holds=frozenset(names))


def by_person(move: Transition) -> bool:
    """True when a person performs `move`."""
    return move.by not in BUILT_IN_MOVERS
