"""Houses that were made before clocks kept their pauses as moments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import as_file, files
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from alur.wiring import House
from tests.drain_kit import by_hand, in_verification, one, quiet_house, rows, whole
from tests.support import send, settle
from workflow.db import schema
from workflow.db.schema import OWNER


@pytest.fixture
def empty(house: House) -> Iterator[House]:
    """A house whose database is empty."""
    with quiet_house(house, furnished=False) as own:
        yield own


def corrected_twice(house: House) -> int:
    """A case that waits for its second correction; the first took five hours."""
    case, siti = in_verification(house)
    with by_hand(house) as hand:
        for hours in (2, 5, 1):
            hand.wait(hours=hours)
            again = hours == 5
            said = {"submits": True} if again else {"given": {"reason": "x", "fields": ["photo"]}}
            send(house, case, "resubmit" if again else "return", siti if again else "operator", **said)
            hand.drain()
    return case


def before(empty: House) -> None:
    """Bring an empty database to the schema before the one with calendars."""
    engine = create_engine(empty.urls.database)
    with engine.begin() as db, as_file(files("workflow.db") / "migrations") as folder:
        db.execute(text(f"SET LOCAL ROLE {OWNER}"))
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = db
        command.upgrade(config, "0002")
    engine.dispose()


def copy(db: Connection, table: str, found: list[Any]) -> None:
    """Write rows as they were read."""
    for row in found:
        values = {k: json.dumps(v) if isinstance(v, dict) else v for k, v in row._mapping.items()}
        named = ", ".join(f":{k}" for k in values)
        columns = ", ".join(values)
        db.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({named})"), values)


def test_a_house_made_before_keeps_opening(quiet: House, empty: House) -> None:
    """The stored sum of pauses gives way to the pauses themselves, folded anew from the events; nothing else moves."""
    case = corrected_twice(quiet)
    now = one(quiet, "SELECT fold FROM case_ WHERE id = :c", c=case)
    before(empty)
    engine = create_engine(empty.urls.database)
    with engine.begin() as db:
        db.execute(text(f"SET LOCAL ROLE {OWNER}"))
        then = "hash, process, version, body, status, author, approver, created_at"
        copy(db, "definition", rows(quiet, f"SELECT {then} FROM definition"))
        copy(db, "case_", rows(quiet, "SELECT * FROM case_ WHERE id = :c", c=case))
        copy(db, "event", rows(quiet, "SELECT * FROM event WHERE case_id = :c ORDER BY seq", c=case))
        started, paused_at, pauses, stopped, fired = now["clocks"]["service"]
        assert len(pauses) == 1
        old = json.dumps([started, paused_at, 5 * 3600 * 1_000_000, stopped, fired])
        db.execute(
            text("UPDATE case_ SET fold = jsonb_set(fold, '{clocks,service}', CAST(:old AS jsonb))"), {"old": old}
        )
    engine.dispose()
    assert schema.upgrade(empty.urls.database) == schema.newest()
    assert one(empty, "SELECT fold FROM case_") == now
    whole(empty, case)
    settle(quiet)
