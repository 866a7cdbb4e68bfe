"""Definitions on their way: drafts with every save, and the texts from which versions were made."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

draft = Table(
    "draft",
    metadata,
    identity(),
    Column("process", Text, nullable=False),
    Column("base", Text),
    Column("status", Text, nullable=False, server_default="draft"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("hash", Text),
    Column("submitted_by", Text),
    moment("submitted_at", nullable=True),
    Column("returned", BigInteger),
    CheckConstraint("status IN ('draft', 'in_review', 'published')", name="draft_status"),
    Index("draft_process", "process", "id"),
)

draft_save = Table(
    "draft_save",
    metadata,
    Column("draft", BigInteger, ForeignKey("draft.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("author", Text, nullable=False),
    moment("at"),
    Column("files", JSONB, nullable=False),
)

definition_text = Table(
    "definition_text",
    metadata,
    Column("hash", Text, ForeignKey("definition.hash"), primary_key=True),
    Column("files", JSONB, nullable=False),
)
