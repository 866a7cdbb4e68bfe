"""Reader of the form: a JSON Schema, and what its marks say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflow.definition.errors import did_you_mean, nearest
from workflow.definition.guard_source import RESERVED
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_title
from workflow.definition.process import Form
from workflow.definition.schemas import schema_problem
from workflow.definition.statistics import BRACKETS, OF_DATES

MARKS = (
    "x-section",
    "x-personal",
    "x-search",
    "x-consent",
    "x-statistic",
    "x-minimum-age",
    "x-choices",
    "x-error",
)
ROOT_MARKS = ("x-sections",)


def read_form(node: Node) -> Form:
    """The form with its marks checked."""
    properties = node.get("properties")
    for name, spec in properties.items():
        _check_field(name, spec, [section for section, _ in node.get("x-sections").items()])
    _check_root(node)
    fields = tuple(name for name, _ in properties.items())
    schema: dict[str, Any] = node.value if isinstance(node.value, dict) else {}
    return Form(
        schema=schema,
        fields=fields,
        titles={name: read_title(spec.get("title")) for name, spec in properties.items()},
        personal=frozenset(_marked(properties, "x-personal")),
        search=frozenset(_marked(properties, "x-search")),
        statistic={name: mark.text() for name, spec in properties.items() if (mark := spec.get("x-statistic")).present},
        consent=next((name for name, spec in properties.items() if spec.get("x-consent").present), None),
    )


def _marked(properties: Node, mark: str) -> Iterator[str]:
    return (name for name, spec in properties.items() if spec.get(mark).flag())


def _check_root(node: Node) -> None:
    fields = [name for name, _ in node.get("properties").items()]
    _check_marks(node, ROOT_MARKS)
    for element in node.get("required").elements():
        if isinstance(element.value, str) and element.value not in fields:
            element.unknown("field", fields)
    if isinstance(node.value, dict) and (problem := schema_problem(node.value)):
        at = Node(node.source, node.report, (*node.path, *problem.path), None)
        at.problem("bad_schema", problem.message)


def _check_field(name: str, spec: Node, sections: list[str]) -> None:
    if name in RESERVED:
        spec.problem("reserved_name", f"`{name}` is a word of guards; choose another name for the field.", key=True)
    _check_marks(spec, MARKS)
    if spec.get("type").text() == "number":
        message = "Fractions are not stored exactly; use `integer` in the smallest unit, or `string`."
        spec.get("type").problem("not_allowed", message, hint="integer")
    section = spec.get("x-section")
    if section.text() and section.text() not in sections:
        section.unknown("section", sections)
    _check_statistic(spec)
    _check_choices(spec)
    if spec.get("x-search").flag() and spec.get("type").text() not in ("string", "integer"):
        spec.get("x-search").problem("bad_mark", "Only texts and whole numbers can be searched.", key=True)
    if spec.get("x-consent").present and spec.get("type").text() != "boolean":
        spec.get("x-consent").problem("bad_mark", "Consent is a yes or a no: `type: boolean`.", key=True)
    age = spec.get("x-minimum-age")
    if age.present and not _is_date(spec):
        age.problem("bad_mark", "`x-minimum-age` needs a field with `format: date`.", key=True)


def _check_marks(node: Node, known: tuple[str, ...]) -> None:
    """Marks on `node` are known, and none stands deeper."""
    for key, child in node.items():
        if key.startswith("x-") and key not in known:
            child.problem(
                "unknown_mark",
                f"Unknown mark `{key}`: {did_you_mean(key, known)}",
                hint=nearest(key, known),
                key=True,
            )
        elif not key.startswith("x-") and key not in ("properties", "title", "description"):
            _check_no_marks(child)


def _check_no_marks(node: Node) -> None:
    for key, child in node.items():
        if key.startswith("x-"):
            child.problem("misplaced_mark", f"`{key}` marks a field of the form; it has no meaning here.", key=True)
        _check_no_marks(child)
    if isinstance(node.value, list):
        for element in node.elements():
            _check_no_marks(element)


def _check_statistic(spec: Node) -> None:
    mark = spec.get("x-statistic")
    if not mark.text():
        return
    if mark.text() not in BRACKETS:
        mark.unknown("bracket", sorted(BRACKETS))
    elif mark.text() in OF_DATES and not _is_date(spec):
        mark.problem("bad_mark", f"`{mark.text()}` is made from a field with `format: date`.")
    elif mark.text() == "as_is" and spec.get("x-search").flag():
        mark.problem(
            "statistic_identifies",
            "A field that finds a person cannot outlive erasure as it is; remove one mark.",
        )


def _check_choices(spec: Node) -> None:
    choices, texts = spec.get("enum"), spec.get("x-choices")
    if not texts.present:
        return
    names = choices.names()
    for name, text in texts.items():
        if name not in names:
            text.problem(
                "unknown_choice",
                f"`{name}` is not in `enum`: {did_you_mean(name, names)}",
                hint=nearest(name, names),
                key=True,
            )
    for element in choices.elements():
        if element.text() not in (name for name, _ in texts.items()):
            element.problem("choice_without_text", f"`{element.text()}` has no text in `x-choices`; add it.")


def _is_date(spec: Node) -> bool:
    return spec.get("format").text() == "date"
