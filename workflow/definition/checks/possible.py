"""Every transition can happen in every state that it names."""

from __future__ import annotations

from collections.abc import Iterator

from workflow.definition.checks.fault import Fault
from workflow.definition.checks.graph import is_constant
from workflow.definition.checks.ground import Ground, source_place
from workflow.definition.checks.walk import Spot
from workflow.definition.process import Transition


def impossible_moves(ground: Ground) -> Iterator[Fault]:
    """Transitions that never happen in a state they name, each with the reason."""
    for move in ground.process.transitions.values():
        if is_constant(move, False):
            yield Fault(
                code="guard_never_holds",
                message=f"A guard of `{move.name}` reads nothing and never holds; mend it, or remove the transition.",
                place=("transitions", move.name, "when"),
            )
            continue
        for state, spot in ground.reached():
            if state in move.sources and not ground.happens(move, state):
                yield _impossible(ground, move, state, spot)


def _impossible(ground: Ground, move: Transition, state: str, spot: Spot) -> Fault:
    code, why = _reason(ground, move, state)
    return Fault(code=code, message=why, place=source_place(move, state), path=ground.walk.path(spot))


def _reason(ground: Ground, move: Transition, state: str) -> tuple[str, str]:
    if move.by == "system":
        first = (
            ground.graph.system[state][-1].name if ground.graph.system[state] else ground.process.moves_from(state)[0]
        )
        return "move_shadowed", (
            f"`{move.name}` never happens in `{state}`: `{first}` comes first there whenever it could; "
            "change their order, or their guards."
        )
    if state in ground.graph.passing:
        return "state_left_at_once", (
            f"`{ground.graph.passing[state].name}` leaves `{state}` as soon as it is entered, so `{move.name}` "
            f"never happens; remove `{state}` from its `from`."
        )
    if move.by == "timer":
        return "timer_never_here", (
            f"No timer of `{state}` fires `{move.name}`, nor a clock that runs there; add one, "
            f"or remove `{state}` from `from`."
        )
    return "hold_never_here", (
        f"No case in `{state}` has the place of a hold that fires `{move.name}`; remove `{state}` from `from`."
    )
