"""Streaming all histories past the check that each is whole and says what is stored; memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from workflow.case import Case
from workflow.db.histories import page, stream
from workflow.db.library import Library
from workflow.db.snapshot import snapshot
from workflow.events import Event
from workflow.finding import Finding
from workflow.replay import check

#: Cases whose histories are read by one statement.
CASES_A_PAGE = 250
#: The largest number that a case can have.
LAST = 2**63 - 1


def verify_cases(
    connection: Connection, library: Library, *, ids: Sequence[int] | None, seen: Callable[[int], None]
) -> Iterator[Finding]:
    """What does not fit in the histories of the cases `ids` (None: of all), at most one finding a case, by case.

    `seen` is told how many events were read since it was last told. Cases that were never submitted have no history.
    """
    if ids is None:
        yield from verify_range(connection, library, 0, LAST, seen)
        return
    for id_ in sorted(set(ids)):
        yield from verify_range(connection, library, id_ - 1, id_, seen)


def verify_range(
    connection: Connection, library: Library, after: int, until: int, seen: Callable[[int], None]
) -> Iterator[Finding]:
    """The same for the cases above `after` up to `until`, a page at a time: no snapshot is held for long."""
    while after < until:
        with snapshot(connection):
            cases = page(connection, after, until, CASES_A_PAGE)
            end = cases[-1].id if len(cases) == CASES_A_PAGE else until
            yield from _checked(connection, library, cases, (after, end), seen)
        after = end


def _checked(
    db: Connection,
    library: Library,
    stored: Sequence[Case],
    ends: tuple[int, int],
    seen: Callable[[int], None],
) -> Iterator[Finding]:
    cases = {case.id: case for case in stored}
    for id_, history in groupby(stream(db, *ends, seen), key=itemgetter(0)):
        case = cases.pop(id_, None)
        found = Finding(code="case_missing", case=id_, seq=1) if case is None else _check(db, library, case, history)
        if found is not None:
            yield found
    for case in cases.values():
        found = _check(db, library, case, iter(())) if case.seq else None
        if found is not None:
            yield found


def _check(db: Connection, library: Library, case: Case, history: Iterator[Event]) -> Finding | None:
    return check(library.look_up(db, case.office), case, history)
