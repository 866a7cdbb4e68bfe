"""Histories out of the database, fast: through the bare driver, many events a row (docs/adr/0004-bare-driver.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, repeat
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import Connection

from workflow.case import Case
from workflow.db.cases import standing
from workflow.events import Event

#: Rows that the driver holds at once.
_ROWS = 250

#: Histories travel in rows of 256 events, whose bodies are one JSON text: a row for each event costs twice the time,
#: and one for each case would not fit into memory where a case has very many.
_EVENTS = """SELECT case_id, array_agg(seq ORDER BY seq), array_agg(type ORDER BY seq),
        array_agg(actor ORDER BY seq), array_agg(at ORDER BY seq),
        '[' || string_agg(body::text, ',' ORDER BY seq) || ']', array_agg(hash ORDER BY seq)
    FROM event WHERE case_id > %s AND case_id <= %s GROUP BY case_id, (seq - 1) / 256
    ORDER BY case_id, (seq - 1) / 256"""


_CASES = """SELECT id, process, definition, office, owner, state, revision, seq, head, data, fold::text
    FROM case_ WHERE id > %s AND id <= %s ORDER BY id LIMIT %s"""

#: An event of its parts; `Event._make` takes twice the time.
_event: Callable[[Iterable[Any]], Event] = partial(tuple.__new__, Event)


def read(db: Connection, case: int) -> list[Event]:
    """All events of a case, oldest first."""
    with _driver(db).cursor(binary=True) as cursor:
        return list(chain.from_iterable(_unpacked(cursor.execute(_EVENTS, [case - 1, case]))))


def stream(db: Connection, after: int, until: int, seen: Callable[[int], None]) -> Iterator[Event]:
    """The events of all cases above `after` up to `until`, by case and number; `seen` is told how many went by."""
    with _driver(db).cursor("histories", binary=True) as cursor:
        cursor.itersize = _ROWS
        yield from chain.from_iterable(_unpacked(cursor.execute(_EVENTS, [after, until]), seen))


def page(db: Connection, after: int, until: int, limit: int) -> list[Case]:
    """The first `limit` cases above `after` up to `until` as they are stored, by number."""
    with _driver(db).cursor(binary=True, row_factory=dict_row) as cursor:
        rows = cursor.execute(_CASES, [after, until, limit])
        return [standing({**row, "fold": orjson.loads(row["fold"])}) for row in rows]


def _unpacked(rows: Iterable[Any], seen: Callable[[int], None] | None = None) -> Iterator[Iterable[Event]]:
    """The events of each row. No step of Python's own lies between two of them: a million go by here."""
    for case, seqs, types, actors, ats, bodies, hashes in rows:
        parts = zip(repeat(case, len(seqs)), seqs, types, actors, ats, orjson.loads(bodies), hashes, strict=True)
        yield map(_event, parts)
        if seen is not None:
            seen(len(seqs))


def _driver(db: Connection) -> psycopg.Connection[Any]:
    driver: psycopg.Connection[Any] | None = db.connection.driver_connection
    assert driver is not None
    return driver
