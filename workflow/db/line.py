"""Standing in line for a place: who came first, and how many are before a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import text

from workflow.commands import MIGRATE, SUBMIT
from workflow.db.cases import Executor
from workflow.db.rows import Claimed
from workflow.rulebook import Rulebook

_EARLIER = """SELECT min(m.id) FROM command m JOIN case_ c ON c.id = m.case_id
    WHERE m.status = 'pending' AND m."do" = 'submit' AND c.process = ANY(%b::text[])
    AND m.id < %b::bigint AND m.id <> ALL(%b::bigint[])"""


def in_turn(cursor: psycopg.Cursor[Any], rows: Sequence[Claimed], books: Mapping[int, Rulebook]) -> list[Claimed]:
    """The rows that may be decided now: a submission to a process with a line waits while another worker holds an
    earlier one, so that places go by arrival; later commands of a case that waits wait with it."""
    limited = [r for r in rows if r.do == SUBMIT and books[r.id].lines]
    if not limited:
        return list(rows)
    processes = sorted({r.process for r in limited})
    last = max(r.id for r in limited)
    first = cursor.execute(_EARLIER, [processes, last, [r.id for r in rows]]).fetchall()[0][0]
    if first is None:
        return list(rows)
    late = {r.case_id for r in limited if r.id > first}
    return [r for r in rows if r.case_id not in late]


def last_of_its_book(rows: Sequence[Claimed]) -> list[Claimed]:
    """The rows without those that come after a migration of their case: they are read with its new definition next."""
    moving: set[int] = set()
    out = []
    for row in rows:
        if row.case_id not in moving:
            out.append(row)
        if row.do == MIGRATE:
            moving.add(row.case_id)
    return out


def places_in_line(db: Executor, case: int) -> dict[str, int]:
    """How many wait before this case and itself, by hold: 1 is the next; 0 for a case that is called already.

    Row-level security hides the others, not their number; ask for a case that the person may see.
    """
    rows = db.execute(text("SELECT name, place FROM places_in_line(:case)"), {"case": case})
    return {row.name: row.place for row in rows}
