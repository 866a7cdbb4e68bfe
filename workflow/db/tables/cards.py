"""The register of cards, their prints, and the stored phases of their signatures."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
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
    Column("aim", Text),
    Column("pending", Text),
    moment("stamps_until", nullable=True),
    Column("signer", Text),
    Column("signatures", Integer, nullable=False, server_default=text("1")),
    moment("reserved_at", now=True),
    moment("changed_at", now=True),
    moment("erased_at", nullable=True),
    UniqueConstraint("series", "serial", name="card_serial"),
    Index("card_file", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
    Index("card_pending", "id", postgresql_where=text("pending IS NOT NULL")),
    Index("card_archived", "stamps_until", postgresql_where=text("level = 'B-LTA'")),
)

earlier_file = Table(
    "earlier_file",
    metadata,
    Column("case_id", BigInteger, nullable=False),
    Column("card", BigInteger, ForeignKey("card.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("blob", Text),
    Column("level", Text),
    Column("published", Boolean, nullable=False),
    moment("replaced_at"),
    Index("earlier_file_sha256", "sha256"),
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
    Column("blob", Text),
    Column("cms", LargeBinary),
    Column("phase", Text, nullable=False),
    Column("account", BigInteger),
    moment("prepared_at", now=True),
    moment("signed_at", nullable=True),
)

print_ = Table(
    "print",
    metadata,
    Column("case_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("card", BigInteger, ForeignKey("card.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("data", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("blob", Text),
    Column("account", BigInteger, nullable=False),
    moment("drawn_at", now=True),
    moment("changed_at", now=True),
    UniqueConstraint("case_id", "seq", name="print_step"),
    Index("print_current", "card", unique=True, postgresql_where=text("state = 'current'")),
    Index("print_file", "sha256"),
)

card_report = Table(
    "card_report",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("card", BigInteger, ForeignKey("card.id"), nullable=False),
    Column("kind", Text, nullable=False),
    moment("at", now=True),
    moment("last_at", now=True),
    Column("times", Integer, nullable=False, server_default=text("1")),
    Column("verdict", Text),
    Column("settled_by", BigInteger),
    moment("settled_at", nullable=True),
    CheckConstraint("kind IN ('lost', 'suspected')", name="card_report_kind"),
    CheckConstraint("verdict IN ('confirmed', 'unfounded')", name="card_report_verdict"),
    CheckConstraint(
        "(verdict IS NULL) = (settled_at IS NULL) AND (verdict IS NULL) = (settled_by IS NULL)",
        name="card_report_settled",
    ),
    Index("card_report_open", "card", "kind", unique=True, postgresql_where=text("verdict IS NULL")),
    Index("card_report_card", "card"),
)
