"""Reader of states: tasks and timers."""

from __future__ import annotations

from datetime import timedelta

from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_exact, read_notify, read_optional_period, read_title
from workflow.definition.process import State, StateTimer, TaskSpec

DEFAULT_LEASE = timedelta(minutes=30)


def read_states(node: Node, names: Names) -> dict[str, State]:
    """States by name; exactly one is initial."""
    states = {name: _state(state, names) for name, state in node.items()}
    initial = [name for name, state in states.items() if state.initial]
    if states and not initial:
        node.problem(
            "no_initial_state",
            "No state is initial; mark the one that `submit` enters: `initial: true`.",
            key=True,
        )
    for name in initial[1:]:
        message = f"`{initial[0]}` is initial already; a process has one initial state."
        node.get(name).get("initial").problem("two_initial_states", message, key=True)
    return states


def _state(node: Node, names: Names) -> State:
    final = node.get("final").flag()
    for key in ("initial", "task", "timers"):
        if final and node.get(key).present:
            node.get(key).problem(
                "final_state_acts",
                f"The final state `{node.name}` is the end of a case; remove `{key}`.",
                key=True,
            )
    outcome = node.get("outcome")
    if outcome.present and not final:
        outcome.problem(
            "outcome_of_a_way", "Only a final state has an outcome; remove it, or add `final: true`.", key=True
        )
    return State(
        name=node.name,
        title=read_title(node.get("title")),
        initial=node.get("initial").flag(),
        final=final,
        outcome=outcome.value if outcome.value in ("reached", "refused", "over") else None,
        task=_task(node.get("task"), names),
        timers=tuple(_timer(timer, i, names) for i, timer in enumerate(node.get("timers").elements())),
    )


def _task(node: Node, names: Names) -> TaskSpec | None:
    if not isinstance(node.value, dict):
        return None
    checklist = node.get("checklist")
    if checklist.value == []:
        checklist.problem("empty_checklist", "The checklist has no item; name one, or remove `checklist`.")
    items = names.many(checklist, "check") if names.known["check"] else checklist.names()
    return TaskSpec(
        role=names.one(node.get("role"), "role"),
        lease=read_exact(node.get("lease"), DEFAULT_LEASE),
        checklist=items,
        bulk=node.get("bulk").flag(),
        office=node.get("office").optional_text(),
    )


def _timer(node: Node, index: int, names: Names) -> StateTimer:
    if node.get("after").present == node.get("every").present:
        node.problem("timer_when", "A timer has either `after` or `every`; give exactly one.")
    if not node.get("fire").present and not node.get("notify").present:
        node.problem("does_nothing", "A timer needs `fire:` or `notify:` with `notice:`.")
    return StateTimer(
        index=index,
        after=read_optional_period(node.get("after")),
        every=read_optional_period(node.get("every")),
        fire=names.optional(node.get("fire"), "transition"),
        notify=read_notify(node, names),
    )
