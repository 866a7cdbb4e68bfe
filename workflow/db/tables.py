"""All tables. Bulk-written ones carry only the indexes that a query here needs, and no foreign keys between them.

The schema itself, with roles, policies, triggers and functions, is made by the migrations; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_now = text("now()")


def _moment(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=_now if now else None)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=False), primary_key=True)


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
    _moment("created_at", now=True),
    UniqueConstraint("process", "version", name="definition_version"),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("email", Text, unique=True),
    Column("password", Text),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("fs_uniquifier", Text, nullable=False, unique=True),
    Column("person", BigInteger),
    Column("language", Text, nullable=False, server_default="id"),
    _moment("created_at", now=True),
)

token = Table(
    "token",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    _moment("created_at", now=True),
    _moment("expires_at"),
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
    _id(),
    Column("wrapped", LargeBinary),
    _moment("created_at", now=True),
    _moment("erased_at", nullable=True),
)

case_ = Table(
    "case_",
    metadata,
    _id(),
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
    _moment("created_at", now=True),
    _moment("updated_at", now=True),
    Index("case_owner", "owner", postgresql_where=text("owner IS NOT NULL")),
    postgresql_with={"fillfactor": "70"},
)

working_copy = Table(
    "working_copy",
    metadata,
    Column("case_id", BigInteger, primary_key=True, autoincrement=False),
    Column("cipher", LargeBinary, nullable=False),
    Column("versions", Integer, nullable=False, server_default="0"),
    _moment("saved_at", now=True),
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
    _moment("at", now=True),
)

document = Table(
    "document",
    metadata,
    _id(),
    Column("case_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("rendition", Text),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("salt", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("inspection", JSONB, nullable=False, server_default="{}"),
    _moment("at", now=True),
    Index("document_case", "case_id"),
)

command = Table(
    "command",
    metadata,
    _id(),
    Column("case_id", BigInteger, nullable=False),
    Column("do", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("payload", JSONB, nullable=False, server_default="{}"),
    Column("key", Uuid, nullable=False, unique=True),
    Column("status", Text, nullable=False, server_default="pending"),
    Column("outcome", JSONB),
    _moment("created_at", now=True),
    _moment("done_at", nullable=True),
    Index("command_pending", "id", postgresql_where=text("status = 'pending'")),
    Index("command_of_case", "case_id", "id", postgresql_where=text("status = 'pending'")),
)

event = Table(
    "event",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("type", Text, nullable=False),
    Column("actor", Text, nullable=False),
    _moment("at"),
    Column("body", JSONB, nullable=False),
    Column("hash", LargeBinary, nullable=False),
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
    _moment("lease_until", nullable=True),
    Column("priority", SmallInteger, nullable=False, server_default="0"),
    _moment("due_at", nullable=True),
    Column("status", Text, nullable=False, server_default="open"),
    _moment("created_at", now=True),
    _moment("done_at", nullable=True),
    Column("done_by", Text),
    Index("task_inbox", "role", "office", "due_at", "case_id", postgresql_where=text("status = 'open'")),
)

timer = Table(
    "timer",
    metadata,
    Column("case_id", BigInteger, primary_key=True),
    Column("name", Text, primary_key=True),
    _moment("due_at"),
    Index("timer_due", "due_at"),
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
    _moment("due_at", now=True),
    Column("result", JSONB),
    Column("error", Text),
    _moment("created_at", now=True),
    _moment("done_at", nullable=True),
    Index("outbox_due", "queue", "due_at", postgresql_where=text("status = 'due'")),
)

card = Table(
    "card",
    metadata,
    _id(),
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
    _moment("reserved_at", now=True),
    _moment("changed_at", now=True),
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
    _moment("prepared_at", now=True),
    _moment("signed_at", nullable=True),
)

notice = Table(
    "notice",
    metadata,
    _id(),
    Column("case_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("account", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    _moment("at", now=True),
    _moment("read_at", nullable=True),
    _moment("mailed_at", nullable=True),
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
    _moment("at", now=True),
)

access_log = Table(
    "access_log",
    metadata,
    _id(),
    Column("account", BigInteger, nullable=False),
    Column("case_id", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    _moment("at", now=True),
    Index("access_of_case", "case_id"),
)
