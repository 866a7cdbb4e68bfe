"""What is changed beside cases."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import metadata, moment

journal = Table(
    "journal",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    moment("at"),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

journal_note = Table(
    "journal_note",
    metadata,
    Column("seq", BigInteger, ForeignKey("journal.seq"), primary_key=True, autoincrement=False),
    Column("salt", LargeBinary),
    Column("text", Text),
)
