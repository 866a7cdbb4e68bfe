"""What is kept beside the histories of cases, read page by page: data versions, documents, cards and prints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select, text

from workflow.db.snapshot import snapshot
from workflow.db.tables import card, case_, case_data, document, earlier_file, person_key, print_
from workflow.vault import PersonKey, UnreadableError, Vault

CASES_A_PAGE = 100
#: Type of the event that tells of a lawful erasure.
ERASED = "data_erased"

_TABLES = (case_data, document, card, print_, earlier_file)

_EVENTS = text("""SELECT case_id, seq, type, body FROM event WHERE case_id IN :ids AND (type = 'data_erased'
    OR jsonb_exists_any(body, ARRAY['data', 'input', 'documents'])
    OR jsonb_exists(body -> 'result', 'sha256')) ORDER BY case_id, seq""").bindparams(bindparam("ids", expanding=True))


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """One case with all that is kept beside its history."""

    id: int
    #: Opens its data; None when it was destroyed or does not belong to this house.
    key: PersonKey | None
    #: A step is pending: what it made may be ahead of its event.
    busy: bool
    #: Events that name digests, in order.
    events: Sequence[Row[Any]]
    versions: Sequence[Row[Any]]
    documents: Sequence[Row[Any]]
    cards: Sequence[Row[Any]]
    prints: Sequence[Row[Any]]
    #: Files that the card had before.
    earlier: Sequence[Row[Any]]

    @property
    def erased(self) -> bool:
        """True when the history tells of an erasure, so that data and files may be gone."""
        return any(e.type == ERASED for e in self.events)


def read_beside(db: Connection, vault: Vault, ids: Sequence[int] | None) -> Iterator[Beside]:
    """The cases `ids` (None: all) that have a history, in order."""
    after, chosen = 0, None if ids is None else sorted(ids)
    while True:
        query = select(case_.c.id, case_.c.fold, person_key.c.wrapped).outerjoin(
            person_key, person_key.c.id == case_.c.person
        )
        query = query.where(case_.c.id > after, case_.c.seq > 0).order_by(case_.c.id).limit(CASES_A_PAGE)
        with snapshot(db):
            rows = db.execute(query if chosen is None else query.where(case_.c.id.in_(chosen))).all()
            page = list(_page(db, vault, rows)) if rows else []
        if not page:
            return
        yield from page
        after = page[-1].id


def _page(db: Connection, vault: Vault, rows: Sequence[Any]) -> Iterator[Beside]:
    ids = [row.id for row in rows]
    tables = {t.name: _by_case(db, select(t).where(t.c.case_id.in_(ids))) for t in _TABLES}
    events = defaultdict(list)
    for event in db.execute(_EVENTS, {"ids": ids}):
        events[event.case_id].append(event)
    for row in rows:
        yield Beside(
            id=row.id,
            key=_key(vault, row.wrapped),
            busy=row.fold.get("step") is not None,
            events=events[row.id],
            versions=tables["case_data"][row.id],
            documents=tables["document"][row.id],
            cards=tables["card"][row.id],
            prints=tables["print"][row.id],
            earlier=tables["earlier_file"][row.id],
        )


def _by_case(db: Connection, query: Select[Any]) -> defaultdict[int, list[Row[Any]]]:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for row in db.execute(query):
        found[row.case_id].append(row)
    return found


def _key(vault: Vault, wrapped: bytes | None) -> PersonKey | None:
    try:
        return None if wrapped is None else vault.person(bytes(wrapped))
    except UnreadableError:
        return None
