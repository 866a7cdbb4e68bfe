"""Stored dues follow a calendar: a projection that the clock process writes anew when a version is published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text

from workflow.case import Case
from workflow.db.batch import promised
from workflow.db.concerned import PAGE, concerned, is_live, page
from workflow.db.library import Library
from workflow.timers import armed

#: Any number; the one clock process that writes dues anew holds this lock until its transaction ends.
_LOCK = 4121

_ALONE = text("SELECT pg_try_advisory_xact_lock(:n)")
_WAITING = text("""
    SELECT c.hash, c.name, coalesce(r.reached, 0) AS reached FROM calendar c LEFT JOIN recount r ON r.hash = c.hash
    WHERE c.published_at IS NOT NULL AND r.done_at IS NULL ORDER BY c.published_at LIMIT 1
""")
_REACHED = text("""
    INSERT INTO recount (hash, reached, moved, done_at) VALUES (:hash, :reached, :moved, :done)
    ON CONFLICT (hash) DO UPDATE SET reached = excluded.reached, moved = recount.moved + excluded.moved,
        done_at = excluded.done_at
""")
# Only rows that are there: a timer without a row is on its way to be fired, and the decision asks again when it is due.
_TIMERS = text("""
    UPDATE timer t SET due_at = d.due
    FROM unnest(CAST(:cases AS bigint[]), CAST(:names AS text[]), CAST(:dues AS timestamptz[])) AS d(c, name, due)
    WHERE t.case_id = d.c AND t.name = d.name AND t.due_at <> d.due
""")
_TASKS = text("""
    UPDATE task t SET due_at = d.due
    FROM unnest(CAST(:cases AS bigint[]), CAST(:seqs AS int[]), CAST(:dues AS timestamptz[])) AS d(c, seq, due)
    WHERE t.case_id = d.c AND t.seq = d.seq AND t.status = 'open' AND t.due_at IS DISTINCT FROM d.due
""")


def follow(db: Connection, library: Library, now: datetime) -> bool:
    """Write anew the dues of the next cases that a newly published version concerns; False when there is nothing to do.

    One page of cases a transaction, under their locks. Killed, it goes on after the last page; done again, it changes
    nothing. Levels that were told are not armed, so they are not told twice (rule 10).
    """
    if not db.execute(_ALONE, {"n": _LOCK}).scalar():
        return False
    waiting = db.execute(_WAITING).one_or_none()
    if waiting is None:
        return False
    pairs = concerned(db, library, waiting.name)
    found = page(db, library, pairs, waiting.reached, lock=True)
    # Looked at under the locks: what is published later finds these cases again.
    library.keep_time(db, pairs)
    moved = _write(db, library, [case for case in found if is_live(library, case)])
    reached, done = (found[-1].id, None) if len(found) == PAGE else (waiting.reached, now)
    db.execute(_REACHED, {"hash": waiting.hash, "reached": reached, "moved": moved, "done": done})
    return True


def _write(db: Connection, library: Library, cases: Iterable[Case]) -> int:
    """Dues of timers and open tasks of locked cases, as they are now; how many moved."""
    timers: list[tuple[int, str, datetime]] = []
    tasks: list[tuple[int, int, datetime | None]] = []
    for case in cases:
        book = library.book(case.definition, case.office)
        timers += [(case.id, name, moment) for name, moment in armed(book, case).items()]
        if case.task is not None:
            tasks.append((case.id, case.task.seq, promised(book, case)))
    moved = 0
    if timers:
        ids, names, dues = map(list, zip(*timers, strict=True))
        moved += db.execute(_TIMERS, {"cases": ids, "names": names, "dues": dues}).rowcount
    if tasks:
        ids, seqs, ends = map(list, zip(*tasks, strict=True))
        moved += db.execute(_TASKS, {"cases": ids, "seqs": seqs, "dues": ends}).rowcount
    return moved
