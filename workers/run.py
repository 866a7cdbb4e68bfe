"""A worker process: one queue, no fork, jobs from the list only."""

from __future__ import annotations

import logging
import threading
import time
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from workers.memory import leave_no_core, settle_memory
from workers.queue import AlurJob, open_queue
from workers.workshop import Workshop, enter

#: Seconds between two looks for a Redis that is away.
RECONNECT_SECONDS = 1.0
#: How long the end of a signing worker waits until its secrets are wiped.
DESK_SECONDS = 5

log = structlog.get_logger()


class AlurWorker(SimpleWorker):
    """RQ's worker without a fork: a job costs 2 ms less, and the process keeps its connections and keys."""

    #: A signal asked it to end; RQ itself remembers that only when a job was running.
    stopping = False

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Note the request, then do as RQ does."""
        self.stopping = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def run_worker(workshop: Workshop, queue: str) -> None:
    """Work on `queue` until SIGTERM or SIGINT; waits while Redis is away."""
    enter(workshop)
    over = threading.Event()
    desk = _keep(workshop, over)
    settle_memory()
    logging.getLogger("rq").setLevel(logging.WARNING)
    try:
        while True:
            try:
                if _work(workshop.redis, queue):
                    return
            except RedisError as error:
                log.warning("the worker waits for redis", queue=queue, why=str(error))
            time.sleep(RECONNECT_SECONDS)
    finally:
        over.set()
        if desk is not None:
            desk.join(DESK_SECONDS)


def _keep(workshop: Workshop, over: threading.Event) -> threading.Thread | None:
    """Take signers' secrets in beside the jobs, in a thread of its own."""
    if workshop.desk is None:
        return None
    leave_no_core()
    desk = threading.Thread(target=workshop.desk.run, args=(over,), name="secrets", daemon=True)
    desk.start()
    return desk


def _work(redis: Redis, queue: str) -> bool:
    worker = AlurWorker(
        [open_queue(redis, queue)],
        connection=redis,
        job_class=AlurJob,
        serializer=JSONSerializer,
        worker_ttl=60,
    )
    worker.work(logging_level="WARNING", with_scheduler=False)
    return worker.stopping
