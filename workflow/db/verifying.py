"""Streaming all histories past the check that each is whole and says what is stored; memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, CursorResult, Row, bindparam, select, text

from workflow.case import Case
from workflow.db.cases import stored
from workflow.db.library import Library
from workflow.db.tables import case_
from workflow.events import Event
from workflow.finding import Finding
from workflow.replay import check

#: Cases whose histories are read by one statement.
CASES_A_PAGE = 250
#: Rows that the driver holds at once, however long a history is.
ROWS_AT_ONCE = 2000

_LAST = 2**63 - 1
_PAGE = select(case_).where(case_.c.id > bindparam("after")).order_by(case_.c.id).limit(CASES_A_PAGE)
_CHOSEN = select(case_).where(case_.c.id.in_(bindparam("ids", expanding=True))).order_by(case_.c.id)
#: Bodies come as text: parsing them here is cheaper than in the driver.
_EVENTS = text("""SELECT case_id, seq, type, actor, at, body::text, hash FROM event
    WHERE case_id > :after AND case_id <= :until ORDER BY case_id, seq""")


def verify_cases(
    connection: Connection, library: Library, *, ids: Sequence[int] | None, seen: Callable[[int], None]
) -> Iterator[Finding]:
    """What does not fit in the histories of the cases `ids` (None: of all), at most one finding a case, by case.

    `connection` reads one snapshot; `seen` is told how many events were read since it was last told. Cases that were
    never submitted have no history.
    """
    streaming = connection.execution_options(yield_per=ROWS_AT_ONCE)
    if ids is not None:
        for row in connection.execute(_CHOSEN, {"ids": list(ids)}).all():
            yield from _page(streaming, library, [row], row.id - 1, row.id, seen)
        return
    after = 0
    while rows := connection.execute(_PAGE, {"after": after}).all():
        until = rows[-1].id if len(rows) == CASES_A_PAGE else _LAST
        yield from _page(streaming, library, rows, after, until, seen)
        after = until
    if after < _LAST:
        yield from _page(streaming, library, [], after, _LAST, seen)


def _page(
    db: Connection, library: Library, rows: Sequence[Row[Any]], after: int, until: int, seen: Callable[[int], None]
) -> Iterator[Finding]:
    cases = {row.id: stored(dict(row._mapping)).case for row in rows}
    events = _counted(db.execute(_EVENTS, {"after": after, "until": until}), seen)
    for id_, history in groupby(events, key=lambda e: e.case):
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


def _counted(rows: CursorResult[*tuple[Any, ...]], seen: Callable[[int], None]) -> Iterator[Event]:
    for part in rows.partitions(ROWS_AT_ONCE):
        for case, seq, type_, actor, at, body, hash_ in part:
            yield Event(case, seq, type_, actor, at, orjson.loads(body), hash_)
        seen(len(part))
