"""`replay_1000_ms`, `verify_ratio`, `verify_mib`: reading what happened, and checking all of it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from statistics import median
from typing import Any

from sqlalchemy import text

from alur.wiring import House
from benchmarks.copies import multiply
from benchmarks.figures import Figure, Progress
from benchmarks.ground import PATH, Move, bench_process, clear, give, plant
from workflow.db.cases import get
from workflow.db.history import read_events
from workflow.replay import Until, replay

EVENTS = 1_000_000
REPLAYS = 101
#: A life of 20 events, most of them visits.
LIFE = (
    *PATH[:2],
    *(
        Move("return", "operator", reasoned=True),
        Move("resubmit", "applicant", submits=True),
    )
    * 7,
    *PATH[-3:],
)
_TURNS = (Move("return", "operator", reasoned=True), Move("resubmit", "applicant", submits=True)) * 499


def measure(house: House, progress: Progress) -> list[Figure]:
    """Replay of one long history, then the verification of a million events in a process of its own."""
    clear(house)
    house.library.add(bench_process())
    progress("replaying a history of 1,000 events")
    replayed = _replay(house, lived(house, (*PATH[:2], *_TURNS)))
    clear(house)
    life = lived(house, LIFE)
    progress(f"copying histories until there are {EVENTS:,} events")
    multiply(house, life, EVENTS // len(LIFE) - 1)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("RESET ROLE"))
        db.execute(text("VACUUM (ANALYZE) event, case_"))
        db.execute(text("SET ROLE alur_engine"))
    progress("verifying them")
    floor, checked = _run(house, "--floor"), _run(house)
    rate, bare = checked["events"] / checked["seconds"], floor["events"] / floor["seconds"]
    return [
        Figure("replay_1000_ms", replayed * 1e3, "ms", None, must=10, goal=5, better="lower"),
        Figure("verify_ratio", rate, "events/s", bare, must=0.25, goal=0.6),
        Figure("verify_mib", checked["peak_mib"], "MiB", None, must=200, goal=100, better="lower"),
    ]


def lived(house: House, path: tuple[Move, ...]) -> int:
    """A case that performed `path`."""
    cases = plant(house, 1)
    give(house, cases, path)
    drainer = house.drainer()
    while drainer.drain(200).commands:
        pass
    with house.engine.connect() as db:
        assert get(db, cases[0]).case.seq == len(path)
    return cases[0]


def _replay(house: House, case: int) -> float:
    """Median seconds of a whole replay, from the database to the verdict."""
    took = []
    with house.engine.connect() as db:
        for _ in range(REPLAYS):
            began = time.perf_counter()
            found = get(db, case).case
            told = replay(house.library.look_up(db, found.office), found, read_events(db, case), Until())
            took.append(time.perf_counter() - began)
            assert told.complete
            assert told.finding is None
    return median(took)


def _run(house: House, *options: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.verifier", "--url", house.urls.database, *options]
    told: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told
