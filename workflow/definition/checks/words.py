"""Names that are kept, and templates of numbers and notices."""

from __future__ import annotations

from workflow.definition.node import Node
from workflow.definition.notices import NoticeTemplateError, check_notice
from workflow.definition.numbers import NumberTemplateError, check_template
from workflow.definition.process import BUILT_IN_MOVERS

#: Section → names in it that have a meaning of their own.
_RESERVED = {
    "roles": BUILT_IN_MOVERS,
    "states": frozenset({"draft"}),
    "transitions": frozenset({"submit"}),
    "documents": frozenset({"complete"}),
}


def check_reserved(process: Node) -> None:
    """Names of a process that Alur keeps for itself."""
    for section, kept in _RESERVED.items():
        for name, node in process.get(section).items():
            if name in kept:
                node.problem("reserved_name", f"`{name}` is built in; choose another name.", key=True)


def check_number(node: Node) -> None:
    """The template of card numbers, where there is one."""
    if not node.text():
        return
    try:
        check_template(node.text())
    except NumberTemplateError as error:
        node.problem(error.code, str(error), hint=error.hint, offset=error.offset)


def check_notices(notices: Node) -> None:
    """Placeholders in the texts of notices."""
    for _, notice in notices.items():
        for part in ("subject", "body"):
            for _, text in notice.get(part).items():
                try:
                    check_notice(text.text())
                except NoticeTemplateError as error:
                    text.problem(error.code, str(error), hint=error.hint, offset=error.offset)
