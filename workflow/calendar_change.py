"""What another calendar would change for a case: a due before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workflow.case import Case
from workflow.clocks import runs, share
from workflow.rulebook import Rulebook
from workflow.timers import STATE, armed


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """A due of a case that moves."""

    case: int
    office: str
    #: `clock/<clock>` or `state/<state>/<index>`.
    name: str
    before: datetime
    after: datetime
    #: The promise is broken at the moment of looking, by the calendar of now and by the other.
    broken_before: bool
    broken_after: bool


def shifts(old: Rulebook, new: Rulebook, case: Case, now: datetime) -> Iterator[Shift]:
    """The dues of running clocks, and of timers of the state, that differ between two calendars."""
    for name, before, after in _dues(old, new, case):
        if before != after:
            yield Shift(
                case=case.id,
                office=case.office,
                name=name,
                before=before,
                after=after,
                broken_before=before < now,
                broken_after=after < now,
            )


def _dues(old: Rulebook, new: Rulebook, case: Case) -> Iterator[tuple[str, datetime, datetime]]:
    for name, reading in case.clocks.items():
        clock = old.process.clocks[name]
        if clock.target.working and runs(reading):
            yield f"clock/{name}", share(old.time, clock, reading), share(new.time, clock, reading)
    before, after = armed(old, case), armed(new, case)
    for name in before:
        if name.startswith(STATE + "/"):
            yield name, before[name], after[name]
