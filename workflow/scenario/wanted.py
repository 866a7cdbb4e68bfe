"""Reading what a step expects: flat, one value each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from workflow.definition.node import Node
from workflow.scenario.ground import Scene
from workflow.scenario.model import Expectation
from workflow.scenario.moments import read_moment

#: Names that may be expected beside the process's own states.
DRAFT = "draft"

Pairs = Iterator[tuple[str, Any, Node]]


def read_expectations(node: Node, scene: Scene) -> tuple[Expectation, ...]:
    """Everything under `expect`, in the order written."""
    found = []
    for name, value in node.items():
        reader = READERS.get(name)
        for of, wanted, place in reader(value, scene) if reader else ():
            line = place.source.place(place.path, key=True)[0]
            found.append(Expectation(name=name, of=of, wanted=wanted, line=line))
    return tuple(found)


def _state(node: Node, scene: Scene) -> Pairs:
    yield "", scene.ground.one(node, "state", DRAFT), node


def _due(node: Node, scene: Scene) -> Pairs:
    for _, moment in node.items():
        clock = scene.ground.key(moment, "clock")
        yield clock, read_moment(moment, scene.now) if moment.present else None, moment


def _breached(node: Node, scene: Scene) -> Pairs:
    yield "", tuple(sorted(scene.ground.one(n, "clock") for n in node.elements())), node


def _told(node: Node, scene: Scene) -> Pairs:
    for name, levels in node.items():
        scene.ground.key(levels, "clock")
        clock = scene.ground.process.clocks.get(name)
        known = [s.at for s in clock.steps] if clock else []
        for level in levels.elements():
            if clock and level.value not in known:
                level.problem("unknown_level", f"`{name}` tells at {', '.join(f'{k}%' for k in known) or 'no level'}.")
        yield name, tuple(levels.value), levels


def _parts(node: Node, scene: Scene) -> Pairs:
    if not node.present:
        yield "", None, node
    for name, part in node.items():
        yield name, part.value, part


def _task(node: Node, scene: Scene) -> Pairs:
    ground = scene.ground
    if node.get("role").present and node.get("role").text() not in ground.process.roles:
        node.get("role").unknown("role", sorted(ground.process.roles))
    ground.one(node.get("office"), "office")
    scene.person(node.get("holder"))
    yield from _parts(node, scene)


def _public(node: Node, scene: Scene) -> Pairs:
    yield "", node.value, node


def _prints(node: Node, scene: Scene) -> Pairs:
    yield "", node.names(), node


def _notices(node: Node, scene: Scene) -> Pairs:
    for _, names in node.items():
        person = scene.person_key(names)
        yield person, tuple(scene.ground.one(n, "notice") for n in names.elements()), names


def _warnings(node: Node, scene: Scene) -> Pairs:
    yield "", tuple(sorted(node.names())), node


def _facts(node: Node, scene: Scene) -> Pairs:
    for name, value in node.items():
        marks = scene.ground.process.form.statistic
        known = sorted(field if bracket == "as_is" else bracket for field, bracket in marks.items())
        if name not in known:
            Node(value.source, value.report, value.path, name).unknown("fact", known)
        yield name, value.value, value


def _actions(node: Node, scene: Scene) -> Pairs:
    for _, names in node.items():
        person = scene.person_key(names)
        yield person, tuple(sorted(scene.ground.one(n, "move", "submit") for n in names.elements())), names


def _refused(node: Node, scene: Scene) -> Pairs:
    for _, moves in node.items():
        person = scene.person_key(moves)
        for do, code in moves.items():
            scene.ground.key(code, "move", "submit")
            yield f"{person} {do}", scene.ground.one(code, "refusal"), code


def _queue(node: Node, scene: Scene) -> Pairs:
    for _, names in node.items():
        person = scene.person_key(names)
        yield person, tuple(scene.case(n, "") for n in names.elements()), names


def _owner(node: Node, scene: Scene) -> Pairs:
    yield "", scene.person(node) or None, node


def _history(node: Node, scene: Scene) -> Pairs:
    for entry in node.elements():
        type_ = entry.text().partition(" ")[0]
        known = scene.ground.names("event")
        if type_ not in known:
            Node(entry.source, entry.report, entry.path, type_).unknown("event", known)
    yield "", node.names(), node


def _holds(node: Node, scene: Scene) -> Pairs:
    for _, value in node.items():
        yield scene.ground.key(value, "hold"), value.value, value


def _incident(node: Node, scene: Scene) -> Pairs:
    scene.ground.one(node.get("step"), "step")
    yield "", (node.get("step").text(), node.get("code").text()) if node.present else None, node


def _commands(node: Node, scene: Scene) -> Pairs:
    yield "", node.value, node


def _cases(node: Node, scene: Scene) -> Pairs:
    for _, count in node.items():
        yield scene.ground.key(count, "state", DRAFT), count.value, count


#: Every key of `expect`.
READERS: Mapping[str, Callable[[Node, Scene], Pairs]] = {
    "state": _state,
    "due": _due,
    "breached": _breached,
    "told": _told,
    "card": _parts,
    "public": _public,
    "prints": _prints,
    "notices": _notices,
    "warnings": _warnings,
    "facts": _facts,
    "task": _task,
    "actions": _actions,
    "refused": _refused,
    "owner": _owner,
    "history": _history,
    "holds": _holds,
    "line": _holds,
    "queue": _queue,
    "incident": _incident,
    "commands": _commands,
    "cases": _cases,
}
