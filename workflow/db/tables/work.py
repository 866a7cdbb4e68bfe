"""What waits to be done: commands, tasks, timers, effects, incidents."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, SmallInteger, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from workflow.db.tables.columns import identity, metadata, moment

command = Table(
    "command",
    metadata,
    identity(),
    Column("case_id", BigInteger, nullable=False),
    Column("do", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("payload", JSONB, nullable=False, server_default="{}"),
    Column("key", Uuid, nullable=False, unique=True),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("outcome", JSONB),
    moment("created_at", now=True),
    moment("done_at", nullable=True),
    Index("command_pending", "id", postgresql_where=text("status = 'pending'")),
    Index("command_of_case", "case_id", "id", postgresql_where=text("status = 'pending'")),
)

task = Table(
    "task",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("process", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("assignee", Text),
    moment("lease_until", nullable=True),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    moment("due_at", nullable=True),
    Column("status", Text, nullable=False, server_default="open"),
    moment("created_at", now=True),
    moment("done_at", nullable=True),
    Column("done_by", Text),
    Index("task_inbox", "role", "office", "priority", "due_at", "case_id", postgresql_where=text("status = 'open'")),
)

timer = Table(
    "timer",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    moment("due_at"),
    Index("timer_due", "due_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("input", JSONB, nullable=False),
    Column("status", Text, nullable=False, server_default="due"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("waits", Integer, nullable=False, server_default="0"),
    Column("resting", Boolean, nullable=False, server_default=text("false")),
    moment("due_at", now=True),
    Column("result", JSONB),
    Column("error", Text),
    moment("created_at", now=True),
    moment("done_at", nullable=True),
    Index("outbox_due", "queue", "due_at", postgresql_where=text("status = 'due'")),
)

incident = Table(
    "incident",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True),
    Column("process", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("code", Text, nullable=False),
    moment("at"),
)
