"""Builds a process from its parts, telling every problem on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from workflow.definition.checks.moves import (
    check_clocks,
    check_fired,
    check_holds,
    check_timers,
    check_transitions,
)
from workflow.definition.checks.words import check_notices, check_number, check_reserved
from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.cards import read_card
from workflow.definition.parts.counted import read_reports
from workflow.definition.parts.forms import read_form
from workflow.definition.parts.people import read_checks, read_documents, read_roles
from workflow.definition.parts.retention import read_retention
from workflow.definition.parts.rules import read_clocks, read_holds, read_requires
from workflow.definition.parts.scalars import read_title
from workflow.definition.parts.states import read_states
from workflow.definition.parts.transitions import read_transitions
from workflow.definition.process import Clock, Hold, Notice, Process, Role, State, Transition
from workflow.definition.variables import document_variables, form_variables


def build_process(
    process: Node, form: Node, notices: Node, standard: Node, card: Node, template: Node
) -> Callable[..., Process]:
    """Read the parts; problems go to the nodes' report.

    The result makes the process from what is still missing, `hash` and `body`; it is of use only when there are no
    problems.
    """
    names = Names.of(process, notices)
    read = read_form(form)
    data = form_variables(read.schema) if form.present else None
    documents = read_documents(process.get("documents"), document_variables(data))
    rules: dict[str, Any] = {
        "roles": read_roles(process.get("roles"), names),
        "states": read_states(process.get("states"), names),
        "holds": read_holds(process.get("holds"), names, data),
        "clocks": read_clocks(process.get("clocks"), names),
        "transitions": read_transitions(process.get("transitions"), names, data, tuple(documents)),
    }
    _check(process, **rules)
    check_notices(notices)
    return partial(
        Process,
        form=read,
        documents=documents,
        notices={name: read_notice(notice) for name, notice in notices.items()},
        standard=standard.value or {},
        checks=read_checks(process.get("checks")),
        requires=read_requires(process.get("requires"), names),
        card=read_card(card, template.text(), read.fields),
        retention=read_retention(process.get("retention"), names, rules["states"]),
        reports=read_reports(process.get("reports"), names, read, rules["holds"], rules["states"]),
        **rules,
        **_particulars(process),
    )


def read_notice(node: Node) -> Notice:
    """The texts of one notice."""
    return Notice(name=node.name, subject=read_title(node.get("subject")), body=read_title(node.get("body")))


def _check(
    process: Node,
    *,
    roles: Mapping[str, Role],
    states: Mapping[str, State],
    holds: Mapping[str, Hold],
    clocks: Mapping[str, Clock],
    transitions: Mapping[str, Transition],
) -> None:
    """What no part can tell by itself."""
    check_transitions(process.get("transitions"), transitions, states, roles)
    check_timers(process.get("states"), transitions, states)
    check_clocks(process.get("clocks"), clocks, transitions)
    check_holds(process.get("holds"), holds, transitions)
    check_fired(process.get("transitions"), transitions, states, clocks, holds)
    check_reserved(process)
    check_number(process.get("number"))


def _particulars(process: Node) -> dict[str, Any]:
    submit = process.get("submit")
    alone = submit.get("party").value is not False
    if not alone and not submit.get("assisted").flag():
        submit.get("party").problem("nobody_submits", "Nobody could submit; add `assisted: true`.", key=True)
    return {
        "name": process.get("process").text(),
        "title": read_title(process.get("title")),
        "calendar": process.get("calendar").text(),
        "number": process.get("number").optional_text(),
        "submit_assisted": submit.get("assisted").flag(),
        "submit_party": alone,
    }
