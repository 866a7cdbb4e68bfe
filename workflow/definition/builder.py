"""Builds a process from its four parts, telling every problem on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

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
from workflow.definition.parts.forms import read_form
from workflow.definition.parts.people import read_checks, read_documents, read_roles
from workflow.definition.parts.rules import read_clocks, read_holds, read_requires
from workflow.definition.parts.scalars import read_title
from workflow.definition.parts.states import read_states
from workflow.definition.parts.transitions import read_transitions
from workflow.definition.process import Notice, Process
from workflow.definition.variables import document_variables, form_variables


class Sealed(Protocol):
    """A process that lacks only its body and the body's hash."""

    def __call__(self, *, hash: str, body: Mapping[str, Any]) -> Process: ...


def build_process(process: Node, form: Node, notices: Node, standard: Node) -> Sealed:
    """Read the parts; problems go to the nodes' report. The result is of use only when there are none."""
    names = Names.of(process, notices)
    read = read_form(form)
    data = form_variables(read.schema) if form.present else None
    documents = read_documents(process.get("documents"), document_variables(data))
    roles = read_roles(process.get("roles"), names)
    states = read_states(process.get("states"), names)
    holds = read_holds(process.get("holds"), names, data)
    clocks = read_clocks(process.get("clocks"), names)
    moves = read_transitions(process.get("transitions"), names, data, tuple(documents))
    check_transitions(process.get("transitions"), moves, states, roles)
    check_timers(process.get("states"), moves, states)
    check_clocks(process.get("clocks"), clocks, moves)
    check_holds(process.get("holds"), holds, moves)
    check_fired(process.get("transitions"), moves, states, clocks, holds)
    check_reserved(process)
    check_number(process.get("number"))
    check_notices(notices)
    checks = read_checks(process.get("checks"))
    requires = read_requires(process.get("requires"), names)

    def seal(*, hash: str, body: Mapping[str, Any]) -> Process:
        return Process(
            name=process.get("process").text(),
            title=read_title(process.get("title")),
            hash=hash,
            calendar=process.get("calendar").text(),
            number=process.get("number").optional_text(),
            submit_assisted=process.get("submit").get("assisted").flag(),
            roles=roles,
            form=read,
            documents=documents,
            holds=holds,
            clocks=clocks,
            states=states,
            transitions=moves,
            notices={name: read_notice(notice) for name, notice in notices.items()},
            standard=standard.value or {},
            body=body,
            checks=checks,
            requires=requires,
        )

    return seal


def read_notice(node: Node) -> Notice:
    """The texts of one notice."""
    return Notice(name=node.name, subject=read_title(node.get("subject")), body=read_title(node.get("body")))
