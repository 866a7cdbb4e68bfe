"""Steps that fail or do not end, because the scenario says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workers.errors import StepError
from workers.jobs.performing import Perform, begin, carry_out, function_of
from workers.workshop import Workshop
from workflow.db.outbox import Work


@dataclass
class Fault:
    code: str
    #: Attempts that are still to fail; None fails for good.
    left: int | None


@dataclass
class Faults:
    """What is out of order now."""

    failing: dict[str, Fault] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    #: Begun and not yet ended.
    begun: list[Work] = field(default_factory=list)

    def perform(self, workshop: Workshop, work: Work) -> None:
        """One attempt at a dispatched step: done, failed or only begun."""
        started = begin(workshop, work.id, work.attempt)
        if started is None:
            return
        if work.id.kind in self.slow:
            self.begun.append(started)
        else:
            carry_out(workshop, started, self.find)

    def mend(self, workshop: Workshop, run: str) -> None:
        """Let the step work again, and end what of it was begun."""
        self.failing.pop(run, None)
        self.slow.discard(run)
        waiting = [w for w in self.begun if w.id.kind == run]
        self.begun = [w for w in self.begun if w.id.kind != run]
        for work in waiting:
            carry_out(workshop, work, self.find)

    def find(self, kind: str) -> Perform:
        """The function of a step: its own, or one that fails."""
        fault = self.failing.get(kind)
        if fault is None or fault.left == 0:
            return function_of(kind)
        if fault.left is not None:
            fault.left -= 1
        final = fault.left is None

        def fail(workshop: Workshop, work: Work) -> Mapping[str, Any]:
            raise StepError(fault.code, "The scenario lets this step fail.", final=final)

        return fail
