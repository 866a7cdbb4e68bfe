"""Houses of their own for tests that need quiet: a fresh database beside the others, and drains by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import text
from sqlalchemy.engine import make_url

from alur.embedded import Urls
from alur.furnish import add_demo_accounts, furnish
from alur.wiring import House
from tests.support import new_account, open_filled, sample_data, send, settle
from workflow.db.connect import drain_connection, driver_dsn
from workflow.db.drain import Drainer
from workflow.db.replaying import verify_case
from workflow.db.schema import ENGINE, OWNER

CHECKLIST = ("identity", "photo", "diploma")


#: A database with everything furnished, of which quiet houses are copies: furnishing takes seconds, copying does not.
_FURNISHED = "furnished_once"


@contextmanager
def quiet_house(house: House, *, furnished: bool = True) -> Iterator[House]:
    """A house on a database of its own in the same server, with a queue of its own."""
    name = f"quiet_{uuid.uuid4().hex[:12]}"
    if furnished:
        _furnish_once(house)
    with superuser(house) as server:
        server.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {_FURNISHED if furnished else 'template1'}")
    own = _house_on(house, name)
    try:
        own.redis.flushdb()
        yield own
    finally:
        close(own)
        with superuser(house) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _furnish_once(house: House) -> None:
    with superuser(house) as server:
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_FURNISHED]).fetchone():
            return
        server.execute(f"CREATE DATABASE {_FURNISHED} OWNER {OWNER}")
    first = _house_on(house, _FURNISHED)
    furnish(first)
    add_demo_accounts(first)
    close(first)


def _house_on(house: House, name: str) -> House:
    database = make_url(house.urls.database).set(database=name).render_as_string(hide_password=False)
    queue = f"{house.urls.redis.partition('?')[0]}?db=7" if "?" not in house.urls.redis else house.urls.redis + "&db=7"
    urls = Urls(database=database, redis=queue, embedded_database=True)
    return House(replace(house.settings), urls)


def superuser(house: House) -> psycopg.Connection[Any]:
    """The server's own login, which Alur never uses: for what a database's administrator does."""
    url = make_url(driver_dsn(house.urls.database)).set(username="postgres")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def close(house: House) -> None:
    """Give back the connections that tests opened in it."""
    house.engine.dispose()
    if "_web_engine" in house.__dict__:
        house.__dict__["_web_engine"].dispose()
    if "_drainer" in house.__dict__:
        house.__dict__["_drainer"]._connection.close()


@dataclass
class Hand:
    """A drain whose clock is set by hand."""

    house: House
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.connection = drain_connection(self.house.urls.database, ENGINE)
        self.drainer = Drainer(
            self.connection, self.house.engine, self.house.library, self.house.vault, lambda: self.now
        )

    def wait(self, **time: float) -> None:
        """Let time pass for this drain."""
        self.now += timedelta(**time)

    def drain(self, size: int = 200) -> int:
        """Perform every waiting command; how many."""
        total = 0
        while done := self.drainer.drain(size).commands:
            total += done
        return total

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()


@contextmanager
def by_hand(house: House) -> Iterator[Hand]:
    """A drain with a clock by hand."""
    hand = Hand(house)
    try:
        yield hand
    finally:
        hand.close()


def submitted(house: House, **changes: Any) -> tuple[int, str]:
    """A case whose `submit` waits; with its owner's name."""
    siti = new_account(house)
    case = open_filled(house, siti, data=sample_data(**changes))
    send(house, case, "submit", siti, submits=True)
    return case, siti


def in_verification(house: House, **changes: Any) -> tuple[int, str]:
    """A case that an officer may verify; with its owner's name."""
    case, siti = submitted(house, **changes)
    settle(house)
    return case, siti


def ready_to_sign(house: House) -> tuple[int, str]:
    """A case that waits for its signature; with its owner's name."""
    case, siti = in_verification(house)
    send(house, case, "approve", "operator", checklist=CHECKLIST)
    settle(house)
    return case, siti


def with_card(house: House) -> tuple[int, str]:
    """A case with a published card; with its owner's name."""
    case, siti = ready_to_sign(house)
    send(house, case, "sign", "signer")
    settle(house)
    return case, siti


def rows(house: House, sql: str, **values: Any) -> list[Any]:
    """What the engine's role reads."""
    with house.engine.connect() as db:
        return list(db.execute(text(sql), values).all())


def one(house: House, sql: str, **values: Any) -> Any:
    """The first column of the only row."""
    return rows(house, sql, **values)[0][0]


def as_owner(house: House, *statements: str) -> None:
    """Run statements with the owner's rights."""
    with psycopg.connect(driver_dsn(house.urls.database), autocommit=True) as db:
        db.execute(f"SET ROLE {OWNER}")
        for statement in statements:
            db.execute(statement)


def engine_write(house: House, sql: str, **values: Any) -> int:
    """Write under the engine's role; how many rows."""
    with house.engine.begin() as db:
        return int(db.execute(text(sql), values).rowcount)


def whole(house: House, *cases: int) -> None:
    """Every chain is whole and every fold is what is stored."""
    with house.engine.connect() as db:
        for case in cases:
            found = verify_case(db, house.library, case)
            assert found is None, f"case {case}, event {found.seq}: {found.sentence()}"


def pass_time(house: House) -> None:
    """Let the leases of dispatched steps run out."""
    engine_write(house, "UPDATE outbox SET due_at = now() WHERE status = 'due'")
