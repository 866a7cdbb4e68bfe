"""The three database roles: what each may do, and what row-level security hides."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, rows, with_card
from tests.support import account_id, as_web, new_account
from workflow.db.connect import engine_for
from workflow.db.schema import ENGINE, OWNER, WEB

WHO = "SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), \
(SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user)"


@contextmanager
def acting(house: House, role: str) -> Iterator[Connection]:
    """A transaction under a role."""
    engine = engine_for(house.urls.database, role, pool_size=1)
    try:
        with engine.begin() as db:
            yield db
    finally:
        engine.dispose()


def refused(db: Connection, sql: str, **values: object) -> str:
    """Why the database refuses a statement, in its own words."""
    with pytest.raises(DBAPIError) as told, db.begin_nested():
        db.execute(text(sql), values)
    return str(told.value.orig)


def test_nobody_is_a_superuser_at_run_time(quiet: House) -> None:
    """Row-level security is void for a superuser: every connection acts as one of the three roles."""
    with quiet.engine.connect() as db:
        assert tuple(db.execute(text(WHO)).one()) == (ENGINE, False, False)
    with as_web(quiet, "siti") as db:
        assert tuple(db.execute(text(WHO)).one()) == (WEB, False, False)
    with by_hand(quiet) as hand:
        assert hand.connection.execute(WHO).fetchone() == (ENGINE, False, False)


@pytest.mark.parametrize("role", [ENGINE, OWNER])
@pytest.mark.parametrize("table", ["event", "access_log"])
@pytest.mark.parametrize(
    "sql", ["UPDATE {} SET case_id = case_id", "DELETE FROM {}", "TRUNCATE {}"], ids=["update", "delete", "truncate"]
)
def test_history_is_append_only(quiet: House, role: str, table: str, sql: str) -> None:
    """Neither the engine nor the owner changes, removes or truncates what happened or who looked at it."""
    case, _ = in_verification(quiet)
    with quiet.engine.begin() as db:
        db.execute(text("INSERT INTO access_log (account, case_id, what) VALUES (1, :c, 'read')"), {"c": case})
    before = one(quiet, f"SELECT count(*) FROM {table}")
    with acting(quiet, role) as db:
        if role == OWNER and sql.startswith(("UPDATE", "DELETE")):
            # The owner bypasses the policies, so the trigger is what refuses.
            assert "append-only" in refused(db, sql.format(table))
        else:
            assert "permission denied" in (said := refused(db, sql.format(table))) or "append-only" in said
    assert one(quiet, f"SELECT count(*) FROM {table}") == before > 0


def test_a_published_definition_is_immutable(quiet: House) -> None:
    """Not even the owner changes what cases pin."""
    for role in (ENGINE, OWNER):
        with acting(quiet, role) as db:
            assert "immutable" in refused(db, "UPDATE definition SET body = '{}'")


def visible(db: Connection, table: str) -> set[int]:
    """Cases of which the role sees rows."""
    column = "id" if table == "case_" else "case_id"
    return {r[0] for r in db.execute(text(f"SELECT {column} FROM {table}")).all()}


@pytest.mark.parametrize(
    "table", ["case_", "working_copy", "case_data", "document", "command", "event", "task", "card"]
)
def test_the_web_sees_the_own_office_and_the_own_cases_only(quiet: House, table: str) -> None:
    """An officer sees the cases of the office, an applicant the own ones, a stranger nothing."""
    mine, siti = with_card(quiet)
    other, _ = with_card(quiet)
    with as_web(quiet, "operator", "palembang") as db:
        assert {mine, other} <= visible(db, table)
    with as_web(quiet, "operator", "lamongan") as db:
        assert visible(db, table) == set()
    with as_web(quiet, siti) as db:
        assert visible(db, table) == {mine}
    with as_web(quiet, new_account(quiet)) as db:
        assert visible(db, table) == set()


def test_without_settings_the_web_sees_nothing(quiet: House) -> None:
    """A request that forgot to say whom it serves finds an empty house."""
    with_card(quiet)
    with acting(quiet, WEB) as db:
        for table in (
            "case_",
            "event",
            "task",
            "document",
            "command",
            "outbox",
            "card",
            "notice",
            "hold",
            "access_log",
        ):
            assert db.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0, table


def test_the_web_cannot_write_a_state(quiet: House) -> None:
    """One way in: the web asks by a command; state, revision and pinned definition are not its columns."""
    case, _ = in_verification(quiet)
    with as_web(quiet, "operator", "palembang") as db:
        for column, value in [
            ("state", "'issued'"),
            ("revision", "0"),
            ("definition", "'x'"),
            ("office", "'lamongan'"),
            ("owner", "1"),
            ("data", "0"),
        ]:
            assert "permission denied" in refused(db, f"UPDATE case_ SET {column} = {value} WHERE id = :c", c=case)
        assert "permission denied" in refused(db, "DELETE FROM case_ WHERE id = :c", c=case)
        for table in (
            "outbox",
            "card",
            "hold",
            "signature",
            "membership",
            "person_key",
            "case_data",
            "command",
            "event",
        ):
            assert "permission denied" in refused(db, f"DELETE FROM {table}")


def test_the_web_cannot_issue_a_card_or_give_a_role(quiet: House) -> None:
    """The register, the signatures and memberships are written by others."""
    with as_web(quiet, "operator", "palembang") as db:
        for sql in (
            "UPDATE card SET state = 'valid'",
            "INSERT INTO card (case_id, office, series, serial, number, code, state) "
            "VALUES (1, 'o', 's', 1, 'n', 'c', 'valid')",
            "INSERT INTO membership VALUES (1, 'signer', 'palembang')",
            "INSERT INTO outbox (case_id, seq, kind, queue, input) VALUES (1, 1, 'sign_card', 'signing', '{}')",
            "SELECT * FROM signature",
        ):
            assert "permission denied" in refused(db, sql)


def test_the_web_changes_definitions_for_supervisors_only(quiet: House) -> None:
    """Nobody else opens a draft, saves, retires or publishes; a supervisor does it in no other name."""
    insert = (
        "INSERT INTO definition (hash, process, version, body, status, author, approver, created_at) "
        "VALUES ('h2', 'ak1-online', 2, '{}', 'published', '1', '%s', now())"
    )
    writes = ["UPDATE definition SET status = 'retired'", "INSERT INTO draft (process) VALUES ('ak1-online')"]
    with as_web(quiet, "operator", "palembang") as db:
        me = str(account_id(quiet, "operator"))
        for sql in [*writes, insert % me]:
            assert "row-level security" in (said := refused(db, sql)) or "did not write it" in said
    with as_web(quiet, "supervisor", "palembang") as db:
        assert "row-level security" in refused(db, "UPDATE definition SET status = 'published'")
        assert "permission denied" in refused(db, "UPDATE definition SET approver = '1'")
        draft = db.execute(text("INSERT INTO draft (process) VALUES ('ak1-online') RETURNING id")).scalar_one()
        save = f"INSERT INTO draft_save (draft, revision, author, at, files) VALUES ({draft}, 1, '%s', now(), '{{}}')"
        db.commit()
    with as_web(quiet, "supervisor", "palembang") as db:
        assert "row-level security" in refused(db, save % account_id(quiet, "supervisor2"))
        db.execute(text(save % account_id(quiet, "supervisor")))
        assert "permission denied" in refused(db, f"DELETE FROM draft_save WHERE draft = {draft}")


COMMAND = 'INSERT INTO command (case_id, "do", actor, key) VALUES (:c, :d, :a, gen_random_uuid())'
EVENT = "INSERT INTO event (case_id, seq, type, actor, at, body, hash) VALUES (:c, 99, :t, :a, now(), '{}', '')"


def test_the_web_speaks_for_the_person_it_serves_and_for_nobody_else(quiet: House) -> None:
    """No command of another person, of a worker or of a clock; none on a case that the person does not see."""
    case, _ = in_verification(quiet)
    me, other = str(account_id(quiet, "operator")), str(account_id(quiet, "signer"))
    with as_web(quiet, "operator", "palembang") as db:
        for do, actor in [("sign", other), ("begin", "system"), ("@step", me), ("@timer", "timer"), ("lapse", "timer")]:
            assert "row-level security" in refused(db, COMMAND, c=case, d=do, a=actor)
        db.execute(text(COMMAND), {"c": case, "d": "withdraw", "a": me})
        db.rollback()
    with as_web(quiet, "operator", "lamongan") as db:
        assert "row-level security" in refused(db, COMMAND, c=case, d="withdraw", a=me)


def test_the_web_writes_no_history_but_the_own_claims(quiet: House) -> None:
    """A move, or an event in somebody else's name or on a case out of sight, is refused by the database."""
    case, _ = in_verification(quiet)
    me, other = str(account_id(quiet, "operator")), str(account_id(quiet, "signer"))
    with as_web(quiet, "operator", "palembang") as db:
        for type_, actor in [("moved", me), ("submitted", me), ("task_claimed", other), ("timer_fired", "timer")]:
            assert "row-level security" in refused(db, EVENT, c=case, t=type_, a=actor)
        for sql in ("UPDATE event SET actor = '1'", "DELETE FROM event"):
            assert "permission denied" in refused(db, sql)
    with as_web(quiet, "operator", "lamongan") as db:
        assert "row-level security" in refused(db, EVENT, c=case, t="task_claimed", a=me)


def test_notices_and_requests_are_the_own_ones(quiet: House) -> None:
    """Nobody reads another's notices or replays another's requests."""
    case, siti = with_card(quiet)
    with as_web(quiet, siti) as db:
        assert visible(db, "notice") == {case}
        assert "row-level security" in refused(
            db, "INSERT INTO idempotency (account, key, digest) VALUES (:a, 'k', '')", a=account_id(quiet, "operator")
        )
    with as_web(quiet, "operator", "palembang") as db:
        assert visible(db, "notice") == set()


def test_roles_log_in_as_nobody(quiet: House) -> None:
    """The three are taken by `SET ROLE` only, and none of them is above the law."""
    found = rows(
        quiet,
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
        "WHERE rolname LIKE 'alur\\_%'",
    )
    assert {tuple(r) for r in found} == {(role, False, False, False, False) for role in (OWNER, ENGINE, WEB)}
