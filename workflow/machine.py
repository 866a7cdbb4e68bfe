"""The state machine under `decide`: one `transitions.Machine` per definition, shared by all its cases.

Cases are never added as models (100 µs and 5 KB each), and no string of a definition reaches the library as a
condition or callback, since it would import dotted paths.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from transitions import EventData, Machine

from workflow.definition.process import Condition, Process, Transition

# It tells every call at level DEBUG; asking whether anybody listens costs more than a guard.
logging.getLogger("transitions.core").disabled = True

#: What a guard sees: a function from variable name to value.
Values = Callable[[str], Any]


class Token:
    """The light object that the machine moves."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class StateMachine:
    """States and transitions of a process; stateless between calls."""

    def __init__(self, process: Process) -> None:
        self._machine = Machine(
            model=None,
            states=list(process.states),
            initial=process.initial.name,
            transitions=[_as_transition(t) for t in process.transitions.values()],
            auto_transitions=False,
            send_event=True,
        )

    def move(self, state: str, transition: str, values: Values) -> tuple[str | None, list[bool]]:
        """Try `transition` from `state`: the state reached, or None when a guard does not hold, and the verdicts.

        Verdicts stand in the order of the guards and end with the first False.
        """
        token, verdicts = Token(state), []  # type: Token, list[bool]
        moved = self._machine.events[transition].trigger(token, values=values, verdicts=verdicts)
        return (token.state if moved else None), verdicts


def _as_transition(t: Transition) -> dict[str, Any]:
    out: dict[str, Any] = {"trigger": t.name, "source": list(t.sources), "dest": t.to}
    if t.when:
        out["conditions"] = [_as_condition(c) for c in t.when]
    return out


def _as_condition(condition: Condition) -> Callable[[EventData], bool]:
    guard = condition.guard

    def holds(event: EventData) -> bool:
        values: Values = event.kwargs["values"]
        known: Mapping[str, Any] = {name: values(name) for name in guard.variables}
        verdict = guard.holds(known)
        event.kwargs["verdicts"].append(verdict)
        return verdict

    return holds
