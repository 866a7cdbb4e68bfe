"""`drain_ratio`, `drain_one_ratio`, `drain_cpu_ratio`: draining against the same rows one transaction each."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from sqlalchemy import text

from alur.wiring import House
from benchmarks.figures import Figure, Progress
from benchmarks.floor import psycopg_cpu, script, writes
from benchmarks.ground import PATH, seed
from benchmarks.runs import drain, pgbench

ROUNDS = 3
SECONDS = 4.0
CASES = 3_000
CASES_ONE_BY_ONE = 700
#: For the client's CPU: one drainer beside one server, like the floor's one client.
CASES_ALONE = 1_500


def measure(house: House, folder: Path, progress: Progress) -> list[Figure]:
    """Interleaved rounds; medians."""
    seed(house, 1)
    drain(house, workers=1, batch=10, seconds=5)
    rows = writes(house, _only_case(house))
    floor_script = script(rows, folder / "floor.pgbench")
    floors, batches, singles, cpus, floor_cpus = [], [], [], [], []
    for n in range(ROUNDS):
        progress(f"draining, round {n + 1} of {ROUNDS}")
        floors.append(pgbench(house, floor_script, clients=2, seconds=SECONDS, per_script=len(PATH)))
        floor_cpus.append(psycopg_cpu(house, rows, 150))
        seed(house, CASES)
        batches.append(drain(house, workers=2, batch=200, seconds=60).rate)
        seed(house, CASES_ALONE)
        cpus.append(drain(house, workers=1, batch=200, seconds=60).cpu)
        seed(house, CASES_ONE_BY_ONE)
        singles.append(drain(house, workers=2, batch=1, seconds=60).rate)
    floor = median(floors)
    return [
        Figure("drain_ratio", median(batches), "transitions/s", floor, must=4, goal=8),
        Figure("drain_one_ratio", median(singles), "transitions/s", floor, must=0.45, goal=0.8),
        Figure(
            "drain_cpu_ratio",
            median(cpus) * 1000,
            "ms of client CPU a transition",
            median(floor_cpus) * 1000,
            must=0.35,
            goal=0.12,
            better="lower",
        ),
    ]


def _only_case(house: House) -> int:
    with house.engine.connect() as db:
        return int(db.execute(text("SELECT id FROM case_")).scalar_one())
