"""Names that the guards of a process may read, with their types; None where the form cannot be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflow.steps import STEPS

#: Known to every guard. `actor` is the person who performs the transition; empty for system, timer and hold.
BUILT_IN: Mapping[str, str] = {
    "case.state": "STRING",
    "case.office": "STRING",
    "actor.name": "STRING",
    "actor.role": "STRING",
    "now": "TIMESTAMP",
}
#: Known to the guards of transitions.
OF_TRANSITIONS: Mapping[str, str] = {"documents.complete": "BOOL", "checklist.complete": "BOOL"}

_JSON_TYPES = {"string": "STRING", "integer": "INT", "number": "DOUBLE", "boolean": "BOOL"}


def form_variables(schema: Mapping[str, Any]) -> dict[str, str]:
    """`data.<field>` for each property of a form."""
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {f"data.{name}": type_of(spec) for name, spec in properties.items() if isinstance(spec, Mapping)}


def type_of(spec: Mapping[str, Any]) -> str:
    """The type of guards that a property of a JSON Schema has; DYN where it has no single one."""
    kind = spec.get("type")
    if isinstance(kind, str) and kind in _JSON_TYPES:
        return _JSON_TYPES[kind]
    items = spec.get("items")
    if kind == "array" and isinstance(items, Mapping) and items.get("type") == "string":
        return "LIST"
    choices = spec.get("enum")
    if kind is None and isinstance(choices, list) and all(isinstance(c, str) for c in choices):
        return "STRING"
    return "DYN"


def document_variables(data: Mapping[str, str] | None) -> dict[str, str] | None:
    """What the guard that makes a document required may read: the form alone."""
    return None if data is None else dict(data)


def transition_variables(
    data: Mapping[str, str] | None, documents: Iterable[str], step: str | None
) -> dict[str, str] | None:
    """What the guards of a transition may read; `documents.<kind>` is true when one was uploaded."""
    if data is None:
        return None
    uploaded = {f"documents.{kind}": "BOOL" for kind in documents}
    declared = STEPS.get(step or "")
    results = {f"result.{name}": kind for name, kind in declared.results.items()} if declared else {}
    return {**data, **BUILT_IN, **uploaded, **OF_TRANSITIONS, **results}
