"""Whether four eyes can be met by the persons that an office has (`distinct_from`, rule 15).

An exact search over who may have acted in which role since the last submission. Only roles that stand apart from
another are remembered, and persons of the same roles are interchangeable, so a search over many persons stays small.
The party is never staff of its own case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from workflow.definition.checks.fault import Fault, listed
from workflow.definition.checks.graph import Graph, by_person, graph_of
from workflow.definition.checks.walk import MAX_SPOTS, SUBMIT, Pace, Spot
from workflow.definition.process import Process, Transition

#: Who acted: (role, person) pairs of roles that stand apart.
Acted = frozenset[tuple[str, str]]


class Scene(NamedTuple):
    """Where a case may be, and who acted on it."""

    spot: Spot
    acted: Acted


def staff_problems(process: Process, office: str, staff: Mapping[str, Iterable[str]]) -> list[Fault]:
    """States of `process` that `staff` (person → roles) of `office` may find themselves unable to leave.

    For each role that a state's task needs, a shortest path after which nobody in that role may act. Where persons
    are many (more than MAX_SPOTS combinations), what was searched breadth first is told and no more. Pure; at
    publication and whenever a membership changes.
    """
    crew = _Crew(process, {person: frozenset(roles) for person, roles in staff.items()})
    out: dict[tuple[str, str], Fault] = {}
    for scene, path in _scenes(graph_of(process), crew):
        task = process.states[scene.spot.state].task
        if task is None or task.role == crew.party or (task.office or office) != office:
            continue
        if not any(True for _ in crew.able(task.role, scene.acted)):
            out.setdefault((scene.spot.state, task.role), _fault(office, scene, task.role, crew, path))
    return list(out.values())


def _fault(office: str, scene: Scene, role: str, crew: _Crew, path: tuple[str, ...]) -> Fault:
    state = scene.spot.state
    if not crew.holding(role):
        code, why = "role_unstaffed", f"Nobody at `{office}` is `{role}`, whom `{state}` needs; give somebody the role."
    else:
        code, why = (
            "four_eyes_unmet",
            (
                f"At `{office}` nobody who is `{role}` may act in `{state}` after this path: "
                f"{listed(crew.holding(role))} acted in {listed(sorted(crew.apart[role]))}; add a person."
            ),
        )
    return Fault(code=code, message=why, place=("states", state, "task", "role"), path=path)


class _Crew:
    """The persons of an office, and what `distinct_from` says of them."""

    def __init__(self, process: Process, staff: Mapping[str, frozenset[str]]) -> None:
        roles = process.roles.values()
        party = process.party_role()
        self.staff = staff
        #: Persons by their roles, in the order of their names.
        self.kinds: dict[frozenset[str], list[str]] = {}
        for person in sorted(staff):
            self.kinds.setdefault(staff[person], []).append(person)
        self.party = party.name if party else None
        self.staff_roles = frozenset(role.name for role in roles if not role.party)
        self.assisted_submit = process.submit_assisted
        self.apart = {
            role.name: frozenset(role.distinct_from) | {r.name for r in roles if role.name in r.distinct_from}
            for role in roles
        }

    def holding(self, role: str) -> list[str]:
        """Persons of `role`, in the order of their names."""
        return sorted(person for person, roles in self.staff.items() if role in roles)

    def able(self, role: str, acted: Acted) -> Iterator[str]:
        """Persons of `role` who may act in it after `acted`; of those who stand alike, one."""
        for person in self.unlike(acted, role):
            if not any((other, person) in acted for other in self.apart[role]):
                yield person

    def unlike(self, acted: Acted, role: str | None = None) -> Iterator[str]:
        """One of each kind of persons (of `role`): the same roles and the same deeds lead to the same scenes."""
        did: dict[str, set[str]] = {}
        for done, person in sorted(acted):
            did.setdefault(person, set()).add(done)
        met: set[tuple[frozenset[str], frozenset[str]]] = set()
        for roles, persons in self.kinds.items():
            if role is not None and role not in roles:
                continue
            idle = next((p for p in persons if p not in did), None)
            for person in (*(p for p in did if self.staff[p] == roles), *((idle,) if idle else ())):
                kind = (roles, frozenset(did.get(person, ())))
                if kind not in met:
                    met.add(kind)
                    yield person

    def performed(self, role: str, person: str, *, assisting: bool = False) -> Acted:
        """What is remembered when `person` acts in `role`: for the party, in all its staff roles too."""
        roles = {role, *(self.staff[person] & self.staff_roles)} if assisting else {role}
        return frozenset((name, person) for name in roles if self.apart.get(name))

    def alike(self, acted: Acted) -> Acted:
        """`acted` with persons of the same roles exchanged, so that equal situations are met once."""
        done: dict[str, list[str]] = {}
        for role, person in sorted(acted):
            done.setdefault(person, []).append(role)
        active: dict[frozenset[str], list[list[str]]] = {}
        for person, roles in done.items():
            active.setdefault(self.staff[person], []).append(roles)
        return frozenset(
            (role, person)
            for kind, all_roles in active.items()
            for person, roles in zip(self.kinds[kind], sorted(all_roles, reverse=True), strict=False)
            for role in roles
        )

    def ways(self, move: Transition, acted: Acted, *, anew: bool) -> Iterator[Acted]:
        """Who acted after `move`, for each person who may perform it."""
        before: Acted = frozenset() if anew else acted
        if not by_person(move):
            yield before
        elif move.by != self.party:
            yield from (before | self.performed(move.by, person) for person in self.able(move.by, acted))
        else:
            yield before
            yield from self.assisting(before, acted, allowed=move.assisted)

    def assisting(self, before: Acted, acted: Acted, *, allowed: bool) -> Iterator[Acted]:
        """Like `ways`, for officers who act for the party."""
        for person in self.unlike(acted) if allowed else ():
            barred = any((other, person) in acted for other in self.apart.get(self.party or "", ()))
            if not barred and self.staff[person] & self.staff_roles:
                yield before | self.performed(self.party or "", person, assisting=True)


def _scenes(graph: Graph, crew: _Crew) -> Iterator[tuple[Scene, tuple[str, ...]]]:
    """All scenes with the shortest path to each, nearest first."""
    pace, nobody = Pace(graph.process), frozenset[tuple[str, str]]()
    begun = [nobody, *crew.assisting(nobody, nobody, allowed=crew.assisted_submit)]
    came: dict[Scene, tuple[str, ...]] = {
        Scene(spot, acted): (SUBMIT,) for spot in pace.beginnings() for acted in begun
    }
    queue = deque(came)
    while queue and len(came) <= MAX_SPOTS:
        scene = queue.popleft()
        yield scene, came[scene]
        for do, reached in pace.onward(graph, scene.spot):
            for acted in crew.ways(do, scene.acted, anew=do.name in pace.submits):
                after = Scene(reached, crew.alike(acted))
                if after not in came:
                    came[after] = (*came[scene], do.name)
                    queue.append(after)
