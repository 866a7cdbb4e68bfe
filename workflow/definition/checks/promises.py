"""Clocks that start also stop, once; what a process requires is on every path."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.checks.fault import Fault
from workflow.definition.checks.ground import Ground
from workflow.definition.checks.walk import LATE, PAUSED, RUNNING
from workflow.definition.process import Clock


def endless_clocks(ground: Ground) -> Iterator[Fault]:
    """Clocks that still run, or stand paused, in a final state."""
    states = ground.process.states
    for index, clock in enumerate(ground.process.clocks.values()):
        told: set[str] = set()
        for spot in ground.walk.spots():
            if states[spot.state].final and spot.clocks[index] in (RUNNING, PAUSED, LATE) and spot.state not in told:
                told.add(spot.state)
                yield Fault(
                    code="clock_never_stops",
                    message=f"The clock `{clock.name}` has not stopped when a case ends in `{spot.state}`; "
                    f"add `{spot.state}` to `stop`, or a state before it.",
                    place=("clocks", clock.name, "stop"),
                    path=ground.walk.path(spot),
                )


def late_clocks(ground: Ground) -> Iterator[Fault]:
    """Clocks that a path starts after a state that should have stopped them."""
    for index, clock in enumerate(ground.process.clocks.values()):
        if spot := ground.walk.first(lambda s, i=index: s.clocks[i] == LATE):  # type: ignore[misc]
            yield Fault(
                code="clock_starts_late",
                message=f"`{spot.state}` starts the clock `{clock.name}` after a state that stops it; "
                "remove one of the two, or the way between them.",
                place=("clocks", clock.name, "start", _position(clock, ground, spot.state)),
                path=ground.walk.path(spot),
            )


def _position(clock: Clock, ground: Ground, state: str) -> int:
    written = ground.process.body.get("process", {}).get("clocks", {}).get(clock.name, {}).get("start", [])
    return written.index(state) if isinstance(written, list) and state in written else 0


def ways_around(ground: Ground) -> Iterator[Fault]:
    """Paths that enter a state without the step that it requires.

    Of incidents nothing is proven: staff who skip or divert a failed step say so, with a reason.
    """
    for position, rule in enumerate(ground.process.requires):
        if spot := ground.walk.first(lambda s, r=rule: s.state == r.before and r.step not in s.done):  # type: ignore[misc]
            yield Fault(
                code="way_around",
                message=f"`{rule.before}` can be entered without `{rule.step}`; let every path to it run that step.",
                place=("requires", position),
                path=ground.walk.path(spot),
            )
