"""What every proof stands on: a process, its graph, and all that can become of a case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflow.definition.checks.graph import Graph
from workflow.definition.checks.walk import Spot, Walk
from workflow.definition.errors import Path
from workflow.definition.process import Process, Transition


@dataclass(frozen=True, kw_only=True, slots=True)
class Ground:
    """Made once per process, read by all proofs."""

    process: Process
    graph: Graph
    walk: Walk

    def reached(self) -> Iterator[tuple[str, Spot]]:
        """States that can be reached, in the order written, with the nearest spot of each."""
        nearest: dict[str, Spot] = {}
        for spot in self.walk.spots():
            nearest.setdefault(spot.state, spot)
        return ((state, nearest[state]) for state in self.process.states if state in nearest)

    def happens(self, move: Transition, state: str) -> bool:
        """True when `move` can leave `state` on some path."""
        return any(do.name == move.name for spot in self.walk.spots(state) for do, _ in self.walk.onward[spot])


def source_place(move: Transition, state: str) -> Path:
    """Where `from` of `move` names `state`."""
    return ("transitions", move.name, "from", move.sources.index(state))
