"""What belongs to no case against its hashes: definitions, calendars, and the journal with what was said in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.canonical import digest
from workflow.db.journal import NO_CASE
from workflow.db.publishing import ISSUED
from workflow.db.snapshot import snapshot
from workflow.db.tables import calendar, definition, journal, journal_note
from workflow.definition.body import body_hash
from workflow.events import GENESIS, event_hash
from workflow.finding import Finding
from workflow.vault import salted_digest

_STREAMED = {"yield_per": 500}


def verify_house(db: Connection) -> Iterator[Finding]:
    """Everything that belongs to no case, as of one moment."""
    with snapshot(db):
        yield from verify_definitions(db)
        yield from verify_journal(db)


def verify_definitions(db: Connection) -> Iterator[Finding]:
    """Bodies of definitions and calendars that do not give the hash under which histories name them."""
    c = definition.c
    query = select(c.hash, c.process, c.version, c.body).order_by(c.process, c.version)
    for row in db.execute(query, execution_options={"yield_per": 20}):
        if body_hash(row.body) != row.hash:
            yield Finding(code="definition_changed", details={"process": row.process, "version": row.version})
    shelf = select(calendar.c.hash, calendar.c.name, calendar.c.version, calendar.c.body)
    for row in db.execute(shelf.order_by(calendar.c.name, calendar.c.version)):
        if digest(row.body) != row.hash:
            yield Finding(code="calendar_changed", details={"calendar": row.name, "version": row.version})


def verify_journal(db: Connection) -> Iterator[Finding]:
    """The first break of the journal's chain, published definitions that are gone, and words that were changed."""
    known = set(db.scalars(select(definition.c.hash)))
    said = select(journal, journal_note.c.seq.label("note"), journal_note.c.salt, journal_note.c.text)
    query = said.outerjoin(journal_note, journal_note.c.seq == journal.c.seq).order_by(journal.c.seq)
    previous = GENESIS
    for seq, row in enumerate(db.execute(query, execution_options=_STREAMED), start=1):
        if row.seq != seq:
            yield Finding(code="event_missing", case=NO_CASE, seq=seq)
            return
        if event_hash(previous, NO_CASE, seq, row.type, row.actor, row.at, row.body) != bytes(row.hash):
            yield Finding(code="event_changed", case=NO_CASE, seq=seq)
            return
        previous = bytes(row.hash)
        if row.type == ISSUED and row.body["hash"] not in known:
            why = f"No definition has the hash {row.body['hash']}."
            yield Finding(code="definition_missing", case=NO_CASE, seq=seq, details={"why": why})
        if _said_otherwise(row):
            yield Finding(code="note_changed", case=NO_CASE, seq=seq)


def _said_otherwise(row: Row[Any]) -> bool:
    """True when words are kept that are not those of the event; erased ones have neither words nor salt."""
    told = row.body.get("said")
    if told is None:
        return bool(row.text is not None)
    if row.text is None or row.salt is None:
        return bool(row.note is None)
    return salted_digest(bytes(row.salt), row.text.encode()) != str(told)
