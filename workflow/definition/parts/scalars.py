"""Readers of single values: texts, periods, messages, guards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from workflow.definition.guards import GuardSyntaxError, compile_guard
from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.periods import PeriodError, exact, parse_period
from workflow.definition.process import Guard, Notify, Period, Text

#: Stands for a value that a problem was told of; the process is never handed out.
_BROKEN = Period(source="")


def read_title(node: Node) -> Text:
    """The text of `node`; where there is none, the name of what it belongs to in readable form."""
    if isinstance(node.value, dict):
        return {language: text for language, text in node.value.items() if isinstance(text, str)}
    readable = str(node.path[-2]).replace("_", " ").capitalize() if len(node.path) > 1 else ""
    return {"id": readable, "en": readable}


def read_period(node: Node, *, working: bool = False) -> Period:
    """A period written as `P3D working`, or as `{period: P3D, working: true}`."""
    if isinstance(node.value, dict):
        return read_period(node.get("period"), working=node.get("working").flag())
    if not isinstance(node.value, str):
        return _BROKEN
    try:
        return parse_period(node.value, working=working)
    except PeriodError as error:
        node.problem(error.code, str(error))
        return _BROKEN


def read_optional_period(node: Node) -> Period | None:
    return read_period(node) if node.present else None


def read_exact(node: Node, default: timedelta) -> timedelta:
    """A period of fixed length, such as a lease."""
    if not node.present:
        return default
    try:
        return exact(read_period(node))
    except PeriodError as error:
        node.problem(error.code, str(error))
        return default


def read_notify(node: Node, names: Names) -> Notify | None:
    """`{notify: [role], notice: name}`; None where `node` tells of no message."""
    if not node.get("notify").present:
        return None
    roles = names.many(node.get("notify"), "role")
    return Notify(roles=roles, notice=names.one(node.get("notice"), "notice"))


def read_guard(node: Node, variables: Mapping[str, str] | None) -> Guard | None:
    """A guard; None where there is none, or where a problem of it was told at its character.

    Without `variables` (the form cannot be read) it is not checked.
    """
    if not isinstance(node.value, str) or variables is None:
        return None
    try:
        return compile_guard(node.value, variables)
    except GuardSyntaxError as error:
        node.problem(error.problem, str(error), hint=error.hint, offset=error.offset)
        return None
