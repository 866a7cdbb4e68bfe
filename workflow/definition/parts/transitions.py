"""Reader of transitions: guards, inputs, steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast

from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_exact, read_guard, read_notify, read_title
from workflow.definition.process import Condition, Input, Retry, Text, Transition
from workflow.definition.schemas import SchemaProblem, schema_problem
from workflow.definition.variables import transition_variables
from workflow.steps import STEPS, Step, StepInput

Kind = Literal["text", "list", "date", "choice", "schema", "drawing"]
KINDS: tuple[Kind, ...] = ("text", "list", "date", "choice", "schema", "drawing")

#: Told where a guard has no `else:`.
UNMET: Text = {"id": "Syaratnya belum terpenuhi", "en": "A condition is not met"}
#: Titles of inputs that many processes share.
INPUT_TITLES: Mapping[str, Text] = {
    "reason": {"id": "Alasan", "en": "Reason"},
    "fields": {"id": "Isian yang perlu diperbaiki", "en": "Entries to correct"},
    "note": {"id": "Catatan", "en": "Note"},
}


def read_transitions(
    node: Node, names: Names, data: Mapping[str, str] | None, documents: tuple[str, ...]
) -> dict[str, Transition]:
    """Transitions by name, in the order written; `data` are the form's variables."""
    return {name: _transition(transition, names, data, documents) for name, transition in node.items()}


def _transition(node: Node, names: Names, data: Mapping[str, str] | None, documents: tuple[str, ...]) -> Transition:
    step = names.optional(node.get("run"), "step")
    return Transition(
        name=node.name,
        title=read_title(node.get("title")),
        sources=names.many(node.get("from"), "state"),
        to=names.one(node.get("to"), "state"),
        by=names.one(node.get("by"), "mover"),
        when=_conditions(node.get("when"), transition_variables(data, documents, step)),
        input=tuple(_input(field) for _, field in node.get("input").items()),
        run=step,
        run_with=_run_with(node, step),
        retry=_retry(node.get("retry")),
        then=read_notify(node.get("then"), names),
        assisted=node.get("assisted").flag(),
        cancels=node.get("cancels").flag(),
        internal=node.get("internal").flag(),
    )


def _conditions(node: Node, variables: Mapping[str, str] | None) -> tuple[Condition, ...]:
    conditions = []
    for element in node.elements():
        written = element.get("if") if isinstance(element.value, dict) else element
        told = element.get("else")
        if guard := read_guard(written, variables):
            conditions.append(Condition(guard=guard, otherwise=read_title(told) if told.present else UNMET))
    return tuple(conditions)


def _retry(node: Node) -> Retry:
    usual = Retry()
    return Retry(times=node.get("times").integer(usual.times), backoff=read_exact(node.get("backoff"), usual.backoff))


def _input(node: Node) -> Input:
    """`reason: text`; `{kind: choice, choices: […]}`; or a JSON Schema, which has no `kind`."""
    given = node.get("kind") if node.get("kind").present else node
    kind = given.text("schema")
    schema = (node.get("schema") if kind == "schema" and given is not node else node) if kind == "schema" else None
    choices = node.get("choices")
    if kind not in KINDS:
        given.unknown("input_kind", KINDS)
    named = choices.names() or tuple(name for name, _ in choices.items())
    if kind == "choice" and not named:
        node.problem("choice_without_choices", "A choice needs `choices: [one, another]`.")
    if kind != "choice" and node.get("counted").flag():
        node.get("counted").problem(
            "counted_text", "Only a choice can be counted; what is free stays a digest.", key=True
        )
    return Input(
        name=node.name,
        title=read_title(node.get("title")) if node.get("title").present else _input_title(node),
        kind=cast(Kind, kind),
        choices=named,
        schema=_schema(schema) if schema else None,
        optional=node.get("optional").flag(),
        words={name: read_title(words) for name, words in choices.items()},
        counted=node.get("counted").flag(),
    )


def _input_title(node: Node) -> Text:
    readable = node.name.replace("_", " ").capitalize()
    return INPUT_TITLES.get(node.name, {"id": readable, "en": readable})


def _schema(node: Node) -> dict[str, Any]:
    schema = node.value if isinstance(node.value, dict) else {}
    problem: SchemaProblem | None = schema_problem(schema)
    if problem:
        Node(node.source, node.report, (*node.path, *problem.path), None).problem("bad_schema", problem.message)
    return schema


def _run_with(node: Node, step: str | None) -> dict[str, Any]:
    """The inputs of a step, completed by its defaults."""
    declared = STEPS.get(step or "")
    for key in ("with", "retry"):
        if step is None and node.get(key).present:
            node.get(key).problem(
                "no_step", f"`{key}` belongs to a step; name it with `run:`, or remove `{key}`.", key=True
            )
    if declared is None:
        return {}
    given = {name: _step_input(value, declared, name) for name, value in node.get("with").items()}
    return {**{n: i.default for n, i in declared.inputs.items() if i.default is not None}, **given}


def _step_input(node: Node, step: Step, name: str) -> Any:
    declared = step.inputs.get(name)
    if declared is None:
        known = sorted(step.inputs)
        message = f"The step `{step.name}` has no input `{name}`: {did_you_mean(name, known)}"
        node.problem("unknown_step_input", message, hint=nearest(name, known), key=True)
    elif not _fits(node.value, declared):
        wanted = "one of " + ", ".join(declared.choices) if declared.choices else declared.type
        hint = nearest(node.text(), declared.choices)
        node.problem("bad_step_input", f"The input `{name}` of `{step.name}` is {wanted}.", hint=hint)
    return node.value


def _fits(value: Any, declared: StepInput) -> bool:
    kind = {"STRING": str, "INT": int, "BOOL": bool, "LIST": list}.get(declared.type)
    return (kind is None or type(value) is kind) and (not declared.choices or value in declared.choices)
