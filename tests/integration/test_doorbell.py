"""Waking and being told: nothing durable, nothing lost."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from redis import Redis

from alur.wiring import House
from tests.drain_kit import by_hand, one, pass_time, submitted
from tests.support import settle, state
from workers import clock, doorbell, relay
from workers.jobs import draining
from workers.queue import EFFECTS, ENGINE, open_queue
from workers.workshop import enter

#: Nobody listens there.
GONE = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.2)


@pytest.fixture(autouse=True)
def _empty_queues(quiet: House) -> None:
    """Each test begins with silence, and with nothing left of the others."""
    pass_time(quiet)
    settle(quiet)
    quiet.redis.flushdb()


def test_many_rings_wake_one_worker_once(quiet: House) -> None:
    """Until the bell is answered further rings add no job; after it they do."""
    for _ in range(5):
        assert doorbell.ring(quiet.redis)
    assert open_queue(quiet.redis, ENGINE).count == 1
    doorbell.answer(quiet.redis)
    doorbell.ring(quiet.redis)
    assert open_queue(quiet.redis, ENGINE).count == 2


def test_a_bell_that_nobody_answered_rings_again_after_seconds(quiet: House) -> None:
    """A worker that died between bell and drain silences nobody for long."""
    doorbell.ring(quiet.redis)
    left = quiet.redis.ttl("alur:bell:engine")
    assert isinstance(left, int)
    assert 0 < left <= doorbell.BELL_SECONDS


def test_without_redis_nothing_is_raised(quiet: House) -> None:
    """What was accepted is accepted; ringing, answering and telling are only said to have failed."""
    assert doorbell.ring(GONE) is False
    doorbell.answer(GONE)
    doorbell.tell(GONE, [1])
    assert relay.dispatch(quiet.engine, GONE) == 0


def test_redis_down_accepting_works_and_the_sweep_brings_it_back(quiet: House) -> None:
    """A command written while Redis was away is performed once the clock looks."""
    case, _ = submitted(quiet)
    assert doorbell.ring(GONE) is False
    with by_hand(quiet) as hand:
        clock.tick(quiet.engine, quiet.redis, hand.now)
    jobs = open_queue(quiet.redis, ENGINE).jobs
    assert [j.func_name for j in jobs] == ["workers.jobs.drain"]
    enter(quiet.workshop())
    assert draining.drain() >= 1
    assert state(quiet, case) == "submitted"
    assert [j.args[0] for j in open_queue(quiet.redis, EFFECTS).jobs] == [case]


def test_a_step_that_redis_lost_is_dispatched_again_when_its_lease_is_over(quiet: House) -> None:
    """Without Redis nothing is leased; with an emptied one the lease runs out."""
    case, _ = submitted(quiet)
    with by_hand(quiet) as hand:
        hand.drain()
        clock.tick(quiet.engine, quiet.redis, hand.now)
        quiet.redis.flushdb()
        clock.tick(quiet.engine, quiet.redis, hand.now)
        assert open_queue(quiet.redis, EFFECTS).count == 0
        with quiet.engine.begin() as db:
            db.exec_driver_sql("UPDATE outbox SET due_at = now() WHERE status = 'due'")
        clock.tick(quiet.engine, quiet.redis, hand.now)
    assert [(j.args[0], j.args[3]) for j in open_queue(quiet.redis, EFFECTS).jobs] == [(case, 2)]


def test_who_waits_is_told_at_once(quiet: House) -> None:
    """The message of the worker ends the wait, long before the slow poll would."""
    waiting = doorbell.Waiting(quiet.redis)
    seen: list[float] = []
    answer: list[str] = []

    def look() -> str | None:
        seen.append(time.monotonic())
        return answer[0] if answer else None

    assert waiting.until(5, lambda: "warm", 1) == "warm"
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(waiting.until(5, look, 10)))
    thread.start()
    while not seen:
        time.sleep(0.005)
    time.sleep(0.1)
    answer.append("done")
    begun = time.monotonic()
    doorbell.tell(quiet.redis, [4, 5])
    thread.join(5)
    assert told == ["done"]
    assert seen[-1] - begun < doorbell.POLL_SECONDS / 2


def test_a_message_between_two_looks_is_not_missed(quiet: House) -> None:
    """News that come while `look` is busy make it look again at once."""
    waiting = doorbell.Waiting(quiet.redis)
    waiting.until(6, lambda: 1, 1)
    time.sleep(0.1)
    looks: list[float] = []

    def look() -> bool | None:
        looks.append(time.monotonic())
        if len(looks) == 1:
            doorbell.tell(quiet.redis, [6])
            time.sleep(0.15)
        return True if len(looks) > 1 else None

    assert waiting.until(6, look, 5)
    assert looks[1] - looks[0] < 0.15 + doorbell.POLL_SECONDS / 2


def test_waiting_ends_without_news_and_works_without_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll finds what the channel lost; a wait that finds nothing ends in time with nothing."""
    monkeypatch.setattr(doorbell.Waiting, "_listen", lambda _: None)
    waiting = doorbell.Waiting(GONE)
    begun = time.monotonic()
    assert waiting.until(7, lambda: None, 0.3) is None
    assert time.monotonic() - begun < 2
    late = time.monotonic() + 0.2
    assert waiting.until(7, lambda: "found" if time.monotonic() > late else None, 5) == "found"
    assert waiting._waiting == {}


def test_an_idle_tick_writes_nothing(quiet: House) -> None:
    """With nothing due and nothing waiting the queues stay empty."""
    with by_hand(quiet) as hand:
        assert clock.tick(quiet.engine, quiet.redis, hand.now) == 0
    assert open_queue(quiet.redis, ENGINE).count == 0
    assert one(quiet, "SELECT count(*) FROM command WHERE status = 'pending'") == 0
