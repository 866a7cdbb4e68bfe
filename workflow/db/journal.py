"""The journal: changes that belong to no case (calendars, definitions, memberships, migrations), as a chain of events.

Like the history of a case it holds codes, digests and verdicts, never a personal value and no free text.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from workflow.db.cases import Executor
from workflow.db.tables import journal, journal_note
from workflow.events import GENESIS, Event, first_break, seal
from workflow.vault import SALT_BYTES, salted_digest

#: The journal is chained like a case's history; no case has this number.
NO_CASE = 0
#: Any number; whoever writes the journal holds this lock until its transaction ends, so the chain has no fork.
_LOCK = 4118


def record(db: Executor, *, actor: str, type: str, body: Mapping[str, Any], at: datetime) -> int:
    """Append an event in the caller's transaction; its number, counted from 1 without a gap.

    `actor` is an account id as text, or a name that says which part of Alur acted. `body` must be canonical JSON.
    """
    db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = db.execute(select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(1)).one_or_none()
    seq, previous = (last.seq + 1, bytes(last.hash)) if last else (1, GENESIS)
    sealed = seal(previous, NO_CASE, seq, type, actor, at, body)
    db.execute(insert(journal).values(seq=seq, type=type, actor=actor, at=at, body=body, hash=sealed.hash))
    return int(seq)


def record_said(db: Executor, *, actor: str, type: str, body: Mapping[str, Any], said: str | None, at: datetime) -> int:
    """Like `record`, with what a person said: `body` gets its salted digest as `said`, the words are kept apart."""
    if not said:
        return record(db, actor=actor, type=type, body=body, at=at)
    salt = secrets.token_bytes(SALT_BYTES)
    digest = salted_digest(salt, said.encode())
    seq = record(db, actor=actor, type=type, body={**body, "said": digest}, at=at)
    db.execute(insert(journal_note).values(seq=seq, salt=salt, text=said))
    return seq


def said_at(db: Executor, seq: int) -> str | None:
    """What was said with event `seq`; None where nothing was, or where it was erased."""
    return db.execute(select(journal_note.c.text).where(journal_note.c.seq == seq)).scalar()


def read(db: Executor, *, types: Sequence[str] = (), before: int | None = None, limit: int = 100) -> list[Event]:
    """Events of the journal, newest first: those of `types` (all when empty), below the number `before`."""
    query = select(journal).order_by(journal.c.seq.desc()).limit(limit)
    if types:
        query = query.where(journal.c.type.in_(list(types)))
    if before is not None:
        query = query.where(journal.c.seq < before)
    return [_event(row) for row in db.execute(query)]


def whole(db: Executor) -> int | None:
    """Number of the first event at which the chain breaks, or None."""
    return first_break([_event(row) for row in db.execute(select(journal).order_by(journal.c.seq))])


def _event(row: Any) -> Event:
    return Event(NO_CASE, row.seq, row.type, row.actor, row.at, row.body, bytes(row.hash))
