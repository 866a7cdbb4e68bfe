"""Reader of `retention`: only ends of a case, no length below what a complaint needs."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_period, read_title
from workflow.definition.process import State
from workflow.definition.retention import Retention
from workflow.definition.values import Period

#: Shortest time, in days: a person who was refused must find the case whole while a complaint may still be filed.
MIN_DAYS = 30
#: Days of a month and a year at their shortest.
_MONTH, _YEAR = 28, 365


def read_retention(node: Node, names: Names, states: Mapping[str, State]) -> Retention | None:
    """How long data are kept; None where the process does not say."""
    if not node.present:
        return None
    after = [_final(element, names, states) for element in node.get("after").elements()]
    by_state = {name: _length(place) for name, place in node.get("by_state").items() if _known(place, names, states)}
    final = frozenset(name for name, state in states.items() if state.final)
    return Retention(
        keep=_length(node.get("keep")),
        after=frozenset(after) if node.get("after").present else final,
        by_state=by_state,
        drafts=_length(node.get("drafts")) if node.get("drafts").present else None,
        basis=read_title(node.get("basis")),
    )


def _final(node: Node, names: Names, states: Mapping[str, State]) -> str:
    name = names.one(node, "state")
    _require_final(node, name, states)
    return name


def _known(node: Node, names: Names, states: Mapping[str, State]) -> bool:
    known = names.known["state"] or ()
    if node.name not in known:
        node.problem("unknown_state", f"There is no state `{node.name}`.", key=True)
        return False
    _require_final(node, node.name, states, key=True)
    return True


def _require_final(node: Node, name: str, states: Mapping[str, State], *, key: bool = False) -> None:
    if name in states and not states[name].final:
        node.problem(
            "retention_not_final",
            f"A case does not end in `{name}`, so its data are still needed there; name final states only.",
            key=key,
        )


def _length(node: Node) -> Period:
    period = read_period(node)
    days = period.years * _YEAR + period.months * _MONTH + period.days + period.time.days
    if period.working:
        node.problem("retention_working", "Data are kept by the calendar, not by office time; remove `working`.")
    elif period.source and days < MIN_DAYS:
        node.problem("retention_too_short", f"Data are kept {MIN_DAYS} days at least; write for example `P5Y`.")
    return period
