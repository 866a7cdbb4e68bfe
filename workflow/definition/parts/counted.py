"""Reader of `reports:`, by which the cases of a process are counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflow.definition.counted import Reports, Seekers, Survey
from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.process import Form, State

#: Choices of an element of a survey.
SCORES = ("1", "2", "3", "4")


def read_reports(node: Node, names: Names, form: Form, holds: Iterable[str], states: Mapping[str, State]) -> Reports:
    """What the process says of its reports; fields that are named leave facts."""
    return Reports(
        seekers=_seekers(node.get("seekers"), names, list(holds), states),
        survey=_survey(node.get("survey"), form),
        complaints=tuple(_fact(element, form) for element in node.get("complaints").elements()),
    )


def _seekers(node: Node, names: Names, holds: list[str], states: Mapping[str, State]) -> Seekers | None:
    if not node.present:
        return None
    person = node.get("person")
    if person.text() and person.text() not in holds:
        person.unknown("hold", holds)
    registered = names.many(node.get("registered"), "state")
    placed = names.many(node.get("placed"), "state")
    for element in node.get("placed").elements():
        if element.text() in registered:
            element.problem("placed_and_registered", f"`{element.text()}` cannot be both; whoever is placed has left.")
    for element in node.get("registered").elements():
        if (state := states.get(element.text())) and state.final:
            element.problem(
                "registered_for_ever", f"`{state.name}` is final, so nobody would ever leave the statistics."
            )
    return Seekers(person=person.text(), registered=frozenset(registered), placed=frozenset(placed))


def _survey(node: Node, form: Form) -> Survey | None:
    if not node.present:
        return None
    elements = []
    for element in node.get("elements").elements():
        name = _fact(element, form)
        choices = form.schema.get("properties", {}).get(name, {}).get("enum", SCORES)
        if tuple(choices) != SCORES:
            element.problem("survey_scale", f'`{name}` is no score; its `enum` is ["1", "2", "3", "4"].')
        elements.append(name)
    service = node.get("service")
    return Survey(elements=tuple(elements), service=_fact(service, form) if service.present else None)


def _fact(node: Node, form: Form) -> str:
    """The name of a field that leaves its value as a fact."""
    name, known = node.text(), sorted(f for f, bracket in form.statistic.items() if bracket == "as_is")
    if name and form.fields and name not in known:
        node.unknown("fact", known)
    return name
