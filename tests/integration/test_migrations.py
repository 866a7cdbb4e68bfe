"""Bringing a database to the current schema."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from alur.wiring import House
from tests.drain_kit import quiet_house, superuser
from workflow.db import schema
from workflow.db.schema import ENGINE, OWNER, WEB, SchemaError
from workflow.db.tables import metadata


@pytest.fixture
def empty(house: House) -> Iterator[House]:
    """A house whose database is empty."""
    with quiet_house(house, furnished=False) as own:
        yield own


def described(house: House) -> dict[str, object]:
    """Constraints, indexes, triggers, policies and rights, as the catalogue tells them."""
    queries = {
        "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM "
        "information_schema.columns WHERE table_schema = 'public'",
        "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal",
        "policies": "SELECT tablename, policyname, permissive, cmd, qual, with_check FROM pg_policies",
        "rights": "SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_schema = 'public'",
    }
    with house.engine.connect() as db:
        return {name: sorted(map(str, db.execute(text(sql)).all())) for name, sql in queries.items()}


def test_the_migrated_schema_is_the_one_that_the_code_reads(quiet: House) -> None:
    """Tables, columns, types, indexes and unique constraints agree with `tables.metadata`."""
    engine = create_engine(quiet.urls.database)
    try:
        with engine.connect() as db:
            db.execute(text(f"SET ROLE {OWNER}"))
            context = MigrationContext.configure(
                db, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
            )
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


def test_partial_indexes_and_fill_factors_agree(quiet: House) -> None:
    """What alembic does not compare: conditions of indexes and storage options."""
    with quiet.engine.connect() as db:
        found = {
            index["name"]: index.get("dialect_options", {}).get("postgresql_where")
            for table in metadata.tables
            for index in inspect(db).get_indexes(table)
        }
        options = db.execute(text("SELECT reloptions FROM pg_class WHERE relname = 'case_'")).scalar()
    for table in metadata.tables.values():
        for index in table.indexes:
            wanted = index.dialect_options["postgresql"]["where"]
            told = found[str(index.name)]
            assert (wanted is None) == (told is None), index.name
            if wanted is not None:
                plain = str(told).replace("(", "").replace(")", "").replace("::text", "")
                assert plain == str(wanted)
    assert options == ["fillfactor=70"]


def test_every_table_with_a_case_is_under_row_level_security(quiet: House) -> None:
    """A table that somebody adds and forgets to protect is told here."""
    with quiet.engine.connect() as db:
        protected = set(db.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'")))
        owners = set(db.scalars(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")))
    with_case = {name for name, table in metadata.tables.items() if "case_id" in table.c}
    beside = {
        "journal",
        "journal_note",
        "calendar",
        "definition",
        "definition_text",
        "draft",
        "draft_save",
        "migration",
        "seal_request",
    }
    assert protected == with_case | beside | {"case_", "idempotency", "kin", "deputy"}
    assert owners == {OWNER}


def test_upgrading_again_changes_nothing(quiet: House) -> None:
    """Every start upgrades; the second finds nothing to do."""
    before = described(quiet)
    assert schema.upgrade(quiet.urls.database) == schema.newest()
    assert described(quiet) == before


def test_two_processes_that_upgrade_at_once_take_turns(empty: House) -> None:
    """Both end at the newest revision and nothing is made twice."""
    with ThreadPoolExecutor(4) as pool:
        reached = list(pool.map(lambda _: schema.upgrade(empty.urls.database), range(4)))
    assert reached == [schema.newest()] * 4
    with empty.engine.connect() as db:
        assert schema.revision(db) == schema.newest()


def test_a_login_that_may_not_make_the_roles_is_told_so(empty: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence for the administrator instead of a half-made schema."""
    monkeypatch.setattr(schema, "WEB", "alur_web_that_is_missing")
    with pytest.raises(SchemaError, match="alur_web_that_is_missing"):
        schema.upgrade(empty.urls.database)
    with empty.engine.connect() as db:
        assert schema.revision(db) is None


def test_an_administrator_may_upgrade_a_database_of_somebody_else(empty: House) -> None:
    """A login with all rights makes the schema in the owner's name, and rights as usual."""
    with superuser(empty) as server:
        url = f"postgresql+psycopg://postgres@/{server.info.dbname}?host={server.info.host}&port={server.info.port}"
    assert schema.upgrade(url) == schema.newest()
    with empty.engine.connect() as db:
        assert set(db.scalars(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))) == {OWNER}
        for role in (ENGINE, WEB):
            rights = text(
                "SELECT has_table_privilege(:r, 'event', 'SELECT'), has_table_privilege(:r, 'event', 'UPDATE')"
            )
            assert tuple(db.execute(rights, {"r": role}).one()) == (True, False)
