"""`growth_1000`: what a transition costs on a case with 1,000 events of history, against one with 10."""

from __future__ import annotations

import resource
from statistics import median

from sqlalchemy import text

from alur.wiring import House
from benchmarks.figures import Figure, Progress
from benchmarks.ground import Move, bench_process, seed
from workers.memory import settle_memory
from workflow.db.drain import Drainer

CASES = 40
ROUNDS = 9
_BEGIN = (Move("submit", "applicant", submits=True), Move("begin", "operator"))
_TURN = (Move("return", "operator", reasoned=True), Move("resubmit", "applicant", submits=True))


def measure(house: House, progress: Progress) -> list[Figure]:
    """CPU of the drainer and time on the clock, both alike: the larger of the two ratios is told."""
    settle_memory()
    costs = {}
    for events in (10, 1000):
        progress(f"growing histories of {events} events")
        costs[events] = _cost(house, events)
    ratio = max(after / before for after, before in zip(costs[1000], costs[10], strict=True))
    return [Figure("growth_1000", costs[1000][0] * 1e6, "µs", costs[1000][0] * 1e6 / ratio, 1.1, 1.02, "lower")]


def _cost(house: House, events: int) -> tuple[float, float]:
    turns = (events - 2) // 2
    measured = 2 * ROUNDS
    seed(house, CASES, [*_BEGIN, *(_TURN * (turns + measured))])
    house.library.add(bench_process())
    drainer = house.drainer()
    _perform(drainer, CASES * (2 + 2 * turns))
    with house.engine.connect() as db:
        longest = db.execute(text("SELECT max(seq) FROM case_")).scalar_one()
    assert longest >= events - 2, longest
    cpus, times = [], []
    for _ in range(ROUNDS):
        used, seconds = _perform(drainer, CASES * 4)
        cpus.append(used / (CASES * 4))
        times.append(seconds / (CASES * 4))
    return median(cpus), median(times)


def _perform(drainer: Drainer, commands: int) -> tuple[float, float]:
    import time

    began, before, done = time.perf_counter(), _cpu(), 0
    while done < commands:
        done += drainer.drain(min(CASES * 2, commands - done)).commands
    return _cpu() - before, time.perf_counter() - began


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
