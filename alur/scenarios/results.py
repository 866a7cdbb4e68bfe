"""What came of performing scenarios."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from workflow.definition.process import Process, Text
from workflow.events import Event
from workflow.scenario.coverage import Coverage
from workflow.scenario.model import Scenario, Step


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Something that was not as the scenario says."""

    #: In the scenario's file, counted from 1.
    line: int
    expected: Text
    found: Text


@dataclass(frozen=True, kw_only=True)
class Told:
    """An event of a case, for the history that a failure shows."""

    #: Name of the case within the scenario.
    case: str
    seq: int
    at: datetime
    #: Person, or `system`, `timer`, `hold`.
    who: str
    #: Type of the event and what it is about.
    what: str


@dataclass(frozen=True, kw_only=True)
class Performed:
    """One step, as far as it went."""

    #: None for the opening of the first case.
    step: Step | None
    at: datetime
    failures: tuple[Failure, ...] = ()


@dataclass(kw_only=True)
class Result:
    """One scenario."""

    scenario: Scenario
    #: Wall-clock time that it took.
    seconds: float = 0.0
    steps: list[Performed] = field(default_factory=list)
    #: Every event of its cases, for the coverage.
    events: list[Event] = field(default_factory=list)
    #: The same as people read it; kept where something failed.
    history: list[Told] = field(default_factory=list)

    @property
    def failures(self) -> list[Failure]:
        """Everything that was not as it should be."""
        return [f for s in self.steps for f in s.failures]

    @property
    def ok(self) -> bool:
        """True when all of it held."""
        return not self.failures


@dataclass(frozen=True, kw_only=True)
class Tested:
    """All scenarios of a process."""

    process: Process
    results: tuple[Result, ...]
    coverage: Coverage

    @property
    def ok(self) -> bool:
        """True when every scenario held."""
        return all(r.ok for r in self.results)
