"""Versions of calendars; and readings keep their pauses as moments, so stored ones are made anew from the events."""

from __future__ import annotations

import json
from functools import cache, partial
from pathlib import Path
from zoneinfo import ZoneInfo

from alembic import op
from sqlalchemy import Connection, text

from workflow.case import Case, fold_text
from workflow.definition.reader import load_process
from workflow.events import Event
from workflow.evolve import fold
from workflow.rulebook import Rulebook

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_CASES = text("""
    SELECT id, process, definition, office, owner FROM case_
    WHERE id > :after AND fold ? 'clocks' ORDER BY id LIMIT 500
""")
_EVENTS = text("SELECT seq, type, actor, at, body, hash FROM event WHERE case_id = :case ORDER BY seq")
_WRITE = text("UPDATE case_ SET fold = jsonb_set(fold, '{clocks}', CAST(:clocks AS jsonb)) WHERE id = :case")


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())
    refold(op.get_bind())


def downgrade() -> None:
    raise RuntimeError("The sum of pauses is not made again; restore a backup instead.")


def refold(db: Connection) -> int:
    """Write the clocks of every case anew from its events, whatever the shape that is stored; how many cases.

    Nothing else of the fold is touched: a difference between it and the events must stay visible.
    """
    books = cache(partial(_book, db))
    done = after = 0
    while rows := db.execute(_CASES, {"after": after}).all():
        for row in rows:
            owner = None if row.owner is None else str(row.owner)
            start = Case(row.id, row.process, row.definition, row.office, owner)
            events = db.execute(_EVENTS, {"case": row.id})
            past = (Event(row.id, e.seq, e.type, e.actor, e.at, e.body, bytes(e.hash)) for e in events)
            case = fold(books, start, past)
            db.execute(_WRITE, {"case": row.id, "clocks": json.dumps(json.loads(fold_text(case))["clocks"])})
            after, done = row.id, done + 1
    return done


def _book(db: Connection, hash_: str) -> Rulebook:
    """Folding asks neither zone nor calendar."""
    body = db.execute(text("SELECT body FROM definition WHERE hash = :hash"), {"hash": hash_}).scalar_one()
    return Rulebook(load_process(body), ZoneInfo("UTC"))
