"""The journal of changes beside cases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from alur.wiring import House
from tests.drain_kit import engine_write, one, quiet_house
from tests.support import account_id, as_web
from workflow.db import journal
from workflow.db.connect import driver_dsn

NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)


@pytest.fixture
def own(house: House) -> Iterator[House]:
    """A house that a test may break."""
    with quiet_house(house) as opened:
        yield opened


def note(house: House, number: int) -> int:
    """Record one event in a transaction of its own."""
    with house.engine.begin() as db:
        return journal.record(db, actor="alur", type="tested", body={"number": number}, at=NOON)


def test_events_written_at_once_form_one_chain_without_a_gap(quiet: House) -> None:
    """Writers take turns: no number is given twice or left out, and every hash follows the one before."""
    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(lambda n: note(quiet, n), range(40)))
    first = numbers[0]
    assert numbers == list(range(first, first + 40))
    with quiet.engine.connect() as db:
        assert journal.whole(db) is None
        assert [e.seq for e in journal.read(db, types=["tested"], limit=3)] == [first + 39, first + 38, first + 37]


def test_a_rewritten_event_breaks_the_chain(own: House) -> None:
    """An administrator who changes a body with the triggers off is found, by the event's number."""
    numbers = [note(own, n) for n in range(3)]
    login = make_url(driver_dsn(own.urls.database)).set(username="postgres")
    with psycopg.connect(login.render_as_string(hide_password=False), autocommit=True) as db:
        db.execute("ALTER TABLE journal DISABLE TRIGGER ALL")
        db.execute("UPDATE journal SET body = '{\"number\": 99}' WHERE seq = %s", [numbers[1]])
    with own.engine.connect() as connection:
        assert journal.whole(connection) == numbers[1]


@pytest.mark.parametrize("change", ["UPDATE journal SET actor = 'x'", "DELETE FROM journal", "TRUNCATE journal"])
def test_no_event_is_changed_or_removed(quiet: House, change: str) -> None:
    """The engine's own role cannot rewrite the journal."""
    note(quiet, 1)
    before = one(quiet, "SELECT count(*) FROM journal")
    with pytest.raises(DBAPIError):
        engine_write(quiet, change)
    assert one(quiet, "SELECT count(*) FROM journal") == before


def test_the_web_writes_in_the_name_of_the_person_it_serves_only(quiet: House) -> None:
    """Row-level security refuses an event that speaks for somebody else."""
    own = str(account_id(quiet, "supervisor"))
    with as_web(quiet, "supervisor") as db:
        assert journal.record(db, actor=own, type="tested", body={}, at=NOON) > 0
        with pytest.raises(DBAPIError, match="row-level security"):
            journal.record(db, actor=str(account_id(quiet, "supervisor2")), type="tested", body={}, at=NOON)
