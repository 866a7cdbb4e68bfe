"""Jobs in the queue: safe to deliver twice, and nothing hostile in Redis is ever run."""

from __future__ import annotations

import json
import pickle
import signal
import uuid
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from rq.serializers import JSONSerializer

from alur.wiring import House
from tests.drain_kit import by_hand, one, pass_time, rows, submitted, whole, with_card
from tests.support import settle, state
from workers import relay
from workers.jobs.draining import drain
from workers.jobs.performing import perform
from workers.queue import ENGINE, PERFORM, QUEUES, AlurJob, open_queue
from workers.run import AlurWorker
from workers.workshop import enter


@pytest.fixture(autouse=True)
def _empty_queues(quiet: House) -> None:
    """Each test begins with silence."""
    pass_time(quiet)
    settle(quiet)
    quiet.redis.flushdb()


@pytest.fixture
def worker(quiet: House) -> Iterator[Any]:
    """Works off all queues in this process; call it with nothing."""
    enter(quiet.workshop(signs=True))
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}

    def work() -> None:
        made = AlurWorker(
            [open_queue(quiet.redis, q) for q in QUEUES],
            connection=quiet.redis,
            job_class=AlurJob,
            serializer=JSONSerializer,
        )
        made.work(burst=True, logging_level="CRITICAL", with_scheduler=False)

    yield work
    for number, handler in before.items():
        signal.signal(number, handler)


def plant(house: House, data: bytes, queue: str = ENGINE, **fields: Any) -> str:
    """Write a job into Redis by hand, as whoever reaches Redis could."""
    id_ = uuid.uuid4().hex
    told = {
        "created_at": "2026-11-20T03:00:00.000000Z",
        "enqueued_at": "2026-11-20T03:00:00.000000Z",
        "data": data,
        "origin": queue,
        "status": "queued",
        "timeout": 60,
        **fields,
    }
    house.redis.hset(f"rq:job:{id_}", mapping=told)
    house.redis.sadd("rq:queues", f"rq:queue:{queue}")
    house.redis.rpush(f"rq:queue:{queue}", id_)
    return id_


def called(function: Any, *args: Any, instance: Any = None) -> bytes:
    """The data of a job that calls a function."""
    return zlib.compress(json.dumps([function, instance, args, {}]).encode())


def good_work(house: House, work: Any) -> None:
    """The worker still performs what waits."""
    case, _ = submitted(house)
    open_queue(house.redis, ENGINE).enqueue("workers.jobs.drain")
    work()
    work()
    assert state(house, case) == "verifying"


class Bomb:
    """Runs a command when it is unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        import os

        return os.system, (self.command,)


HOSTILE = {
    "os.system": lambda m: called("os.system", f"touch {m}"),
    "subprocess.run": lambda m: called("subprocess.run", ["touch", m]),
    "builtins.eval": lambda m: called("builtins.eval", f"open({m!r}, 'w')"),
    "function_of": lambda m: called("workers.jobs.performing.function_of", "os"),
    "inner module": lambda m: called("workers.jobs.performing.perform", 1, 1, "x", 1),
    "import with side effect": lambda m: called("antigravity.fly"),
    "method of an instance": lambda m: called("write_text", "x", instance=m),
    "method of an allowed name": lambda m: called("workers.jobs.drain", instance=m),
    "dunder": lambda m: called("workers.jobs.drain.__globals__.get", "os"),
    "no name": lambda m: called(None),
    "name that is no text": lambda m: called(["os", "system"], f"touch {m}"),
    "pickle": lambda m: zlib.compress(pickle.dumps(("os.system", None, (f"touch {m}",), {}))),
    "pickle bomb": lambda m: pickle.dumps(Bomb(f"touch {m}")),
    "not json": lambda m: b"\xff\xfe\x00",
    "json of another shape": lambda m: b"{}",
    "too few parts": lambda m: b'["os.system"]',
    "empty": lambda m: b"",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_job_is_never_run_and_the_worker_lives_on(
    quiet: House, worker: Any, tmp_path: Path, name: str
) -> None:
    """Only the functions on the list are run, by plain JSON; whatever else is planted is put aside."""
    marker = tmp_path / "pwned"
    plant(quiet, HOSTILE[name](str(marker)))
    worker()
    assert not marker.exists()
    assert "antigravity" not in __import__("sys").modules
    good_work(quiet, worker)
    assert open_queue(quiet.redis, ENGINE).count == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"created_at": "yesterday"},
        {"status": "wonderful"},
        {"timeout": "soon"},
        {"result_ttl": "x"},
        {"webhooks": "{"},
        {"meta": b"\x80\x04."},
        {"dependency_ids": '["a", "b"]'},
        {"retry_intervals": "x"},
        {"repeat_intervals": "x"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_malformed_job_does_not_end_the_work(quiet: House, worker: Any, fields: dict[str, Any]) -> None:
    """A hash in Redis that cannot be read costs itself, not those behind it."""
    plant(quiet, called("workers.jobs.drain"), **fields)
    worker()
    good_work(quiet, worker)


@pytest.mark.parametrize("moment", ["success", "failure", "stopped"])
@pytest.mark.parametrize("function", ["workers.jobs.drain", "os.getcwd"])
def test_callbacks_planted_beside_a_job_are_not_called(
    quiet: House, worker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, function: str
) -> None:
    """Neither after success nor after failure does the worker call what a hash names."""
    (tmp_path / "planted_callback.py").write_text(
        f"from pathlib import Path\nPath({str(tmp_path / 'pwned')!r}).write_text('x')\ndef call(*a):\n    pass\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    fields = {f"{moment}_callback_name": "planted_callback.call", f"{moment}_callback_timeout": 60}
    plant(quiet, called(function), **fields)
    worker()
    assert not (tmp_path / "pwned").exists()
    good_work(quiet, worker)


def test_webhooks_planted_beside_a_job_are_not_called(quiet: House, worker: Any) -> None:
    """The worker never speaks to an address that a hash in Redis names."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/x"
    hooks = json.dumps([{"url": url, "on": ["success", "failure", "finished", "failed"], "statuses": ["finished"]}])
    plant(quiet, called("workers.jobs.drain"), webhooks=hooks)
    plant(quiet, called("os.getcwd"), webhooks=hooks)
    worker()
    server.shutdown()
    server.server_close()
    assert heard == []
    good_work(quiet, worker)


@pytest.mark.parametrize("kind", ["os", "performing", "sign_card", "'; DROP TABLE case_; --"])
def test_a_planted_step_that_the_outbox_does_not_know_is_not_done(quiet: House, worker: Any, kind: str) -> None:
    """`perform` does what PostgreSQL says is due, and nothing that only Redis says."""
    case, _ = submitted(quiet)
    settle(quiet)
    before = one(quiet, "SELECT count(*) FROM event WHERE case_id = :c", c=case)
    plant(quiet, called(PERFORM, case, 2, kind, 1), queue="effects")
    plant(quiet, called(PERFORM, case), queue="effects")
    worker()
    assert one(quiet, "SELECT count(*) FROM event WHERE case_id = :c", c=case) == before
    assert one(quiet, "SELECT count(*) FROM card WHERE case_id = :c", c=case) == 0


def test_a_redelivered_job_does_nothing_new(quiet: House) -> None:
    """A step delivered again after its end, and a drain with nothing to do, change nothing."""
    case, _ = with_card(quiet)
    before = rows(
        quiet, "SELECT kind, status, attempts, result FROM outbox WHERE case_id = :c ORDER BY seq, kind", c=case
    )
    steps = rows(quiet, "SELECT seq, kind, attempts FROM outbox WHERE case_id = :c", c=case)
    enter(quiet.workshop(signs=True))
    for seq, kind, attempt in steps:
        assert perform(case, seq, kind, attempt) is False
    assert drain() == 0
    after = rows(
        quiet, "SELECT kind, status, attempts, result FROM outbox WHERE case_id = :c ORDER BY seq, kind", c=case
    )
    assert after == before
    assert one(quiet, "SELECT count(*) FROM card WHERE case_id = :c", c=case) == 1
    whole(quiet, case)


def test_a_whole_case_runs_through_the_real_queues(quiet: House, worker: Any) -> None:
    """Bell, drain, relay, step and result: each job enqueues the next, and nothing else is needed."""
    case, _ = submitted(quiet)
    open_queue(quiet.redis, ENGINE).enqueue("workers.jobs.drain")
    worker()
    worker()
    assert state(quiet, case) == "verifying"
    with by_hand(quiet):
        assert relay.dispatch(quiet.engine, quiet.redis) == 0
    whole(quiet, case)


def test_a_bug_in_a_step_is_a_failed_attempt(quiet: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception is noted by its type, never by its words, and the step is tried again later."""
    case, _ = submitted(quiet)
    with by_hand(quiet) as hand:
        hand.drain()

    def broken(*_: Any) -> Any:
        raise ValueError("NIK 1671015708010003")

    monkeypatch.setattr("workers.jobs.intake_checks.intake_checks", broken)
    settle(quiet)
    found = rows(quiet, "SELECT status, attempts, error FROM outbox WHERE case_id = :c", c=case)[0]
    assert tuple(found) == ("due", 1, "step_error: ValueError")
    monkeypatch.undo()
    pass_time(quiet)
    settle(quiet)
    assert state(quiet, case) == "verifying"
