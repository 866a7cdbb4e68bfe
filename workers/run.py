"""A worker process: one queue, no fork, jobs from the list only."""

from __future__ import annotations

import logging
import time

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from workers.queue import AlurJob, open_queue
from workers.workshop import Workshop, enter

#: Seconds between two looks for a Redis that is away.
RECONNECT_SECONDS = 1.0

log = structlog.get_logger()


class AlurWorker(SimpleWorker):
    """RQ's worker without a fork: a job costs 2 ms less, and the process keeps its connections and keys."""


def run_worker(workshop: Workshop, queue: str) -> None:
    """Work on `queue` until SIGTERM or SIGINT; waits while Redis is away."""
    enter(workshop)
    logging.getLogger("rq").setLevel(logging.WARNING)
    while True:
        try:
            if _work(workshop.redis, queue):
                return
        except RedisError as error:
            log.warning("the worker waits for redis", queue=queue, why=str(error))
        time.sleep(RECONNECT_SECONDS)


def _work(redis: Redis, queue: str) -> bool:
    worker = AlurWorker(
        [open_queue(redis, queue)],
        connection=redis,
        job_class=AlurJob,
        serializer=JSONSerializer,
        worker_ttl=60,
    )
    worker.work(logging_level="WARNING", with_scheduler=False)
    return bool(worker._stop_requested)
