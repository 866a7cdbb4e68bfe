"""Readers of the rules over a case's life: holds, clocks, requirements."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_notify, read_period, read_title
from workflow.definition.process import Clock, ClockStep, Hold, Requirement
from workflow.definition.quantities import QuantityError, parse_percent

#: Types of fields that can be the key of a hold: their text has one spelling.
_KEY_TYPES = ("STRING", "INT")


def read_holds(node: Node, names: Names, data: Mapping[str, str] | None) -> dict[str, Hold]:
    """Holds by name; `data` are the form's variables."""
    return {name: _hold(hold, names, data) for name, hold in node.items()}


def _hold(node: Node, names: Names, data: Mapping[str, str] | None) -> Hold:
    if data is not None:
        _check_key(node.get("key"), data)
    if node.get("freed").present and not node.get("full").present:
        node.get("freed").problem(
            "freed_without_full", "`freed` needs `full`, the state in which cases wait.", key=True
        )
    return Hold(
        name=node.name,
        scope=node.get("scope").text(),
        key=node.get("key").text(),
        limit=node.get("limit").integer(1),
        until=frozenset(names.many(node.get("until"), "state")),
        replaces=names.optional(node.get("replaces"), "transition"),
        full=names.optional(node.get("full"), "state"),
        freed=names.optional(node.get("freed"), "transition"),
    )


def _check_key(node: Node, data: Mapping[str, str]) -> None:
    key, known = node.text(), sorted(name for name, kind in data.items() if kind in _KEY_TYPES)
    if key and key not in known:
        node.problem(
            "unknown_field",
            f"A hold's key is a text or number of the form, not `{key}`: {did_you_mean(key, known)}",
            hint=nearest(key, known),
        )


def read_clocks(node: Node, names: Names) -> dict[str, Clock]:
    """Clocks by name."""
    return {name: _clock(clock, names) for name, clock in node.items()}


def _clock(node: Node, names: Names) -> Clock:
    return Clock(
        name=node.name,
        title=read_title(node.get("title")),
        target=read_period(node.get("target"), working=node.get("working").flag()),
        start=frozenset(names.many(node.get("start"), "state")),
        pause=frozenset(names.many(node.get("pause"), "state")),
        stop=frozenset(names.many(node.get("stop"), "state")),
        steps=_clock_steps(node.get("steps"), names),
    )


def _clock_steps(node: Node, names: Names) -> tuple[ClockStep, ...]:
    steps, last = [], 0
    for element in node.elements():
        at = _percent(element.get("at"))
        if 0 < at <= last:
            element.get("at").problem("clock_steps_order", f"Steps stand in rising order; {at}% follows {last}%.")
        last = max(at, last)
        if not element.get("then").present and not element.get("fire").present:
            element.problem("does_nothing", "A clock's step needs `then: {notify: …}` or `fire:`.")
        fire = names.optional(element.get("fire"), "transition")
        steps.append(ClockStep(at=at, then=read_notify(element.get("then"), names), fire=fire))
    return tuple(steps)


def _percent(node: Node) -> int:
    if not isinstance(node.value, str):
        return 0
    try:
        return parse_percent(node.value)
    except QuantityError as error:
        node.problem("bad_percentage", str(error))
        return 0


def read_requires(node: Node, names: Names) -> tuple[Requirement, ...]:
    """What no path may leave out; the proof itself is made before publication."""
    return tuple(
        Requirement(step=names.one(element.get("step"), "step"), before=names.one(element.get("before"), "state"))
        for element in node.elements()
    )
