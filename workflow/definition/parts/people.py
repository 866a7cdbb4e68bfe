"""Readers of roles, documents and the checklist's texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from workflow.definition.names import Names
from workflow.definition.node import Node
from workflow.definition.parts.scalars import read_guard, read_title
from workflow.definition.process import DocumentKind, Role, Text
from workflow.definition.quantities import QuantityError, parse_ratio, parse_size

T = TypeVar("T")

#: Bytes, where a document names no `max_size`.
DEFAULT_SIZE = parse_size("2MB")


def read_roles(node: Node, names: Names) -> dict[str, Role]:
    """Roles by name; exactly one is the party."""
    roles = {name: _role(role, names) for name, role in node.items()}
    parties = [name for name, role in roles.items() if role.party]
    if roles and len(parties) != 1:
        found = "none is" if not parties else "these are: " + ", ".join(parties)
        node.problem(
            "one_party",
            f"Exactly one role is the person the case is about (`party: true`); {found}.",
            key=True,
        )
    return roles


def _role(node: Node, names: Names) -> Role:
    apart = names.many(node.get("distinct_from"), "role")
    if node.name in apart:
        node.get("distinct_from").problem("distinct_from_self", "A role cannot be distinct from itself; remove it.")
    return Role(
        name=node.name,
        party=node.get("party").flag(),
        distinct_from=apart,
        title=read_title(node.get("title")),
    )


def read_checks(node: Node) -> dict[str, Text]:
    """What an officer confirms, by the name that checklists use."""
    return {name: read_title(text) for name, text in node.items()}


def read_documents(node: Node, variables: Mapping[str, str] | None) -> dict[str, DocumentKind]:
    """Kinds of documents by name."""
    return {name: _document(document, variables) for name, document in node.items()}


def _document(node: Node, variables: Mapping[str, str] | None) -> DocumentKind:
    ratio = node.get("ratio")
    if node.get("optional").flag() and node.get("required_when").present:
        node.get("optional").problem(
            "optional_and_required",
            "A document is `optional` or has `required_when`, not both; remove one.",
            key=True,
        )
    return DocumentKind(
        name=node.name,
        title=read_title(node.get("title")),
        accept=node.get("accept").names(),
        max_size=_quantity(node.get("max_size"), parse_size, "bad_size", DEFAULT_SIZE),
        ratio=_quantity(ratio, parse_ratio, "bad_ratio", (1, 1)) if ratio.present else None,
        optional=node.get("optional").flag(),
        required_when=read_guard(node.get("required_when"), variables),
    )


def _quantity(node: Node, parse: Callable[[str], T], code: str, broken: T) -> T:
    if not isinstance(node.value, str):
        return broken
    try:
        return parse(node.value)
    except QuantityError as error:
        node.problem(code, str(error))
        return broken
