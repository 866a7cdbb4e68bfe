"""Who may act on which case beside the memberships: deputies, relatives, recusals and broken glass."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint, text

from workflow.db.tables.columns import identity, metadata, moment

case_key = Table(
    "case_key",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("field", Text, primary_key=True),
    Column("key", Text),
    Index("case_key_key", "key", postgresql_where=text("key IS NOT NULL")),
)

kin = Table(
    "kin",
    metadata,
    identity(),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("declared_by", BigInteger, ForeignKey("account.id"), nullable=False),
    moment("declared_at"),
    UniqueConstraint("account", "key", name="kin_once"),
)

recusal = Table(
    "recusal",
    metadata,
    Column("account", BigInteger, primary_key=True),
    Column("case_id", BigInteger, primary_key=True),
    moment("at"),
)

deputy = Table(
    "deputy",
    metadata,
    identity(),
    Column("absent", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("deputy", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("office", Text, nullable=False),
    moment("from_at"),
    moment("until_at"),
    Column("named_by", BigInteger, ForeignKey("account.id"), nullable=False),
    moment("named_at"),
    CheckConstraint("absent <> deputy", name="deputy_another"),
    Index("deputy_person", "deputy"),
    Index("deputy_absent", "absent"),
)

glass = Table(
    "glass",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("role", Text, nullable=False),
    moment("at"),
    moment("until_at"),
    moment("review_by"),
    Column("verdict", Text),
    Column("reviewer", BigInteger, ForeignKey("account.id")),
    moment("reviewed_at", nullable=True),
    Index("glass_case", "case_id"),
    Index("glass_unreviewed", "review_by", postgresql_where=text("verdict IS NULL")),
)
