"""Reading what happened to a case: its events, and the inputs that were given with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow.case import Case
from workflow.changes.definition import MIGRATED
from workflow.db import histories
from workflow.db.cases import Executor, Stored, person_key_of
from workflow.db.material import place
from workflow.db.tables import case_data, event
from workflow.events import Event
from workflow.vault import Vault


def read_events(db: Executor, case: int) -> list[Event]:
    """All events of a case, oldest first."""
    return histories.read(db.connection() if isinstance(db, Session) else db, case)


def last_event(db: Executor, case: int, *types: str, body: Mapping[str, Any] | None = None) -> Event | None:
    """The newest event of one of `types` whose body contains `body`."""
    query = select(event).where(event.c.case_id == case, event.c.type.in_(types))
    if body:
        query = query.where(event.c.body.contains(dict(body)))
    row = db.execute(query.order_by(event.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else Event(row.case_id, row.seq, row.type, row.actor, row.at, row.body, bytes(row.hash))


def definition_at(db: Executor, case: Case, seq: int) -> str:
    """Hash of the definition that a case had at its event `seq`."""
    query = select(event.c.body["from"].astext).where(
        event.c.case_id == case.id, event.c.seq > seq, event.c.type == MIGRATED
    )
    return db.execute(query.order_by(event.c.seq).limit(1)).scalar() or case.definition


def read_input(db: Executor, vault: Vault, found: Stored, digest: str) -> Mapping[str, Any]:
    """What a person entered with the transition whose event says `digest`; {} once it is erased."""
    return read_inputs(db, vault, found, [digest]).get(digest, {})


def read_inputs(db: Executor, vault: Vault, found: Stored, digests: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
    """What persons entered with the events that say these digests, by digest; without those that are erased."""
    of_case = case_data.c.case_id == found.case.id, case_data.c.kind == "input", case_data.c.cipher.is_not(None)
    query = select(case_data.c.digest, case_data.c.version, case_data.c.cipher).where(*of_case)
    rows = db.execute(query.where(case_data.c.digest.in_(digests))).all()
    if not rows:
        return {}
    key = person_key_of(db, vault, found)
    return {row.digest: key.open_json(row.cipher, place(found.case.id, row.version)) for row in rows}
