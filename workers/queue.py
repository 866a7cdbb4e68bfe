"""Jobs that RQ may run: named functions with plain arguments, and nothing else.

Whoever can write to Redis could otherwise run any function by its name: the JSON serializer stops pickles, but not a
job that names `os.system`. So a job is refused unless its function is on the list, and so are callbacks, webhooks,
methods of objects and async functions that a hash in Redis could smuggle in.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

#: The only functions that a job may name.
DRAIN, PERFORM, LIFT = "workers.jobs.drain", "workers.jobs.perform", "workers.jobs.lift"
ALLOWED = frozenset({DRAIN, PERFORM, LIFT})

ENGINE, EFFECTS, SIGNING = "engine", "effects", "signing"
QUEUES = (ENGINE, EFFECTS, SIGNING)


class HostileJobError(Exception):
    """A job in Redis asks for something that Alur never enqueues."""


class AlurJob(Job):
    """A job whose function is on the list, without callbacks."""

    @property
    def func(self) -> Any:
        """The function, imported only when it is allowed."""
        if self.func_name not in ALLOWED or self.instance is not None:
            raise HostileJobError(f"The job {self.id} names {self.func_name!r}, which no worker of Alur runs.")
        return super().func

    def restore(self, raw_data: Any) -> Any:
        """Read the job from Redis without anything that RQ would call or send besides its function."""
        super().restore(raw_data)
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None
        self.webhooks = []


def open_queue(redis: Redis, name: str) -> Queue:
    """One of Alur's queues."""
    return Queue(name, connection=redis, serializer=JSONSerializer, job_class=AlurJob)
