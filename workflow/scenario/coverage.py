"""What of a process its scenarios have shown: states entered and transitions made, of all there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.definition.process import Process
from workflow.events import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    process: str
    #: All states of the process, in its order.
    states: tuple[str, ...]
    transitions: tuple[str, ...]
    #: Those that no scenario entered.
    unvisited: tuple[str, ...]
    #: Those that no scenario made.
    unmade: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """True when nothing is missing."""
        return not self.unvisited and not self.unmade

    @property
    def percent(self) -> int:
        """States and transitions shown, of a hundred, rounded down."""
        every = len(self.states) + len(self.transitions)
        missing = len(self.unvisited) + len(self.unmade)
        return (every - missing) * 100 // every if every else 100


def coverage(process: Process, events: Iterable[Event]) -> Coverage:
    """What `events`, the histories of all scenarios, have shown of `process`."""
    entered, made = set(), set()
    for event in events:
        if event.type in ("submitted", "moved", "diverted"):
            entered.add(event.body["to"])
        if event.type == "moved":
            made.add(event.body["do"])
    return Coverage(
        process=process.name,
        states=tuple(process.states),
        transitions=tuple(process.transitions),
        unvisited=tuple(s for s in process.states if s not in entered),
        unmade=tuple(t for t in process.transitions if t not in made),
    )
