"""Bringing the database to the current schema, and the three roles under which Alur works."""

from __future__ import annotations

from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from workflow.db.connect import ENGINE, OWNER, WEB
from workflow.errors import AlurError

#: Any number; two processes that upgrade at once take turns on it.
_UPGRADE_LOCK = 4117


class SchemaError(AlurError):
    """The database cannot be brought to the current schema by this login."""

    code = "schema"


def upgrade(url: str) -> str:
    """Apply all migrations with the owner's rights and return the revision reached.

    `url` is a login that owns the schema or may act as `alur_owner`; one that may create roles makes the three
    roles where they are missing.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _UPGRADE_LOCK})
            _ensure_roles(connection)
            connection.execute(text(f"SET LOCAL ROLE {OWNER}"))
            with as_file(files("workflow.db") / "migrations") as folder:
                config = Config()
                config.set_main_option("script_location", str(folder))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
            return revision(connection) or ""
    finally:
        engine.dispose()


def revision(connection: Connection) -> str | None:
    """The revision of the schema that `connection` sees."""
    return MigrationContext.configure(connection).get_current_revision()


def known(revision: str) -> bool:
    """True when this version of Alur can bring a schema of `revision` up to date."""
    with as_file(files("workflow.db") / "migrations") as folder:
        return any(script.revision == revision for script in ScriptDirectory(str(folder)).walk_revisions())


def ensure_roles(url: str) -> None:
    """Make the three roles where they are missing, as `upgrade` does; raises `SchemaError`."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            _ensure_roles(connection)
    finally:
        engine.dispose()


def newest() -> str:
    """The revision that this version of Alur needs."""
    with as_file(files("workflow.db") / "migrations") as folder:
        return ScriptDirectory(str(folder)).get_current_head() or ""


def _ensure_roles(connection: Connection) -> None:
    known = set(
        connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname = ANY(:r)"), {"r": [OWNER, ENGINE, WEB]})
    )
    missing = [r for r in (OWNER, ENGINE, WEB) if r not in known]
    may = connection.scalar(text("SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"))
    if missing and not may:
        raise SchemaError(
            f"The roles {', '.join(missing)} do not exist and this login may not create them. "
            "Ask the database's administrator to create them, or run `alur db upgrade` with a login that may."
        )
    for role in missing:
        connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))
        connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
    if missing or may:
        database = connection.scalar(text("SELECT quote_ident(current_database())"))
        connection.execute(text(f"GRANT CREATE, CONNECT ON DATABASE {database} TO {OWNER}"))
        connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER}"))
