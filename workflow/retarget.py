"""A promise that changes while it runs: what was counted stays counted. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from workflow.case import Reading
from workflow.clocks import share, used
from workflow.definition.process import Clock
from workflow.reckoning import Reckoning, counted, later, passed, used_up


class Promise(NamedTuple):
    """A clock's target, and what it is counted with."""

    by: Reckoning
    clock: Clock


def due_with_new_target(old: Promise, new: Promise, reading: Reading, at: datetime) -> datetime:
    """When the promise is used up if the clock's target becomes that of `new` at `at`, pauses so far not counted.

    The credit is the time that `old` counted until then, as long as both count the same kind of time: 12 of 24 hours
    used leave 36 of 48. A target of another kind is credited with the share that was used: 12 of 24 hours leave half of
    three working days. A promise that was broken before stays due when it was.
    """
    broken_at = share(old.by, old.clock, reading)
    if broken_at <= at:
        return broken_at
    target = new.clock.target
    whole = passed(new.by, target, reading.started, used_up(new.by, target, reading.started, ()))
    if target.working == old.clock.target.working:
        left = whole - counted(old.by, old.clock.target, reading.started, reading.pauses, at)
    else:
        left = whole * (1 - used(old.by, old.clock, reading, at))
    if left.total_seconds() <= 0:
        return at
    return later(new.by, target, at, left)
