"""Holds: places are given back, and what fires across cases finds a case that it can move."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.checks.fault import Fault
from workflow.definition.checks.ground import Ground
from workflow.definition.process import Hold


def unmet_holds(ground: Ground) -> Iterator[Fault]:
    """States of `until` where no case has the place, and `replaces` that finds no case holding one."""
    for hold in ground.process.holds.values():
        yield from _until(ground, hold)
        yield from _replaces(ground, hold)


def _until(ground: Ground, hold: Hold) -> Iterator[Fault]:
    """A state gives a place back when it is entered by a case that has it."""
    given_back = {
        reached.state
        for spot in ground.walk.spots()
        if hold.name in spot.held
        for _, reached in ground.walk.onward[spot]
    }
    for position, state in enumerate(_written(ground, hold)):
        if state in ground.walk.states() and state not in given_back:
            yield Fault(
                code="until_never_held",
                message=f"A case that comes to `{state}` has given the place of `{hold.name}` back before; "
                "remove the state from `until`.",
                place=("holds", hold.name, "until", position),
                path=ground.walk.path(next(ground.walk.spots(state))),
            )


def _written(ground: Ground, hold: Hold) -> list[str]:
    written = ground.process.body.get("process", {}).get("holds", {}).get(hold.name, {}).get("until", [])
    return written if isinstance(written, list) else [written]


def _replaces(ground: Ground, hold: Hold) -> Iterator[Fault]:
    if hold.replaces is None:
        return
    sources = ground.process.transitions[hold.replaces].sources
    if not any(hold.name in spot.held for state in sources for spot in ground.walk.spots(state)):
        yield Fault(
            code="replaces_never_held",
            message=f"No case has the place of `{hold.name}` in a state that `{hold.replaces}` leaves; "
            "let it leave a state before those of `until`.",
            place=("holds", hold.name, "replaces"),
        )
