"""Retention: once a day the clock process looks which data are past their time, in small pieces."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog

from workers.eraser import Eraser
from workflow.db import past_time
from workflow.db.cases import Stored
from workflow.db.erasure import Ground
from workflow.erasing import RETENTION, Due

#: How often all cases are looked at.
EVERY = timedelta(days=1)
#: Cases erased between two looks at the timers.
MOST = 20

log = structlog.get_logger()


class Sweep:
    """Where the daily look stands. A process that starts begins anew: what is erased already is not met again."""

    def __init__(self, eraser: Eraser) -> None:
        self._eraser = eraser
        self._next: datetime | None = None
        self._after = 0
        self._waiting: list[tuple[Stored, Due]] = []

    def step(self, now: datetime) -> int:
        """Do a piece of the day's work; how many cases were erased."""
        if self._next is not None and now < self._next:
            return 0
        if not self._waiting:
            self._look(now)
        some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        return sum(erase_past(self._eraser, found, due, now) for found, due in some)

    def _look(self, now: datetime) -> None:
        with self._eraser.engine.connect() as db:
            page = past_time.look(db, self._eraser.library, now, self._after)
        self._waiting = [(found, due) for found, due in page.found if due.at <= now]
        self._after, self._next = (page.next or 0), (None if page.next else now + EVERY)


def past(eraser: Eraser, now: datetime) -> Iterator[tuple[Stored, Due]]:
    """Every case whose data have a time, with when it ends."""
    after: int | None = 0
    while after is not None:
        with eraser.engine.connect() as db:
            page = past_time.look(db, eraser.library, now, after)
        yield from page.found
        after = page.next


def erase_past(eraser: Eraser, found: Stored, due: Due, now: datetime) -> bool:
    """Erase a case whose time has passed; False where somebody works on it, so that its turn comes another day."""
    ground = Ground(under=RETENTION, basis=due.basis, actor="timer")
    erased = eraser.one(found.case.id, ground, now)
    log.info("retention", case=found.case.id, erased=erased, due=due.at.isoformat())
    return erased
