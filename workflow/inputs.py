"""What a person enters with a transition: checked here, told only as a digest (rule 11)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflow.case import Case
from workflow.commands import Command
from workflow.definition.process import Input, Process, Transition
from workflow.definition.schemas import compile_schema
from workflow.refusals import Refusal

#: Characters in one text; an officer's reason, not an essay.
MAX_TEXT = 5_000
MAX_LIST = 100
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def refuse_input(process: Process, case: Case, transition: Transition, command: Command) -> Refusal | None:
    """Why the inputs or the checklist of `command` are not what `transition` asks for."""
    problems = input_problems(transition, command.input)
    spec = process.states[case.state].task if case.state in process.states else None
    known = spec.checklist if spec else ()
    problems += [{"field": f"checklist.{item}", "code": "unknown"} for item in command.checklist if item not in known]
    return Refusal("invalid_input", {"fields": problems}) if problems else None


def input_problems(transition: Transition, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is wrong with `given`, as {field, code}; codes: missing, unknown, wrong_type, too_long, not_a_choice."""
    specs = {i.name: i for i in transition.input}
    problems = [{"field": name, "code": "unknown"} for name in given if name not in specs]
    for name, spec in specs.items():
        value = given.get(name)
        if value in (None, "", []):
            code = None if spec.optional else "missing"
        else:
            code = _CHECKS[spec.kind](spec, value)
        if code:
            problems.append({"field": name, "code": code})
    return problems


def _text(_: Input, value: Any) -> str | None:
    if not isinstance(value, str):
        return "wrong_type"
    if not value.strip():
        return "missing"
    return "too_long" if len(value) > MAX_TEXT else None


def _list(spec: Input, value: Any) -> str | None:
    if not isinstance(value, list) or not all(isinstance(v, str) and len(v) <= MAX_TEXT for v in value):
        return "wrong_type"
    if spec.choices and not set(value) <= set(spec.choices):
        return "not_a_choice"
    return "too_long" if len(value) > MAX_LIST else None


def _date(_: Input, value: Any) -> str | None:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "wrong_type"
    return None


def _choice(spec: Input, value: Any) -> str | None:
    return None if value in spec.choices else "not_a_choice"


def _schema(spec: Input, value: Any) -> str | None:
    return None if compile_schema(spec.schema or {}).is_valid(value) else "wrong_type"


def _drawing(_: Input, value: Any) -> str | None:
    """The digest of a picture that was kept for the case before; without one of that digest nothing is drawn."""
    return None if isinstance(value, str) and _DIGEST.match(value) else "wrong_type"


_CHECKS: Mapping[str, Callable[[Input, Any], str | None]] = {
    "text": _text,
    "list": _list,
    "date": _date,
    "choice": _choice,
    "schema": _schema,
    "drawing": _drawing,
}
