"""Names that a definition declares, and the check that a reference meets one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.definition.node import Node
from workflow.definition.process import BUILT_IN_MOVERS
from workflow.steps import STEPS


@dataclass(frozen=True, slots=True)
class Names:
    """Kind of thing → the names known of it; None where they cannot be told, so that nothing is unknown."""

    known: Mapping[str, Sequence[str] | None]

    @classmethod
    def of(cls, process: Node, notices: Node) -> Names:
        """The names declared by the files of a process, and those that are built in."""
        roles = [name for name, _ in process.get("roles").items()]
        told = notices.present or not process.get("notices").present
        return cls(
            {
                "role": roles,
                "mover": [*roles, *sorted(BUILT_IN_MOVERS)],
                "state": [name for name, _ in process.get("states").items()],
                "transition": [name for name, _ in process.get("transitions").items()],
                "clock": [name for name, _ in process.get("clocks").items()],
                "check": [name for name, _ in process.get("checks").items()],
                "notice": [name for name, _ in notices.items()] if told else None,
                "step": list(STEPS),
            }
        )

    def one(self, node: Node, kind: str) -> str:
        """The name that `node` gives; tells a problem where no `kind` has it."""
        name, known = node.text(), self.known[kind]
        if name and known is not None and name not in known:
            node.unknown("role" if kind == "mover" else kind, known)
        return name

    def optional(self, node: Node, kind: str) -> str | None:
        """Like `one`, None where `node` is absent."""
        return self.one(node, kind) or None

    def many(self, node: Node, kind: str) -> tuple[str, ...]:
        """Like `one` for each of a list of names."""
        return tuple(name for element in node.elements() if (name := self.one(element, kind)))
