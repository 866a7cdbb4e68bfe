"""Sealed houses, and what an administrator of the database can do to them with triggers off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import text

from alur.auditing import Audit, Told, Wanted
from alur.wiring import House
from tests.counter_kit import printed
from tests.drain_kit import in_verification, quiet_house, superuser, with_card
from tests.support import send, settle
from workflow.db import log, sealing
from workflow.db.log import Sealed
from workflow.events import GENESIS, event_hash
from workflow.finding import Finding
from workflow.log.note import unnamed


@dataclass
class Scene:
    """A house whose events are sealed, and the checkpoint that its auditor kept outside."""

    house: House
    #: A case with a published card.
    case: int
    #: A case that was returned to its applicant, with a reason.
    other: int
    #: A case at the counter whose card was printed.
    counter: int
    kept: Sealed


@contextmanager
def sealed_house(house: House) -> Iterator[Scene]:
    """Three cases, looked at, sealed."""
    with quiet_house(house) as own:
        case, _ = with_card(own)
        other, _ = in_verification(own)
        send(own, other, "return", "operator", given={"reason": "foto buram", "fields": ["photo"]})
        settle(own)
        counter = printed(own)
        with own.engine.begin() as db:
            for n in range(3):
                values = {"c": case, "w": f"document/{n}"}
                db.execute(text("INSERT INTO access_log (account, case_id, what) VALUES (2, :c, :w)"), values)
        yield Scene(own, case, other, counter, seal(own))


def seal(house: House) -> Sealed:
    """A checkpoint of now, time-stamped."""
    sealed = sealing.seal(house.engine, house.note_signer(), lambda: datetime.now(UTC))
    assert sealed is not None
    with house.engine.begin() as db:
        if sealed.token is None:
            sealing.keep_stamp(db, sealed.size, house.stamp(sealed.note.encode()))
        stamped = log.at_size(db, sealed.size)
    assert stamped is not None
    return stamped


def audited(house: House, *ids: int, kept: Sealed | None = None, **changes: Any) -> tuple[list[Finding], Told]:
    """What a verification finds, and what it tells beside."""
    given: dict[str, Any] = {
        "ids": list(ids) or None,
        "kept": kept and kept.note,
        "keys": unnamed([house.note_signer().verifier.public]),
    }
    audit = Audit(house, Wanted(**(given | changes)), lambda _: None)
    return list(audit.run()), audit.told


def told(findings: Sequence[Finding]) -> list[tuple[str, int | None, int | None]]:
    """Code, case and event of findings; each has its sentences."""
    for finding in findings:
        for language in ("id", "en"):
            assert "{" not in finding.sentence(language)
    return [(f.code, f.case, f.seq) for f in findings]


@contextmanager
def administrator(house: House) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The database's administrator with all triggers and constraints off; one transaction."""
    with superuser(house) as db:
        db.execute("SET session_replication_role = replica")
        db.row_factory = dict_row
        with db.transaction():
            yield db


@contextmanager
def undone(house: House, *tables: str) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """The administrator, whose changes to `tables` are taken back in the end."""
    with administrator(house) as db:
        before = {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    try:
        with superuser(house) as db:
            db.execute("SET session_replication_role = replica")
            db.row_factory = dict_row
            yield db
    finally:
        with administrator(house) as db:
            for name, rows in before.items():
                db.execute(f"DELETE FROM {name}")
                for row in rows:
                    _insert(db, name, row)


def rehash(db: psycopg.Connection[dict[str, Any]], case: int) -> None:
    """Give a changed history hashes that fit, as whoever may write anything can."""
    previous = GENESIS
    for row in db.execute("SELECT * FROM event WHERE case_id = %s ORDER BY seq", [case]).fetchall():
        previous = event_hash(previous, case, row["seq"], row["type"], row["actor"], row["at"], row["body"])
        db.execute("UPDATE event SET hash = %s WHERE case_id = %s AND seq = %s", [previous, case, row["seq"]])
    db.execute("UPDATE case_ SET head = %s WHERE id = %s", [previous, case])


def _insert(db: psycopg.Connection[dict[str, Any]], table: str, row: Mapping[str, Any]) -> None:
    values = [Jsonb(v) if isinstance(v, dict | list) else v for v in row.values()]
    names = ", ".join(f'"{name}"' for name in row)
    db.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(values))})", values)
