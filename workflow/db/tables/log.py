"""The log that seals histories: leaves, complete subtrees, checkpoints, time stamps, who asked for one."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text, text

from workflow.db.tables.columns import identity, metadata, moment

log_leaf = Table(
    "log_leaf",
    metadata,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("case_id", BigInteger),
    Column("seq", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Index("log_leaf_case", "case_id", "seq", unique=True, postgresql_where=text("case_id IS NOT NULL")),
    Index("log_leaf_house", "kind", "place", postgresql_where=text("case_id IS NULL")),
)

log_node = Table(
    "log_node",
    metadata,
    Column("level", SmallInteger, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    moment("moment"),
    Column("note", Text, nullable=False),
)

checkpoint_stamp = Table(
    "checkpoint_stamp",
    metadata,
    Column("size", BigInteger, ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False),
    Column("token", LargeBinary, nullable=False),
    moment("at", now=True),
)

seal_request = Table(
    "seal_request",
    metadata,
    identity(),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    moment("asked_at"),
    moment("done_at", nullable=True),
    Column("size", BigInteger),
    Index("seal_request_waiting", "id", postgresql_where=text("done_at IS NULL")),
)
