"""What moves without people: no endless loop, no standstill, nothing that fires for nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from workflow.definition.checks.fault import Fault, listed
from workflow.definition.checks.graph import is_constant
from workflow.definition.checks.ground import Ground
from workflow.definition.checks.walk import LATE, RUNNING, Spot
from workflow.definition.process import Transition


def system_loops(ground: Ground) -> Iterator[Fault]:
    """Loops of system moves alone; each is told once, where it is entered first."""
    told: set[str] = set()
    for spot in ground.walk.spots():
        if spot.state in told:
            continue
        if loop := _loop(ground, spot.state):
            told |= {spot.state, *(move.to for move in loop)}
            names = [move.name for move in loop]
            yield Fault(
                code="system_loop",
                message=f"{listed(names)}: system moves alone lead from `{spot.state}` back to it, without end; "
                "let a person or a timer do one of them.",
                place=("transitions", names[0]),
                key=True,
                path=(*ground.walk.path(spot), *names),
            )


def _loop(ground: Ground, start: str) -> list[Transition]:
    """The shortest way from `start` back to it by system moves; empty where there is none."""
    ways: deque[tuple[str, list[Transition]]] = deque([(start, [])])
    seen: set[str] = set()
    while ways:
        state, way = ways.popleft()
        for move in ground.graph.system[state]:
            if move.to == start:
                return [*way, move]
            if move.to not in seen:
                seen.add(move.to)
                ways.append((move.to, [*way, move]))
    return []


def standstills(ground: Ground) -> Iterator[Fault]:
    """States where whatever leads on by itself may fail its guards, and nobody else leads on (rule 6)."""
    for state, _ in ground.reached():
        if spot := next((s for s in ground.walk.spots(state) if not _sure_to_leave(ground, s)), None):
            ways = [move for move, _ in ground.walk.onward[spot] if move.to != state]
            last = next((move for move in reversed(ways) if move.by == "system"), ways[-1])
            yield _standstill(ground, spot, last)


def _standstill(ground: Ground, spot: Spot, last: Transition) -> Fault:
    path, place = ground.walk.path(spot), ("transitions", last.name, "when" if last.when else "by")
    if last.by == "system":
        message = f"When no guard holds, a case stays in `{spot.state}` for ever; add a last system move without `when`"
        return Fault(code="system_moves_may_fail", message=f"{message}, or another way out.", place=place, path=path)
    message = (
        f"`{last.name}` is tried once, and when its guard fails, or its clock passed that step before, a case stays "
        f"in `{spot.state}` for ever; add a timer without `when`, or another way out."
    )
    return Fault(code="timer_may_fail", message=message, place=place, path=path)


def _sure_to_leave(ground: Ground, spot: Spot) -> bool:
    """True when a person or a hold may lead on, or something surely will; also where there is no way at all."""
    tried = ground.graph.system[spot.state]
    if tried and is_constant(tried[-1], True):
        return True
    ways = [move for move, _ in ground.walk.onward[spot] if move.to != spot.state]
    return not ways or any(_sure(ground, spot.state, move) for move in ways)


def _sure(ground: Ground, state: str, move: Transition) -> bool:
    if move.by != "timer":
        return move.by != "system"
    timers = [timer for timer in ground.process.states[state].timers if timer.fire == move.name]
    return any(timer.every or is_constant(move, True) for timer in timers)


def steps_out_of_place(ground: Ground) -> Iterator[Fault]:
    """Steps run by holds, and by timers that ask for the result before there is one.

    A hold's move belongs to the very moment in which another case moves; a step could fail and leave both cases with
    the place. A timer may run a step (a yearly reprint), but its guards are asked before the step is.
    """
    for move in ground.process.transitions.values():
        if move.by == "hold" and move.run:
            yield Fault(
                code="hold_runs_step",
                message=f"`{move.name}` is done by a hold and cannot wait for a step; "
                "run it on a system move from the next state.",
                place=("transitions", move.name, "run"),
            )
        for position, condition in enumerate(move.when if move.by == "timer" else ()):
            if any(name.startswith("result.") for name in condition.guard.variables):
                yield Fault(
                    code="timer_reads_result",
                    message=f"A timer asks the guards of `{move.name}` before its step gives a result, so it never "
                    "moves; read the result in system moves of a state in between.",
                    place=("transitions", move.name, "when", position, "if"),
                )


def idle_fires(ground: Ground) -> Iterator[Fault]:
    """Steps of clocks whose transition can never happen while the clock runs; of timers the builder tells."""
    for clock in ground.process.clocks.values():
        for position, step in enumerate(clock.steps):
            if step.fire and not _fires(ground, (clock.name, step.at), step.fire):
                yield Fault(
                    code="clock_fires_nowhere",
                    message=f"The clock `{clock.name}` never runs in a state that `{step.fire}` leaves; "
                    "add one to its `from`, or remove `fire`.",
                    place=("clocks", clock.name, "steps", position, "fire"),
                )


def _fires(ground: Ground, step: tuple[str, int], name: str) -> bool:
    at = list(ground.process.clocks).index(step[0])
    return any(
        spot.clocks[at] in (RUNNING, LATE) and spot.state in ground.process.transitions[name].sources
        for spot in ground.walk.spots()
        if spot.state not in ground.graph.passing
    )
