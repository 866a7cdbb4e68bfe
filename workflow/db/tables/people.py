"""Accounts, what they may do, what they were told and what they looked at."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

account = Table(
    "account",
    metadata,
    identity(),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("email", Text, unique=True),
    Column("password", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("fs_uniquifier", Text, nullable=False, unique=True),
    Column("person", BigInteger),
    Column("language", Text, nullable=False, server_default="id"),
    moment("created_at", now=True),
)

token = Table(
    "token",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    moment("created_at", now=True),
    moment("expires_at"),
)

membership = Table(
    "membership",
    metadata,
    Column("account", BigInteger, ForeignKey("account.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("office", Text, primary_key=True),
)

person_key = Table(
    "person_key",
    metadata,
    identity(),
    Column("wrapped", LargeBinary),
    moment("created_at", now=True),
    moment("erased_at", nullable=True),
)

notice = Table(
    "notice",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("account", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    moment("at", now=True),
    moment("read_at", nullable=True),
    moment("mailed_at", nullable=True),
    UniqueConstraint("case_id", "seq", "account", name="notice_once"),
    Index("notice_account", "account", "id"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("account", BigInteger, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("status", Integer),
    Column("headers", JSONB),
    Column("body", JSONB),
    moment("at", now=True),
)

access_log = Table(
    "access_log",
    metadata,
    identity(),
    Column("account", BigInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    moment("at", now=True),
    Index("access_of_case", "case_id"),
)
