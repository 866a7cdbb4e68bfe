"""The engine's job: perform waiting commands until none is left."""

from __future__ import annotations

import psycopg

from workers import doorbell, relay
from workers.workshop import Workshop, current
from workflow.db.drain import Drainer

BATCH = 200
#: An empty claim does not mean an empty queue: another worker may have been a moment faster at the same case.
EMPTY_CLAIMS = 3


def drain() -> int:
    """Answer the bell, then perform commands in batches until none waits; how many."""
    workshop = current()
    doorbell.answer(workshop.redis)
    total = empty = 0
    while empty < EMPTY_CLAIMS:
        done = _batch(workshop)
        total += done
        empty = 0 if done else empty + 1
    return total


def _batch(workshop: Workshop) -> int:
    assert workshop.drainer is not None
    drainer: Drainer = workshop.once("drainer", workshop.drainer)
    try:
        drained = drainer.drain(BATCH)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        workshop.forget("drainer")
        raise
    if drained.commands:
        doorbell.tell(workshop.redis, drained.cases)
    if drained.queues:
        relay.dispatch(workshop.engine, workshop.redis)
    return drained.commands
