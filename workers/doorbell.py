"""Waking: a bell per queue towards the workers, a channel back to those who wait for an outcome.

Nothing durable lives here. A bell that is lost, because Redis was away or a process died between commit and ring, is
made good by the clock process, which looks at PostgreSQL.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from redis import Redis
from redis.exceptions import RedisError

from workers.queue import DRAIN, ENGINE, open_queue

#: A bell that was rung and never answered (the worker died) rings again after this.
BELL_SECONDS = 5
CHANNEL = "alur:moved"
#: Longest sleep of somebody who waits: the fallback when no message comes.
POLL_SECONDS = 0.5

T = TypeVar("T")
log = structlog.get_logger()


def ring(redis: Redis) -> bool:
    """Wake an engine worker, unless one is awake and has not yet looked. False when Redis is away: it will be swept."""
    try:
        if redis.set(_bell(), 1, nx=True, ex=BELL_SECONDS):
            open_queue(redis, ENGINE).enqueue(DRAIN, result_ttl=0, failure_ttl=3600, job_timeout=600)
    except RedisError as error:
        log.warning("doorbell not rung", why=str(error))
        return False
    return True


def answer(redis: Redis) -> None:
    """The worker is awake: whoever writes a command from now on must ring again."""
    try:
        redis.delete(_bell())
    except RedisError as error:
        log.warning("doorbell not answered", why=str(error))


def tell(redis: Redis, cases: Iterable[int]) -> None:
    """Tell those who wait that these cases have something new."""
    try:
        redis.publish(CHANNEL, json.dumps(sorted(cases)))
    except RedisError as error:
        log.warning("outcome not told", why=str(error))


def _bell() -> str:
    return f"alur:bell:{ENGINE}"


class Waiting:
    """One listener per process; many threads wait on it for their case."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._changed = threading.Condition()
        self._told: dict[int, int] = {}
        self._waiting: dict[int, int] = {}
        self._listener: threading.Thread | None = None

    def until(self, case: int, look: Callable[[], T | None], seconds: float) -> T | None:
        """What `look` finds once it finds something, or None after `seconds`; looks again at each news of `case`."""
        self._listen()
        deadline = time.monotonic() + seconds
        with self._changed:
            self._waiting[case] = self._waiting.get(case, 0) + 1
        try:
            while True:
                seen = self._told.get(case, 0)
                found = look()
                left = deadline - time.monotonic()
                if found is not None or left <= 0:
                    return found
                with self._changed:
                    if self._told.get(case, 0) == seen:
                        self._changed.wait(min(left, POLL_SECONDS))
        finally:
            self._leave(case)

    def _leave(self, case: int) -> None:
        with self._changed:
            self._waiting[case] -= 1
            if not self._waiting[case]:
                del self._waiting[case]
                self._told.pop(case, None)

    def _listen(self) -> None:
        with self._changed:
            if self._listener is None or not self._listener.is_alive():
                self._listener = threading.Thread(target=self._hear, name="outcomes", daemon=True)
                self._listener.start()

    def _hear(self) -> None:
        while True:
            try:
                with self._redis.pubsub(ignore_subscribe_messages=True) as channel:  # type: ignore[no-untyped-call]
                    channel.subscribe(CHANNEL)
                    for message in channel.listen():
                        self._note(json.loads(message["data"]))
            except (RedisError, OSError) as error:
                log.warning("outcomes not heard", why=str(error))
                time.sleep(POLL_SECONDS)

    def _note(self, cases: list[int]) -> None:
        with self._changed:
            for case in cases:
                if case in self._waiting:
                    self._told[case] = self._told.get(case, 0) + 1
            self._changed.notify_all()
