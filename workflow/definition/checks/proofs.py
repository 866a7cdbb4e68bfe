"""The proofs of the compiler: what must be true of a process before it may be published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from workflow.definition.checks import alone, cards, people, places, possible, promises, reach
from workflow.definition.checks.fault import Fault, tell
from workflow.definition.checks.graph import graph_of
from workflow.definition.checks.ground import Ground
from workflow.definition.checks.walk import TooManySpotsError, walk
from workflow.definition.errors import DefinitionError
from workflow.definition.node import Node
from workflow.definition.process import Process

#: Every proof; each is a pure function.
PROOFS: Sequence[Callable[[Ground], Iterable[Fault]]] = (
    reach.unreachable_states,
    reach.dead_ends,
    people.tasks_without_way_out,
    people.checklists_nobody_ticks,
    people.texts_in_one_language,
    possible.impossible_moves,
    alone.system_loops,
    alone.standstills,
    alone.steps_out_of_place,
    alone.idle_fires,
    promises.endless_clocks,
    promises.late_clocks,
    promises.ways_around,
    places.unmet_holds,
    cards.missing_card,
    cards.missing_field,
    cards.other_end,
)


def faults(process: Process) -> tuple[Fault, ...]:
    """All that is unsound about `process`; the same process always gives the same answer."""
    graph = graph_of(process)
    try:
        ground = Ground(process=process, graph=graph, walk=walk(graph))
    except TooManySpotsError as error:
        return (Fault(code=error.code, message=str(error), place=("clocks",), key=True),)
    return tuple(fault for proof in PROOFS for fault in proof(ground))


def prove(process: Process, root: Node) -> Process:
    """`process`, when it is sound; `root` is the root of the file that it was read from.

    Raises DefinitionError with a problem for each failed proof, in the order of the file.
    """
    if failed := tell(faults(process), root):
        raise DefinitionError(sorted(failed, key=lambda p: (p.file, p.line, p.column)))
    return process
