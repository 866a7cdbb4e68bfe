"""`growth_1000`: what a transition costs on a case with 1,000 events of history, against one with 10."""

from __future__ import annotations

import resource
from statistics import median

from sqlalchemy import text

from alur.wiring import House
from benchmarks.figures import Figure, Progress
from benchmarks.ground import Move, bench_process, clear, give, plant
from workers.memory import settle_memory
from workflow.db.drain import Drainer

CASES = 50
ROUNDS = 11
_BEGIN = (Move("submit", "applicant", submits=True), Move("begin", "operator"))
_TURN = (Move("return", "operator", reasoned=True), Move("resubmit", "applicant", submits=True))


def measure(house: House, progress: Progress) -> list[Figure]:
    """Client CPU a transition, the two kinds of cases in turn, in the same tables."""
    settle_memory()
    clear(house)
    house.library.add(bench_process())
    drainer = house.drainer()
    groups = {}
    for events in (1000, 10):
        progress(f"growing histories of {events} events")
        groups[events] = _grow(house, drainer, events)
    _check(house, groups)
    costs: dict[int, list[float]] = {events: [] for events in groups}
    for _ in range(ROUNDS):
        for events, (cases, version) in groups.items():
            groups[events] = (cases, give(house, cases, _TURN, version))
            costs[events].append(_perform(drainer))
    long, short = median(costs[1000]) * 1e6, median(costs[10]) * 1e6
    return [Figure("growth_1000", long, "µs of client CPU", short, must=1.1, goal=1.02, better="lower")]


def _grow(house: House, drainer: Drainer, events: int) -> tuple[range, int]:
    cases = plant(house, CASES)
    version = give(house, cases, _BEGIN)
    for _ in range((events - len(_BEGIN)) // len(_TURN)):
        version = give(house, cases, _TURN, version)
        _perform(drainer)
    return cases, version


def _check(house: House, groups: dict[int, tuple[range, int]]) -> None:
    with house.engine.connect() as db:
        for events, (cases, _) in groups.items():
            seq = db.execute(text("SELECT seq FROM case_ WHERE id = :c"), {"c": cases[0]}).scalar_one()
            assert seq == events, (seq, events)


def _perform(drainer: Drainer) -> float:
    before, done = _cpu(), 0
    while some := drainer.drain(200).commands:
        done += some
    return (_cpu() - before) / done


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
