"""Processes that share the verification of all histories: checking is arithmetic, one process uses one processor."""

from __future__ import annotations

import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library
from workflow.db.verifying import LAST, verify_cases, verify_range
from workflow.definition.offices import Office
from workflow.finding import Finding

#: Cases that a process checks before it tells.
CASES_A_TURN = 2000

#: How many events a process has checked, and what it found.
Turn = tuple[int, Sequence[Finding]]

_ENDS = text("""SELECT max(id) FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / :n AS turn FROM case_) c
    GROUP BY turn ORDER BY turn""")


def verify_all(
    connection: Connection,
    library: Library,
    url: str,
    *,
    jobs: int,
    seen: Callable[[int], None],
) -> Iterator[Finding]:
    """`verify_cases` of all cases with `jobs` processes, this one among them; by case.

    The others have connections of their own to `url`.
    """
    turns = _turns(connection)
    connection.rollback()
    with _without_collector():
        if min(jobs, len(turns)) < 2:
            yield from verify_cases(connection, library, ids=None, seen=seen)
            return
        # Forking would copy open connections; a fresh process knows nothing of them.
        fresh = multiprocessing.get_context("spawn")
        others = min(jobs, len(turns)) - 1
        with ProcessPoolExecutor(others, fresh, _open, (url, dict(library.offices))) as pool:
            waiting = deque((ends, pool.submit(_turn, ends)) for ends in turns)
            try:
                yield from _shared(connection, library, waiting, seen)
            finally:
                pool.shutdown(cancel_futures=True)


def _shared(
    connection: Connection,
    library: Library,
    waiting: deque[tuple[tuple[int, int], Future[Turn]]],
    seen: Callable[[int], None],
) -> Iterator[Finding]:
    """The others begin at the front and this process at the back, until nothing is left that nobody has begun."""
    own: deque[Sequence[Finding]] = deque()
    while waiting and waiting[-1][1].cancel():
        ends, _ = waiting.pop()
        own.appendleft(list(verify_range(connection, library, *ends, seen)))
        while waiting and waiting[0][1].done():
            yield from _told(waiting.popleft()[1], seen)
    for _, turn in waiting:
        yield from _told(turn, seen)
    for findings in own:
        yield from findings


def _told(turn: Future[Turn], seen: Callable[[int], None]) -> Sequence[Finding]:
    events, findings = turn.result()
    seen(events)
    return findings


def _turns(connection: Connection) -> Sequence[tuple[int, int]]:
    """Ranges that hold every possible case: those whose row is gone may still have events."""
    ends = list(connection.execute(_ENDS, {"n": CASES_A_TURN}).scalars())
    return list(zip([0, *ends[:-1]], [*ends[:-1], LAST], strict=True)) if ends else [(0, LAST)]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Folding makes no cycles, and looking for some takes a tenth of its time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Own:
    """What a process of the pool works with."""

    engine: Engine
    library: Library


def _open(url: str, offices: Mapping[str, Office]) -> None:
    gc.disable()
    _Own.engine = engine_for(url, ENGINE)
    _Own.library = Library(offices)


def _turn(ends: tuple[int, int]) -> Turn:
    seen: list[int] = []
    with _Own.engine.connect() as connection:
        findings = list(verify_range(connection, _Own.library, *ends, seen.append))
    return sum(seen), findings
