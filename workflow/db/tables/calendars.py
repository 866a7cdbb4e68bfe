"""Versions of calendars, and how far the dues of cases follow them."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import metadata, moment

calendar = Table(
    "calendar",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("author", Text, nullable=False),
    Column("approver", Text),
    moment("submitted_at"),
    moment("published_at", nullable=True),
    CheckConstraint("(approver IS NULL) = (published_at IS NULL)", name="calendar_approved"),
    CheckConstraint("approver <> author OR author = 'shipped'", name="calendar_four_eyes"),
    Index("calendar_version", "name", "version", unique=True, postgresql_where=text("published_at IS NOT NULL")),
)

recount = Table(
    "recount",
    metadata,
    Column("hash", Text, ForeignKey("calendar.hash"), primary_key=True),
    Column("reached", BigInteger, nullable=False, server_default="0"),
    Column("moved", Integer, nullable=False, server_default="0"),
    moment("done_at", nullable=True),
)
