"""The clock process looks whether cards wait for their level or archives near their end, and wakes a signing worker."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine

from workers.queue import LIFT, SIGNING, open_queue
from workflow.db import card_files

#: Between two looks at cards that wait, and at archives that end.
WAITING_EVERY, ENDING_EVERY = timedelta(minutes=1), timedelta(hours=1)
#: A job that nobody answered within this many seconds (the worker died, Redis lost it) is enqueued again.
ANSWER_SECONDS = 300
_BELL = "alur:bell:lift"

log = structlog.get_logger()


class LiftBell:
    """When it looks next; a process that starts looks at once."""

    def __init__(self, engine: Engine, redis: Redis) -> None:
        self._engine, self._redis = engine, redis
        self._next_waiting: datetime | None = None
        self._next_ending: datetime | None = None

    def look(self, now: datetime) -> bool:
        """Wake a signing worker where there is something to do; True when one was woken."""
        waiting, self._next_waiting = _come(self._next_waiting, now, WAITING_EVERY)
        ending, self._next_ending = _come(self._next_ending, now, ENDING_EVERY)
        if not waiting:
            return False
        with self._engine.connect() as db:
            due = card_files.waiting(db, card_files.AWAY, 1)
            if ending:
                due = due or card_files.ending(db, now + card_files.RENEW_BEFORE, 1)
        return bool(due) and ring(self._redis)


def ring(redis: Redis) -> bool:
    """Enqueue the job unless one waits already; False when Redis is away: the next look tries again."""
    try:
        if redis.set(_BELL, 1, nx=True, ex=ANSWER_SECONDS):
            open_queue(redis, SIGNING).enqueue(LIFT, result_ttl=0, failure_ttl=3600, job_timeout=ANSWER_SECONDS)
    except RedisError as error:
        log.warning("no signing worker is woken", why=str(error))
        return False
    return True


def answer(redis: Redis) -> None:
    """The worker is awake: whoever finds something from now on may ring again."""
    try:
        redis.delete(_BELL)
    except RedisError as error:
        log.warning("the bell of cards that wait was not answered", why=str(error))


def _come(moment: datetime | None, now: datetime, every: timedelta) -> tuple[bool, datetime]:
    come = moment is None or now >= moment
    return come, (now + every if come or moment is None else moment)
