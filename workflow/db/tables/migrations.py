"""Moving running cases to another version of their definition."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

migration = Table(
    "migration",
    metadata,
    identity(),
    Column("process", Text, nullable=False),
    Column("plan", JSONB, nullable=False),
    Column("proposer", Text, nullable=False),
    Column("approver", Text),
    Column("status", Text, nullable=False, server_default="proposed"),
    Column("paused_in", Text),
    Column("why", Text),
    Column("map_back", Boolean, nullable=False, server_default="false"),
    moment("proposed_at"),
    moment("since", nullable=True),
    Column("canary", Integer),
    moment("watched_until", nullable=True),
    Column("canary_passed", Boolean, nullable=False, server_default="false"),
    Column("reached", BigInteger, nullable=False, server_default="0"),
    Column("passes", Integer, nullable=False, server_default="0"),
    Column("report", JSONB),
    moment("done_at", nullable=True),
    CheckConstraint("approver <> proposer", name="migration_four_eyes"),
    CheckConstraint("approver IS NOT NULL OR status IN ('proposed', 'aborted')", name="migration_approved"),
    Index(
        "migration_under_way",
        "process",
        unique=True,
        postgresql_where=text("status = 'running' OR status = 'reverting' OR status = 'paused'"),
    ),
)

migration_case = Table(
    "migration_case",
    metadata,
    Column("migration", BigInteger, primary_key=True, autoincrement=False),
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("back", Boolean, nullable=False, server_default="false"),
    Column("status", Text, nullable=False, server_default="due"),
    Column("code", Text),
    Column("details", JSONB),
    Column("command", BigInteger),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("revision", Integer),
    Column("was", JSONB),
    moment("asked_at", nullable=True),
    moment("done_at", nullable=True),
    Index("migration_case_status", "migration", "status", "case_id"),
)
