"""The canonical body of a definition: what is stored, hashed and pinned.

Canonical JSON and PostgreSQL's jsonb forget the order of keys, but the order of transitions decides (rule
6) and that of fields is what people see; so the body carries the order of the mappings in which it has a
meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.canonical import admit, digest

#: Mappings whose order has a meaning; `*` stands for any name.
_ORDERED = (
    ("process", "roles"),
    ("process", "documents"),
    ("process", "holds"),
    ("process", "clocks"),
    ("process", "checks"),
    ("process", "states"),
    ("process", "transitions"),
    ("process", "transitions", "*", "input"),
    ("process", "transitions", "*", "input", "*", "choices"),
    ("form", "x-sections"),
    ("form", "properties"),
)


def make_body(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `parts` (`process`, `form`, `notices`, `standard`), plain data without floats."""
    order = {"/".join(path): list(found) for pattern in _ORDERED for path, found in _match(parts, pattern)}
    body = {**parts, "order": order}
    admit(body)
    return body


def body_hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical body, hex."""
    return digest(body)


def parts_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a stored body, their keys again in the order that has a meaning."""
    order = body.get("order", {})
    return {name: _restore(value, (name,), order) for name, value in body.items() if name != "order"}


def _restore(value: Any, path: tuple[str, ...], order: Mapping[str, list[str]]) -> Any:
    if isinstance(value, list):
        return [_restore(element, (*path, "-"), order) for element in value]
    if not isinstance(value, Mapping):
        return value
    keys = order.get("/".join(path), list(value))
    return {key: _restore(value[key], (*path, key), order) for key in keys if key in value}


def _match(
    value: Any, pattern: tuple[str, ...], path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if not isinstance(value, Mapping):
        return
    if not pattern:
        yield path, value
        return
    for key in value if pattern[0] == "*" else (pattern[0],):
        yield from _match(value.get(key), pattern[1:], (*path, key))
