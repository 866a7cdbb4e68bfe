"""From the outbox to the queues: leases due steps in PostgreSQL, then enqueues a job for each."""

from __future__ import annotations

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Engine

from workers.queue import PERFORM, open_queue
from workflow.db.outbox import Work, dispatchable

#: A job that waits longer than its lease was dispatched anew; it finds that out by its attempt and stops.
JOB_TIMEOUT = 300

log = structlog.get_logger()


def dispatch(engine: Engine, redis: Redis) -> int:
    """Enqueue every due step, up to what may be in flight; how many. Without Redis nothing is leased."""
    try:
        redis.ping()
    except RedisError as error:
        log.warning("steps wait for redis", why=str(error))
        return 0
    with engine.begin() as connection:
        works = dispatchable(connection)
    for queue in sorted({w.queue for w in works}):
        _enqueue(redis, queue, [w for w in works if w.queue == queue])
    return len(works)


def _enqueue(redis: Redis, queue: str, works: list[Work]) -> None:
    jobs = [
        Queue.prepare_data(
            PERFORM,
            args=[w.id.case, w.id.seq, w.id.kind, w.attempt],
            job_id=w.id.job(w.attempt),
            result_ttl=0,
            failure_ttl=3600,
            timeout=JOB_TIMEOUT,
        )
        for w in works
    ]
    try:
        open_queue(redis, queue).enqueue_many(jobs)
    except RedisError as error:
        log.warning("steps not enqueued; their lease will run out", queue=queue, why=str(error))
