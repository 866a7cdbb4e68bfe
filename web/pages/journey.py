"""The way of an application in steps, for the person who waits: what is done, what is now, what follows."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from web.pages.tones import resting
from workflow.definition.process import Process, Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    state: str
    title: Text
    when: Literal["done", "now", "next"]


def main_path(process: Process) -> tuple[str, ...]:
    """The shortest way from the initial state to one where the process has reached its aim."""
    aims = resting(process)
    start = process.initial.name
    ways: deque[tuple[str, ...]] = deque([(start,)])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] in aims:
            return way
        for move in process.moves_from(way[-1]):
            if move.to not in seen and (move.to in aims or not process.states[move.to].final):
                seen.add(move.to)
                ways.append((*way, move.to))
    return (start,)


def stages(process: Process, state: str) -> tuple[Stage, ...]:
    """The main path as seen from `state`; a state beside the path is put where the path is met again.

    A final state has no path: nothing follows.
    """
    path = main_path(process)
    spec = process.states.get(state)
    if spec is None:
        return tuple(_stage(process, name, "next") for name in path)
    if spec.final:
        return ()
    here = path.index(state) if state in path else _rejoins(process, state, path)
    before, after = path[:here], path[here:] if state not in path else path[here + 1 :]
    return (
        *(_stage(process, name, "done") for name in before),
        _stage(process, state, "now"),
        *(_stage(process, name, "next") for name in after),
    )


def _rejoins(process: Process, state: str, path: tuple[str, ...]) -> int:
    places = [path.index(t.to) for t in process.moves_from(state) if t.to in path]
    return min(places, default=len(path))


def _stage(process: Process, name: str, when: Literal["done", "now", "next"]) -> Stage:
    return Stage(state=name, title=process.states[name].title, when=when)
