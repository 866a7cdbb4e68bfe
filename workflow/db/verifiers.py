"""Processes that share the verification of all histories: checking is arithmetic, one process uses one processor."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor

from sqlalchemy import Connection, Engine, text

from workflow.db.connect import ENGINE, engine_for
from workflow.db.library import Library
from workflow.db.verifying import LAST, verify_cases, verify_range
from workflow.definition.offices import Office
from workflow.finding import Finding

#: Cases that a process checks before it tells.
CASES_A_TURN = 2000

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
    """`verify_cases` of all cases with `jobs` processes, each with a connection of its own to `url`; by case."""
    turns = _turns(connection)
    connection.rollback()
    if jobs < 2 or len(turns) < 2:
        yield from verify_cases(connection, library, ids=None, seen=seen)
        return
    # Forking would copy open connections; a fresh process knows nothing of them.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(turns)), fresh, _open, (url, dict(library.offices))) as pool:
        for events, findings in pool.map(_turn, turns):
            seen(events)
            yield from findings


def _turns(connection: Connection) -> Sequence[tuple[int, int]]:
    """Ranges that hold every possible case: those whose row is gone may still have events."""
    ends = list(connection.execute(_ENDS, {"n": CASES_A_TURN}).scalars())
    return list(zip([0, *ends[:-1]], [*ends[:-1], LAST], strict=True)) if ends else [(0, LAST)]


class _Own:
    """What a process of the pool works with."""

    engine: Engine
    library: Library


def _open(url: str, offices: Mapping[str, Office]) -> None:
    # Folding makes no cycles, and looking for some takes a tenth of its time.
    gc.disable()
    _Own.engine = engine_for(url, ENGINE)
    _Own.library = Library(offices)


def _turn(ends: tuple[int, int]) -> tuple[int, Sequence[Finding]]:
    seen: list[int] = []
    with _Own.engine.connect() as connection:
        findings = list(verify_range(connection, _Own.library, *ends, seen.append))
    return sum(seen), findings
