"""The clock process: dues that follow calendars, moves between definitions, timers, lost bells, due steps, erasures,
cards that wait for their level, pruning."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from redis import Redis
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workers import doorbell, relay
from workers.eraser import Eraser
from workers.lift_bell import LiftBell
from workers.retention import Sweep
from workflow.db import migration_run, recount, sweeps
from workflow.db.library import Library

TICK_SECONDS = 0.5
#: Pruning is done every so many ticks.
PRUNE_EVERY = 1200
#: Pages of cases whose dues are written anew between two looks at the timers.
PAGES_A_TICK = 10

log = structlog.get_logger()


def tick(engine: Engine, redis: Redis, now: datetime) -> int:
    """One look: fire what is due, wake whom work waits for; how many timers fired."""
    fired = 0
    while True:
        with engine.begin() as connection:
            some = sweeps.fire_timers(connection, now)
        fired += some
        if not some:
            break
    with engine.begin() as connection:
        waiting = sweeps.commands_wait(connection)
    if waiting:
        doorbell.ring(redis)
    relay.dispatch(engine, redis)
    return fired


def follow_calendars(engine: Engine, library: Library, now: datetime, most: int | None = None) -> int:
    """Let stored dues follow the versions of calendars that were published; how many pages of cases, at `most`."""
    pages = 0
    while most is None or pages < most:
        with engine.begin() as connection:
            if not recount.follow(connection, library, now):
                break
        pages += 1
    return pages


def move_cases(engine: Engine, library: Library, now: datetime) -> bool:
    """Bring migrations of cases a step on; True when one has more to do at once."""
    with engine.begin() as connection:
        return migration_run.step(connection, library, now)


def run(
    engine: Engine,
    redis: Redis,
    library: Library,
    clock: Callable[[], datetime],
    stop: threading.Event,
    eraser: Eraser,
) -> None:
    """Tick until `stop`; a database that is away is waited for."""
    sweep, lifts = Sweep(eraser), LiftBell(engine, redis)
    duties: Sequence[Callable[[], object]] = (
        lambda: follow_calendars(engine, library, clock(), PAGES_A_TICK),
        lambda: move_cases(engine, library, clock()),
        lambda: tick(engine, redis, clock()),
        lambda: eraser.orders(clock()),
        lambda: sweep.step(clock()),
        lambda: eraser.clear(clock()),
        lambda: lifts.look(clock()),
    )
    ticks = 0
    while not stop.wait(TICK_SECONDS):
        ticks += 1
        for duty in (*duties, *((lambda: prune(engine),) if ticks % PRUNE_EVERY == 0 else ())):
            if not done(duty):
                break


def prune(engine: Engine) -> None:
    """Remove what nobody reads any more."""
    with engine.begin() as connection:
        sweeps.prune(connection)


def done(duty: Callable[[], object]) -> bool:
    """Do a duty; False when the database is away, so that the others need not be tried.

    A duty that fails in itself is logged and keeps none of the others: a migration that cannot go on must not stop
    the timers of all cases.
    """
    try:
        duty()
    except SQLAlchemyError as error:
        log.warning("the clock waits for the database", why=type(error).__name__)
        return False
    except Exception:
        log.exception("a duty of the clock failed")
    return True
