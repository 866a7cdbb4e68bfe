"""Definitions, cases with their data and history, and what cases hold."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

definition = Table(
    "definition",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("process", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("approver", Text),
    moment("created_at", now=True),
    Column("draft", BigInteger),
    UniqueConstraint("process", "version", name="definition_version"),
)

case_ = Table(
    "case_",
    metadata,
    identity(),
    Column("process", Text, nullable=False),
    Column("definition", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("owner", BigInteger),
    Column("person", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("revision", Integer, nullable=False, server_default="0"),
    Column("seq", Integer, nullable=False, server_default="0"),
    Column("head", LargeBinary, nullable=False, server_default=""),
    Column("data", Integer, nullable=False, server_default="0"),
    Column("saves", Integer, nullable=False, server_default="0"),
    Column("fold", JSONB, nullable=False, server_default="{}"),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    Index("case_owner", "owner", postgresql_where=text("owner IS NOT NULL")),
    postgresql_with={"fillfactor": "70"},
)

working_copy = Table(
    "working_copy",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("cipher", LargeBinary, nullable=False),
    Column("versions", Integer, nullable=False, server_default="0"),
    moment("saved_at", now=True),
)

case_data = Table(
    "case_data",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("cipher", LargeBinary),
    Column("salt", LargeBinary),
    Column("digest", Text, nullable=False),
    moment("at", now=True),
)

document = Table(
    "document",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("blob", Text),
    Column("rendition", Text),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("salt", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("inspection", JSONB, nullable=False, server_default="{}"),
    moment("at", now=True),
    Index("document_case", "case_id"),
)

event = Table(
    "event",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    moment("at"),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

hold_key = Table(
    "hold_key",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
)

hold = Table(
    "hold",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("case_id", BigInteger, primary_key=True),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False, server_default="held"),
    Column("arrival", BigInteger, nullable=False, server_default="0"),
)
