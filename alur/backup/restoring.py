"""Restoring a backup: the database, keys from the safe, documents, and every erasure that the backup does not know."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, create_engine, insert, select, text

from alur.backup import programs
from alur.backup.errors import HouseInUseError, HouseNotEmptyError
from alur.backup.reading import Backup, Person, open_backup, require_keys
from alur.wiring import House
from workflow.db import cases, erasure, journal, schema, wiping
from workflow.db.connect import OWNER
from workflow.db.erasure import Ground
from workflow.db.tables import account, case_, person_key
from workflow.keysafe import Entry

#: Rows that are written at once.
_ROWS = 5000

#: What other sessions are is told to their own login alone; that somebody is there, to everybody.
#: How long the server may take to end the connections of processes that were stopped, seconds.
LEAVING = 3.0
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND usesysid IS NOT NULL"
)
_EMPTY = """
DO $$
DECLARE
    thing text;
BEGIN
    FOR thing IN SELECT quote_ident(tablename) FROM pg_tables
        WHERE schemaname = 'public' AND tableowner = 'alur_owner' LOOP
        EXECUTE 'DROP TABLE IF EXISTS public.' || thing || ' CASCADE';
    END LOOP;
    FOR thing IN SELECT oid::regprocedure::text FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = 'alur_owner'::regrole LOOP
        EXECUTE 'DROP FUNCTION IF EXISTS ' || thing || ' CASCADE';
    END LOOP;
END $$
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a restore did."""

    #: The moment whose state the house has again, ISO 8601.
    made_at: str
    persons: int
    documents: int
    #: Cases that were erased since, and so were erased again.
    erased: tuple[int, ...]


def restore(house: House, path: Path, say: Callable[[str], None], *, force: bool) -> Restored:
    """Bring the house back to a backup. Nothing is changed before all of it was checked.

    Raises `BackupError`: damaged, newer, without its keys; a house that is not empty (unless `force`) or in use.
    """
    with open_backup(path) as backup:
        say(f"The backup of {backup.manifest.made_at} is whole.")
        require_keys(house, backup)
        schema.ensure_roles(house.urls.database)
        _require_quiet(house, force=force)
        persons = backup.persons(house)
        with tempfile.TemporaryDirectory(prefix="alur-restore-") as folder:
            dumped = Path(folder, "dump")
            backup.copy_dump(dumped)
            _as_owner(house, lambda db: db.exec_driver_sql(_EMPTY))
            programs.restore(house.urls.database, dumped)
        _as_owner(house, lambda db: _put_keys(db, persons))
        schema.upgrade(house.urls.database)
        say(f"The database is there again, with the keys of {sum(p.wrapped is not None for p in persons)} persons.")
        documents = _put_documents(house, backup, say)
        if house.settings.redis_url is None:
            house.redis.flushdb()
        erased = erase_again(house, house.safe.erased(), datetime.now(UTC))
        _journal(house, backup, len(erased))
    return Restored(made_at=backup.manifest.made_at, persons=len(persons), documents=documents, erased=tuple(erased))


def erase_again(house: House, entries: Iterable[Entry], now: datetime) -> Sequence[int]:
    """Perform every erasure of the safe's register that the database does not know; the cases."""
    erased = []
    for entry in entries:
        with house.engine.begin() as db:
            if _again(house, db, entry, now):
                erased.append(entry.case)
            _account_again(db, entry, now)
    house.eraser().clear(now)
    return erased


def _again(house: House, db: Connection, entry: Entry, now: datetime) -> bool:
    query = select(case_.c.id).where(case_.c.id == entry.case, case_.c.created_at == _moment(entry.case_at))
    if db.execute(query).first() is None:
        return False
    found = cases.get(db, entry.case, lock=True)
    if found.case.erased is not None:
        return False
    ground = Ground(under=entry.under, basis=entry.basis, actor="system", first_at=_moment(entry.at))
    erasure.erase(db, house.library, found, ground, now)
    return True


def _account_again(db: Connection, entry: Entry, now: datetime) -> None:
    if entry.account is None or entry.account_at is None:
        return
    known = select(account.c.id).where(account.c.id == entry.account, account.c.created_at == _moment(entry.account_at))
    if db.execute(known).first() is not None:
        wiping.anonymise(db, entry.account, "system", now)


def _require_quiet(house: House, *, force: bool) -> None:
    with house.engine.connect() as db:
        if not _left_alone(db):
            raise HouseInUseError(
                "Somebody still works with the database. Stop `alur serve`, or web, workers and clock, then try again."
            )
        if not force and _is_furnished(db):
            raise HouseNotEmptyError(
                "This house is not empty: everything in its database would be overwritten. Say --force where that is "
                "what you want; make a backup of it first."
            )
    house.engine.dispose()


def _left_alone(db: Connection) -> bool:
    """Whether nobody else works with the database; who was just stopped has a moment to leave."""
    until = time.monotonic() + LEAVING
    while db.execute(_OTHERS).scalar_one():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
        # What the statistics tell stays the same within a transaction.
        db.rollback()
    return True


def _is_furnished(db: Connection) -> bool:
    for table in ("case_", "account"):
        if db.execute(text("SELECT to_regclass(:t)"), {"t": f"public.{table}"}).scalar() is None:
            continue
        if db.exec_driver_sql(f"SELECT EXISTS (SELECT 1 FROM {table})").scalar():  # noqa: S608 - names from above
            return True
    return False


def _as_owner(house: House, work: Callable[[Connection], object]) -> None:
    engine = create_engine(house.urls.database)
    try:
        with engine.begin() as db:
            db.execute(text(f"SET LOCAL ROLE {OWNER}"))
            work(db)
    finally:
        engine.dispose()


def _put_keys(db: Connection, persons: Sequence[Person]) -> None:
    rows = [{"id": p.id, "created_at": p.at, "erased_at": p.erased, "wrapped": p.wrapped} for p in persons]
    for start in range(0, len(rows), _ROWS):
        db.execute(insert(person_key), rows[start : start + _ROWS])
    db.execute(
        text(
            "SELECT setval(pg_get_serial_sequence('person_key', 'id'), "
            "(SELECT coalesce(max(id), 1) FROM person_key), (SELECT count(*) > 0 FROM person_key))"
        )
    )


def _put_documents(house: House, backup: Backup, say: Callable[[str], None]) -> int:
    for name in backup.documents:
        house.blobs.put(backup.document(name))
    say(f"Documents: {len(backup.documents)}.")
    return len(backup.documents)


def _journal(house: House, backup: Backup, erased: int) -> None:
    body = {"made_at": backup.manifest.made_at, "erased": erased}
    with house.engine.begin() as db:
        journal.record(db, actor="console", type="house_restored", body=body, at=datetime.now(UTC))


def _moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
