"""What row-level security lets the web do with deputies, relatives, conflicts of interest, broken glass and keys."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from alur.wiring import House
from tests.drain_kit import engine_write, in_verification, one
from tests.support import account_id, as_web, new_account

TABLES = ("case_key", "kin", "recusal", "glass")


def refused(db: Connection, sql: str, **values: object) -> str:
    """Why the database refuses a statement, in its own words."""
    with pytest.raises(DBAPIError) as told, db.begin_nested():
        db.execute(text(sql), values)
    return str(told.value.orig)


def count(db: Connection, table: str) -> int:
    """Rows that are seen."""
    return int(db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def filled(house: House) -> tuple[int, int, int]:
    """A case at Palembang with a row in every table; with the officer they are about and the broken glass."""
    case, _ = in_verification(house)
    me = account_id(house, "operator")
    values = {"c": case, "a": me}
    for sql in (
        "DELETE FROM kin WHERE account = :a",
        "INSERT INTO kin (account, key, relation, declared_by, declared_at) SELECT :a, key, 'relative', :a, now() "
        "FROM case_key WHERE case_id = :c",
        "INSERT INTO recusal VALUES (:a, :c, now())",
    ):
        engine_write(house, sql, **{k: v for k, v in values.items() if f":{k}" in sql})
    glass = "INSERT INTO glass (case_id, account, role, at, until_at, review_by) VALUES (:c, :a, 'signer', now(), \
        now() + interval '1 hour', now() + interval '3 days')"
    engine_write(house, glass, c=case, a=me)
    return case, me, int(one(house, "SELECT max(id) FROM glass"))


@pytest.mark.parametrize("table", TABLES)
def test_strangers_and_other_offices_see_nothing(quiet: House, table: str) -> None:
    """An officer of elsewhere, an applicant, and a request that forgot to say whom it serves."""
    filled(quiet)
    for who, offices in ((new_account(quiet, "operator@lamongan"), ["lamongan"]), (new_account(quiet), []), (None, [])):
        with as_web(quiet, who, *offices) as db:
            assert count(db, table) == 0


def test_relatives_are_seen_by_oneself_and_supervisors_alone(quiet: House) -> None:
    """A colleague of the same office does not; nobody declares or removes in another's place but a supervisor."""
    _, me, _ = filled(quiet)
    declare = (
        "INSERT INTO kin (account, key, relation, declared_by, declared_at) VALUES (:a, :k, 'relative', :b, now())"
    )
    colleague = new_account(quiet, "operator@palembang")
    with as_web(quiet, colleague, "palembang") as db:
        other = account_id(quiet, colleague)
        assert count(db, "kin") == 0
        assert "row-level security" in refused(db, declare, a=me, k="x", b=other)
        assert "row-level security" in refused(db, declare, a=other, k="x", b=me)
        assert db.execute(text("DELETE FROM kin")).rowcount == 0
    with as_web(quiet, "operator", "palembang") as db:
        assert count(db, "kin") == 1
        assert db.execute(text("DELETE FROM kin")).rowcount == 0
        assert "permission denied" in refused(db, "UPDATE kin SET key = 'y'")
    with as_web(quiet, "supervisor", "palembang") as db:
        assert count(db, "kin") == 1
        assert db.execute(text("DELETE FROM kin")).rowcount == 1
        db.rollback()


def test_a_deputy_is_named_in_the_own_name_and_ended_by_those_concerned(quiet: House) -> None:
    """Who reads the table cannot change another's window, and nothing but its end is ever changed."""
    a, b = account_id(quiet, "signer"), account_id(quiet, "operator2")
    named = "INSERT INTO deputy (absent, deputy, role, office, from_at, until_at, named_by, named_at) VALUES \
        (:a, :b, 'signer', 'palembang', now(), now() + interval '1 day', :n, now())"
    with as_web(quiet, "signer", "palembang") as db:
        db.execute(text(named), {"a": a, "b": b, "n": a})
        assert "row-level security" in refused(db, named, a=a, b=b, n=b)
        assert "deputy_another" in refused(db, named, a=a, b=a, n=a)
        assert "permission denied" in refused(db, "UPDATE deputy SET role = 'head'")
        assert "permission denied" in refused(db, "DELETE FROM deputy")
    with as_web(quiet, "operator", "palembang") as db:
        assert count(db, "deputy") == 1
        assert db.execute(text("UPDATE deputy SET until_at = now()")).rowcount == 0
    with as_web(quiet, "operator2", "palembang") as db:
        assert db.execute(text("UPDATE deputy SET until_at = now()")).rowcount == 1


def test_glass_is_broken_by_staff_in_the_own_name_and_reviewed_by_another(quiet: House) -> None:
    """Four eyes in the database as well; what was reviewed stays so, and no row goes."""
    case, me, glass = filled(quiet)
    broken = "INSERT INTO glass (case_id, account, role, at, until_at, review_by) VALUES \
        (:c, :a, 'signer', now(), now() + interval '1 hour', now())"
    siti = new_account(quiet)
    with as_web(quiet, siti) as db:
        assert "row-level security" in refused(db, broken, c=case, a=account_id(quiet, siti))
    review = text("UPDATE glass SET verdict = 'justified', reviewer = :r, reviewed_at = now() WHERE id = :i")
    with as_web(quiet, "operator", "palembang") as db:
        assert "row-level security" in refused(db, broken, c=case, a=account_id(quiet, "signer"))
        assert db.execute(review, {"r": me, "i": glass}).rowcount == 0
        assert "permission denied" in refused(db, "UPDATE glass SET until_at = now()")
        assert "permission denied" in refused(db, "DELETE FROM glass")
    with as_web(quiet, "supervisor", "palembang") as db:
        leader = account_id(quiet, "supervisor")
        assert "row-level security" in refused(db, review.text, r=me, i=glass)
        assert db.execute(review, {"r": leader, "i": glass}).rowcount == 1
        assert db.execute(review, {"r": leader, "i": glass}).rowcount == 0
        db.rollback()
    with as_web(quiet, "supervisor", "lamongan") as db:
        assert db.execute(review, {"r": account_id(quiet, "supervisor"), "i": glass}).rowcount == 0


def test_a_broken_glass_shows_its_case_to_one_person_until_it_ends(quiet: House) -> None:
    """With everything that belongs to the case, and not a row of any other."""
    case, _ = in_verification(quiet)
    in_verification(quiet)
    far = new_account(quiet, "operator@lamongan")
    values = {"c": case, "a": account_id(quiet, far)}
    broken = "INSERT INTO glass (case_id, account, role, at, until_at, review_by) VALUES \
        (:c, :a, 'signer', now(), now() + interval '1 hour', now())"
    with as_web(quiet, far, "lamongan") as db:
        assert count(db, "case_") == 0
        db.execute(text(broken), values)
        for table, column in (("case_", "id"), ("event", "case_id"), ("document", "case_id"), ("task", "case_id")):
            assert {r[0] for r in db.execute(text(f"SELECT {column} FROM {table}"))} == {case}, table
        db.execute(text("SELECT set_config('alur.now', (now() + interval '61 minutes')::text, true)"))
        assert count(db, "case_") == 0


def test_the_web_keeps_no_keys_and_moves_no_priority_unseen(quiet: House) -> None:
    """Keys are the engine's to write; a task out of sight is not put forward."""
    case, _ = in_verification(quiet)
    with as_web(quiet, "operator", "palembang") as db:
        assert count(db, "case_key") > 0
        for sql in (
            "INSERT INTO case_key VALUES (1, 'nik', 'x')",
            "UPDATE case_key SET key = 'x'",
            "DELETE FROM case_key",
        ):
            assert "permission denied" in refused(db, sql)
    with as_web(quiet, new_account(quiet, "supervisor@lamongan"), "lamongan") as db:
        moved = text("UPDATE task SET priority = -1 WHERE case_id = :c")
        assert db.execute(moved, {"c": case}).rowcount == 0


def test_nobody_is_told_of_a_glass_that_was_not_broken(quiet: House) -> None:
    """The function that tells the office asks for the event, and for whose it is."""
    case, _ = in_verification(quiet)
    sent = "SELECT count(*) FROM outbox WHERE case_id = :c AND kind = 'notify' AND input->>'notice' = 'glass_broken'"
    with as_web(quiet, "operator", "palembang") as db:
        db.execute(text("SELECT tell_of_glass(:c, 1)"), {"c": case})
    assert one(quiet, sent, c=case) == 0
