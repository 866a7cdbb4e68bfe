"""The register of cards and the stored phases of their signatures."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

card = Table(
    "card",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False, unique=True),
    Column("office", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("number", Text, nullable=False, unique=True),
    Column("code", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("holder", Text),
    Column("issued_on", Text),
    Column("expires_on", Text),
    Column("sha256", Text),
    Column("blob", Text),
    Column("level", Text),
    Column("signer", Text),
    moment("reserved_at", now=True),
    moment("changed_at", now=True),
    UniqueConstraint("series", "serial", name="card_serial"),
    Index("card_file", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
)

card_series = Table(
    "card_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("last", Integer, nullable=False),
)

signature = Table(
    "signature",
    metadata,
    Column("card", BigInteger, ForeignKey("card.id"), primary_key=True),
    Column("field", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("prepared", JSONB, nullable=False),
    Column("blob", Text, nullable=False),
    Column("cms", LargeBinary),
    Column("phase", Text, nullable=False),
    moment("prepared_at", now=True),
    moment("signed_at", nullable=True),
)
