"""What a scenario is read against: the process, the offices, the folder it stands in, and who has been named so far."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.definition.node import Node
from workflow.definition.offices import Office
from workflow.definition.process import BUILT_IN_MOVERS, Process
from workflow.evolve import CHANGES
from workflow.refusals import SENTENCES
from workflow.steps import STEPS


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The same for all scenarios of a file."""

    process: Process
    offices: Mapping[str, Office]
    #: Where files are looked for.
    folder: Path
    #: Codes of refusals that do not come from the engine, such as those of uploads.
    codes: Collection[str] = ()

    def names(self, kind: str) -> Sequence[str]:
        """Every name of a kind of thing."""
        process = self.process
        known: Mapping[str, Collection[str]] = {
            "role": [n for n, r in process.roles.items() if not r.party],
            "state": process.states,
            "move": [n for n, t in process.transitions.items() if t.by not in BUILT_IN_MOVERS],
            "transition": process.transitions,
            "clock": process.clocks,
            "hold": process.holds,
            "document": process.documents,
            "field": process.form.fields,
            "notice": process.notices,
            "office": self.offices,
            "step": STEPS,
            "event": CHANGES,
            "refusal": {*SENTENCES, *self.codes},
        }
        return list(known[kind])

    def one(self, node: Node, kind: str, *also: str) -> str:
        """The name that `node` gives; tells a problem where no `kind` of thing has it."""
        known = [*self.names(kind), *also]
        if node.present and node.text() not in known:
            node.unknown(_called(kind), known)
        return node.text()

    def key(self, node: Node, kind: str, *also: str) -> str:
        """Like `one`, for the key under which `node` stands."""
        known = [*self.names(kind), *also]
        if node.name not in known:
            _unknown_key(node, _called(kind), known)
        return node.name


@dataclass(kw_only=True)
class Scene:
    """One scenario while it is read."""

    ground: Ground
    zone: ZoneInfo
    now: datetime
    persons: set[str] = field(default_factory=set)
    #: Names of cases, those of a group included.
    cases: set[str] = field(default_factory=set)

    def person(self, node: Node) -> str:
        """The person that `node` names."""
        if node.present and node.text() not in self.persons:
            node.unknown("person", sorted(self.persons))
        return node.text()

    def person_key(self, node: Node) -> str:
        """The person under whose name `node` stands."""
        if node.name not in self.persons:
            _unknown_key(node, "person", sorted(self.persons))
        return node.name

    def case(self, node: Node, default: str) -> str:
        """The case that `node` names, `default` where it names none."""
        if node.present and node.text() not in self.cases:
            node.unknown("case", sorted(self.cases))
        return node.text(default)


def _called(kind: str) -> str:
    """What people call it: a person's moves are transitions."""
    return "transition" if kind == "move" else kind


def _unknown_key(node: Node, kind: str, known: Sequence[str]) -> None:
    Node(node.source, node.report, node.path, node.name).unknown(kind, known)
