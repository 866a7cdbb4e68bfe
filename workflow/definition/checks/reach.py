"""Every state can be reached, and a final state from each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflow.definition.checks.fault import Fault, listed
from workflow.definition.checks.ground import Ground
from workflow.definition.checks.walk import Spot


def unreachable_states(ground: Ground) -> Iterator[Fault]:
    """States that no case can ever be in."""
    reached = ground.walk.states()
    for state in ground.process.states:
        if state not in reached:
            yield Fault(
                code="unreachable_state",
                message=f"No path leads to `{state}`; add a transition to it from a state that can be reached, "
                "or remove it.",
                place=("states", state),
                key=True,
            )


def dead_ends(ground: Ground) -> Iterator[Fault]:
    """States from which no final state can be reached; of several in a row only the last is told."""
    states = ground.process.states
    if not any(state.final for state in states.values()):
        yield Fault(
            code="no_final_state",
            message="No state is final; mark the one in which a case ends: `final: true`.",
            place=("states",),
            key=True,
        )
        return
    stuck = _stuck(ground)
    told: set[str] = set()
    for state, spot in stuck.items():
        trap = _reach(ground, stuck, state)
        if state not in told and all(state in _reach(ground, stuck, other) for other in trap):
            told |= trap
            yield _dead_end(ground, spot, trap)


def _dead_end(ground: Ground, spot: Spot, trap: set[str]) -> Fault:
    others = [state for state in ground.process.states if state in trap - {spot.state}]
    where = f"`{spot.state}` leads only to {listed(others)} and back" if others else f"Nothing leaves `{spot.state}`"
    return Fault(
        code="cannot_end",
        message=f"{where}, so a case there never ends; add a transition towards a final state, "
        "or mark the state `final: true`.",
        place=("states", spot.state),
        key=True,
        path=ground.walk.path(spot),
    )


def _stuck(ground: Ground) -> Mapping[str, Spot]:
    """States with the nearest spot from which no final state can be reached, nearest first."""
    before: dict[Spot, list[Spot]] = {}
    for spot, onward in ground.walk.onward.items():
        for _, reached in onward:
            before.setdefault(reached, []).append(spot)
    ending = [spot for spot in ground.walk.spots() if ground.process.states[spot.state].final]
    ends = set(ending)
    while ending:
        for spot in before.get(ending.pop(), ()):
            if spot not in ends:
                ends.add(spot)
                ending.append(spot)
    out: dict[str, Spot] = {}
    for spot in ground.walk.spots():
        if spot not in ends:
            out.setdefault(spot.state, spot)
    return out


def _reach(ground: Ground, stuck: Mapping[str, Spot], state: str) -> set[str]:
    """States that can follow the stuck spot of `state`, itself among them."""
    seen, waiting = {stuck[state]}, [stuck[state]]
    while waiting:
        for _, reached in ground.walk.onward[waiting.pop()]:
            if reached not in seen:
                seen.add(reached)
                waiting.append(reached)
    return {spot.state for spot in seen}
