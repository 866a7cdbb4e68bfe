"""Transitions against what fires them and where they lead."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.node import Node
from workflow.definition.process import BUILT_IN_MOVERS, Clock, Hold, Role, State, Transition


def check_transitions(
    node: Node, transitions: Mapping[str, Transition], states: Mapping[str, State], roles: Mapping[str, Role]
) -> None:
    """Each transition by itself: where it begins, and which of its flags make sense."""
    for name, move in transitions.items():
        place = node.get(name)
        for element in place.get("from").elements():
            if (state := states.get(element.text())) and state.final:
                element.problem(
                    "from_final_state",
                    f"`{state.name}` is final, so nothing leaves it; remove it from `from`.",
                )
        if move.internal and move.sources != (move.to,):
            place.get("internal").problem(
                "internal_not_self", "`internal: true` is for a transition from a state to itself.", key=True
            )
        _check_person(place, move, roles)


def _check_person(place: Node, move: Transition, roles: Mapping[str, Role]) -> None:
    role = roles.get(move.by)
    party = any(known.party for known in roles.values())
    if move.assisted and party and not (role and role.party):
        place.get("assisted").problem(
            "assisted_not_party",
            f"An officer acts for the party; `{move.by}` is not the party's role.",
            key=True,
        )
    if move.input and move.by in BUILT_IN_MOVERS:
        place.get("input").problem(
            "input_without_person",
            f"`by: {move.by}` has nobody who could give an input; remove `input`.",
            key=True,
        )


def check_timers(node: Node, transitions: Mapping[str, Transition], states: Mapping[str, State]) -> None:
    """What the timers of states fire; `node` is the mapping of states."""
    for state in states.values():
        for timer in state.timers:
            fire = node.get(state.name).get("timers")
            place = list(fire.elements())[timer.index].get("fire")
            move = transitions.get(timer.fire or "")
            if move is None:
                continue
            _check_mover(place, move, "timer")
            if move.by == "timer" and state.name not in move.sources:
                place.problem(
                    "timer_wrong_state",
                    f"`{move.name}` leaves {_list(move.sources)}, not `{state.name}`; "
                    "add the state to its `from`, or fire another transition.",
                )


def check_clocks(node: Node, clocks: Mapping[str, Clock], transitions: Mapping[str, Transition]) -> None:
    """What the steps of clocks fire, and states that a clock names twice."""
    for name, clock in clocks.items():
        place = node.get(name)
        for element in place.get("steps").elements():
            if move := transitions.get(element.get("fire").text()):
                _check_mover(element.get("fire"), move, "timer")
        for element in (*place.get("pause").elements(), *place.get("stop").elements()):
            stops_too = element.path[-2] == "stop" and element.text() in clock.pause
            if element.text() in clock.start or stops_too:
                element.problem(
                    "clock_state_twice",
                    f"`{element.text()}` starts, pauses or stops the clock: name it in one list.",
                )


def check_holds(node: Node, holds: Mapping[str, Hold], transitions: Mapping[str, Transition]) -> None:
    """Transitions that holds fire."""
    for name, hold in holds.items():
        place = node.get(name)
        for key in ("replaces", "freed"):
            if move := transitions.get(place.get(key).text()):
                _check_mover(place.get(key), move, "hold")
        freed = transitions.get(hold.freed or "")
        if freed and hold.full and hold.full not in freed.sources:
            place.get("freed").problem(
                "freed_wrong_state",
                f"`{freed.name}` leaves {_list(freed.sources)}, not `{hold.full}`, where cases wait.",
            )
        elif freed and freed.by == "hold":
            _check_line(place, hold, freed, transitions)
    _check_one_line(node, holds)


def _check_line(place: Node, hold: Hold, freed: Transition, transitions: Mapping[str, Transition]) -> None:
    """A place goes by the line and by nothing else, and who is called can take it."""
    if freed.when:
        place.get("freed").problem(
            "freed_guarded",
            f"`{freed.name}` has conditions; a case that fails them would keep the place empty. Check before it waits.",
        )
    for move in transitions.values():
        leaves = hold.full in move.sources and move.to not in {hold.full, *hold.until}
        if leaves and move.name != freed.name:
            place.get("full").problem(
                "line_left",
                f"`{move.name}` takes a case out of `{hold.full}` to `{move.to}` without a place; "
                f"only `{freed.name}` and moves to states of `until` may leave the line.",
            )


def _check_one_line(node: Node, holds: Mapping[str, Hold]) -> None:
    """A case is in one state, so it can stand in one line."""
    lines = [name for name, hold in holds.items() if hold.full]
    for name in lines[1:]:
        node.get(name).get("full").problem(
            "two_lines", f"`{lines[0]}` has a line already, and a case can stand in one only; let one hold refuse."
        )


def check_fired(
    node: Node,
    transitions: Mapping[str, Transition],
    states: Mapping[str, State],
    clocks: Mapping[str, Clock],
    holds: Mapping[str, Hold],
) -> None:
    """Transitions by timer and by hold that nothing fires; not told while a name of one fired is wrong."""
    by_timer = {timer.fire for state in states.values() for timer in state.timers}
    by_timer |= {step.fire for clock in clocks.values() for step in clock.steps}
    by_hold = {name for hold in holds.values() for name in (hold.replaces, hold.freed)}
    misspelt = (by_timer | by_hold) - {None, *transitions}
    if misspelt:
        return
    for name, move in transitions.items():
        if move.by == "timer" and name not in by_timer:
            node.get(name).get("by").problem(
                "timer_never_fires",
                f"No timer or clock fires `{name}`; add `fire: {name}` to one, or change `by`.",
            )
        if move.by == "hold" and name not in by_hold:
            node.get(name).get("by").problem(
                "hold_never_fires",
                f"No hold names `{name}` under `replaces` or `freed`; name it there, or change `by`.",
            )


def _check_mover(place: Node, move: Transition, mover: str) -> None:
    if move.by and move.by != mover:
        place.problem(
            f"not_by_{mover}",
            f"`{move.name}` is done by `{move.by}`; what fires here must say `by: {mover}`.",
        )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
