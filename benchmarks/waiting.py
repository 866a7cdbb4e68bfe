"""`latency_p50_ms`, `latency_p99_ms`, `worker_mib`: a real engine worker behind RQ, at 20 commands a second."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

from sqlalchemy import Connection, text

from alur.wiring import House
from benchmarks.figures import Figure, Progress
from benchmarks.ground import PATH, seed
from workers import doorbell

RATE = 20
SECONDS = 15
WARM_UP = 40
#: Transitions that the worker performs in batches before its memory is read.
LOAD = 1_500


def measure(house: House, progress: Progress) -> list[Figure]:
    """Accepted → performed → seen by the client who waits."""
    commands = RATE * SECONDS + WARM_UP
    progress(f"{commands} commands at {RATE} a second")
    seed(house, commands, PATH[:1])
    with house.engine.begin() as db:
        waiting = db.execute(text("SELECT id, case_id, actor, payload FROM command ORDER BY id")).all()
        db.execute(text("DELETE FROM command"))
    worker = _worker(house)
    try:
        took = _clients(house, [(r.case_id, r.actor, r.payload) for r in waiting])[WARM_UP:]
        progress("memory of the worker under load")
        seed(house, LOAD)
        doorbell.ring(house.redis)
        _until_quiet(house)
        peak = _peak_mib(worker.pid)
    finally:
        worker.terminate()
        worker.wait(20)
    took.sort()
    p50, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    return [
        Figure("latency_p50_ms", p50, "ms", None, must=25, goal=10, better="lower"),
        Figure("latency_p99_ms", p99, "ms", None, must=150, goal=40, better="lower"),
        Figure("worker_mib", peak, "MiB", None, must=110, goal=65, better="lower"),
    ]


def _worker(house: House) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "ALUR_DATA": str(house.settings.data)}
    return subprocess.Popen([sys.executable, "-m", "alur", "worker", "engine"], env=environment)


def _clients(house: House, commands: list[tuple[int, str, dict[str, object]]]) -> list[float]:
    waiting, rng = doorbell.Waiting(house.redis), random.Random(1)
    took: list[float] = [0.0] * len(commands)

    def client(n: int) -> None:
        case, actor, payload = commands[n]
        began = time.perf_counter()
        with house.engine.begin() as db:
            id_ = _insert(db, case, actor, payload)
        doorbell.ring(house.redis)
        if waiting.until(case, lambda: _answered(house, id_), 30) is None:
            raise RuntimeError(f"command {id_} was not answered within 30 s")
        took[n] = time.perf_counter() - began

    threads = [threading.Thread(target=client, args=(n,)) for n in range(len(commands))]
    for thread in threads:
        time.sleep(rng.expovariate(RATE))
        thread.start()
    for thread in threads:
        thread.join()
    return took


def _insert(db: Connection, case: int, actor: str, payload: dict[str, object]) -> int:
    import json

    row = db.execute(
        text('INSERT INTO command (case_id, "do", actor, payload, key) VALUES (:c, :d, :a, :p, :k) RETURNING id'),
        {"c": case, "d": "submit", "a": actor, "p": json.dumps(payload), "k": uuid.uuid4()},
    )
    return int(row.scalar_one())


def _answered(house: House, id_: int) -> str | None:
    with house.engine.connect() as db:
        status = db.execute(text("SELECT status FROM command WHERE id = :i"), {"i": id_}).scalar_one()
    return None if status == "pending" else str(status)


def _until_quiet(house: House) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with house.engine.connect() as db:
            if not db.execute(text("SELECT EXISTS (SELECT 1 FROM command WHERE status = 'pending')")).scalar():
                return
        doorbell.ring(house.redis)
        time.sleep(0.2)
    raise RuntimeError("the worker did not finish its load")


def _peak_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no peak memory is told")
