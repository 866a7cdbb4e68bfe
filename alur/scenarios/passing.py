"""Time: everything that waits is performed, and what is due in between happens in order, each at its own moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from alur.scenarios.faults import Faults
from alur.scenarios.stage import Stage
from workflow.db import outbox as effects
from workflow.db import sweeps
from workflow.db.tables import outbox, timer
from workflow.errors import AlurError

BATCH = 200
#: Rounds after which a scenario does not come to rest any more.
MAX_ROUNDS = 20_000


class RestlessError(AlurError):
    """The cases of a scenario go on by themselves without end."""

    code = "restless"


def settle(stage: Stage, faults: Faults) -> None:
    """Perform commands and do the steps that are due now, until nothing is open."""
    for _ in range(MAX_ROUNDS):
        done = 0
        while some := stage.drainer.drain(BATCH).commands:
            done += some
        with stage.engine.begin() as db:
            works = effects.dispatchable(db, at=stage.clock.now)
        for work in works:
            faults.perform(stage.workshop, work)
        if not done and not works:
            return
    raise RestlessError("The cases of this scenario do not come to rest.")


def advance(stage: Stage, faults: Faults, to: datetime) -> None:
    """Move the clock on; a moment that has passed changes nothing."""
    settle(stage, faults)
    for _ in range(MAX_ROUNDS):
        moment = _next(stage, faults, to) if stage.clock_runs else None
        if moment is None:
            break
        stage.clock.now = max(stage.clock.now, moment)
        fire(stage, faults)
    else:
        raise RestlessError(f"Timers of this scenario are due without end before {to.isoformat()}.")
    stage.clock.now = max(stage.clock.now, to)


def fire(stage: Stage, faults: Faults) -> None:
    """Do what the clock process does until nothing is due any more: it fires one timer of a case at a look."""
    for _ in range(MAX_ROUNDS):
        with stage.engine.begin() as db:
            fired = sweeps.fire_timers(db, stage.clock.now)
        settle(stage, faults)
        if not fired:
            return
    raise RestlessError(f"Timers of this scenario are due without end at {stage.clock.now.isoformat()}.")


def _next(stage: Stage, faults: Faults, to: datetime) -> datetime | None:
    """When the next timer, or the next attempt at a step, is due. What hangs is not asked again meanwhile."""
    waits = select(func.min(outbox.c.due_at)).where(outbox.c.status == effects.DUE, outbox.c.due_at <= to)
    with stage.engine.connect() as db:
        moments = [
            db.scalar(select(func.min(timer.c.due_at)).where(timer.c.due_at <= to)),
            db.scalar(waits.where(outbox.c.kind.not_in(faults.slow)) if faults.slow else waits),
        ]
    return min((m for m in moments if m is not None), default=None)
