"""A process as plain data by part and name, so that two can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

from workflow.definition.process import Period, Process

#: Part → name → field → plain data.
Profile = Mapping[str, Mapping[str, Mapping[str, Any]]]

#: What of a process belongs to no part.
_PLAIN = ("title", "calendar", "number", "submit_assisted", "submit_party", "reports")
#: Fields that say the name again, or stand in a part of their own.
_ELSEWHERE = frozenset({"name", "index", "timers"})


def profile(process: Process) -> Profile:
    """Everything of `process` that two versions may differ in, except the order of most of it."""
    return {
        "process": {"": _whole(process)},
        "roles": {n: plain(v) for n, v in process.roles.items()},
        "states": {n: plain(v) for n, v in process.states.items()},
        "timers": {f"{s.name}/{t.index}": plain(t) for s in process.states.values() for t in s.timers},
        "transitions": {n: _transition(v) for n, v in process.transitions.items()},
        "documents": {n: plain(v) for n, v in process.documents.items()},
        "holds": {n: plain(v) for n, v in process.holds.items()},
        "clocks": {n: plain(v) for n, v in process.clocks.items()},
        "requires": {f"{r.step} < {r.before}": plain(r) for r in process.requires},
        "checks": {n: {"title": plain(v)} for n, v in process.checks.items()},
        "notices": {n: plain(v) for n, v in process.notices.items()},
        "fields": _form_fields(process.form.schema),
        "standard": {"": _leaves(process.standard)},
    }


def plain(value: Any) -> Any:
    """Plain JSON data of a value object; guards and periods as they are written."""
    if isinstance(value, Period):
        return f"{value.source} working" if value.working else value.source
    if hasattr(value, "variables"):
        return value.source
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if f.name not in _ELSEWHERE}
    if isinstance(value, timedelta):
        return f"PT{int(value.total_seconds())}S"
    if isinstance(value, frozenset):
        return sorted(plain(v) for v in value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    return value


def _whole(process: Process) -> dict[str, Any]:
    """What belongs to no part; of the retention each field by itself."""
    kept: dict[str, Any] = plain(process.retention) if process.retention else {}
    retention = {f"retention.{name}": value for name, value in kept.items()}
    return {n: plain(getattr(process, n)) for n in _PLAIN} | retention | _form_rest(process.form.schema)


def _transition(move: Any) -> dict[str, Any]:
    """A transition; its inputs by name, since a list of them would change as a whole."""
    out: dict[str, Any] = plain(move)
    del out["input"]
    return out | {"inputs": [i.name for i in move.input]} | {f"input.{i.name}": plain(i) for i in move.input}


def _form_fields(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    needed = schema.get("required", ())
    return {name: {**plain(spec), "required": name in needed} for name, spec in schema.get("properties", {}).items()}


def _form_rest(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says beside its fields; of its sections the order counts."""
    out = {f"form.{k}": plain(v) for k, v in schema.items() if k not in ("properties", "required")}
    sections = out.get("form.x-sections")
    return out | {"form.x-sections": [[k, v] for k, v in sections.items()] if isinstance(sections, dict) else sections}


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """The texts and lists of a standard by their place, such as `delivery.cost.items`."""
    if not isinstance(value, Mapping) or (value and set(value) <= {"id", "en"}):
        return {path: plain(value)}
    out: dict[str, Any] = {}
    for key, inner in value.items():
        out |= _leaves(inner, f"{path}.{key}" if path else str(key))
    return out
