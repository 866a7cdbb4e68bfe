"""Which timers are armed, and when they are due: derived from a case, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.case import Case
from workflow.clocks import runs, share
from workflow.definition.process import StateTimer
from workflow.reckoning import after
from workflow.rulebook import Rulebook

STATE, CLOCK, LEASE = "state", "clock", "lease"


def armed(book: Rulebook, case: Case) -> Mapping[str, datetime]:
    """Timer → due (UTC). Names: `state/<state>/<index>`, `clock/<clock>/<percent>`, `lease/<task>`."""
    out: dict[str, datetime] = {}
    if case.erased is not None:
        return out
    state = book.process.states.get(case.state)
    if state is not None and case.entered_at is not None:
        for timer in state.timers:
            moment = _due(book, timer, case)
            if moment is not None:
                out[f"{STATE}/{case.state}/{timer.index}"] = moment
    for name, reading in case.clocks.items():
        clock = book.process.clocks[name]
        if runs(reading):
            for step in clock.steps:
                if step.at not in reading.fired:
                    out[f"{CLOCK}/{name}/{step.at}"] = share(book.time, clock, reading, step.at)
    if case.task is not None and case.task.until is not None:
        out[f"{LEASE}/{case.task.seq}"] = case.task.until
    return out


def _due(book: Rulebook, timer: StateTimer, case: Case) -> datetime | None:
    entered_at = case.entered_at
    fired = case.fired.get(str(timer.index), 0)
    if entered_at is None:
        return None
    if timer.every is not None:
        return after(book.time, timer.every, entered_at, fired + 1)
    if timer.after is not None and fired == 0:
        return after(book.time, timer.after, entered_at)
    return None


def occurrences(book: Rulebook, timer: StateTimer, case: Case, now: datetime) -> int:
    """How often a repeating timer should have fired by `now`, counted from entry (rule 9)."""
    if timer.every is None or case.entered_at is None:
        return 1
    n = case.fired.get(str(timer.index), 0) + 1
    while after(book.time, timer.every, case.entered_at, n + 1) <= now:
        n += 1
    return n
