"""Erasures: asked for, and done."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

erasure = Table(
    "erasure",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("under", Text, nullable=False),
    Column("basis", Text, nullable=False),
    moment("at"),
    moment("first_at", nullable=True),
    Column("account", BigInteger),
    Column("blobs", JSONB, nullable=False, server_default="[]"),
    moment("done_at", nullable=True),
    CheckConstraint("under IN ('right', 'retention')", name="erasure_under"),
    Index("erasure_undone", "case_id", postgresql_where=text("done_at IS NULL")),
)

erasure_order = Table(
    "erasure_order",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("account", BigInteger, nullable=False),
    moment("at"),
    Column("status", Text, nullable=False, server_default="waiting"),
    Column("outcome", JSONB),
    moment("done_at", nullable=True),
    CheckConstraint("status IN ('waiting', 'done', 'refused')", name="erasure_order_status"),
    Index("erasure_order_waiting", "id", postgresql_where=text("status = 'waiting'")),
)
