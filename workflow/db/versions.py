"""Versions of definitions, as they stand in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from workflow.db.cases import Executor
from workflow.db.tables import case_, definition

PUBLISHED, RETIRED = "published", "retired"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A row of `definition` without its body."""

    hash: str
    process: str
    #: Counted from 1.
    version: int
    #: `published`: may open cases, the newest does; `retired`: opens none.
    status: str
    #: Account that saved it last, as text, or `shipped`.
    author: str
    approver: str | None
    #: When it was published.
    created_at: datetime


def versions(db: Executor, process: str | None = None) -> Sequence[Version]:
    """Every version of `process`, or of all processes, in order."""
    query = _select()
    if process is not None:
        query = query.where(definition.c.process == process)
    return _read(db, query.order_by(definition.c.process, definition.c.version))


def newest(db: Executor, process: str) -> Version | None:
    """The version that new cases use; None when there is none, or all are retired."""
    query = _select().where(definition.c.process == process, definition.c.status == PUBLISHED)
    found = _read(db, query.order_by(definition.c.version.desc()).limit(1))
    return found[0] if found else None


def find(db: Executor, hash_: str) -> Version | None:
    """The version with this hash."""
    found = _read(db, _select().where(definition.c.hash == hash_))
    return found[0] if found else None


def numbered(db: Executor, process: str, version: int) -> Version | None:
    """Version `version` of `process`."""
    found = _read(db, _select().where(definition.c.process == process, definition.c.version == version))
    return found[0] if found else None


def cases_by_state(db: Executor, process: str) -> Mapping[str, Counter[str]]:
    """Hash → state → how many cases of it the connection may see."""
    query = select(case_.c.definition, case_.c.state, func.count()).where(case_.c.process == process)
    out: dict[str, Counter[str]] = {}
    for hash_, state, number in db.execute(query.group_by(case_.c.definition, case_.c.state)):
        out.setdefault(hash_, Counter())[state] = number
    return out


def _select() -> Select[Any]:
    return select(*(definition.c[f.name] for f in fields(Version)))


def _read(db: Executor, query: Select[Any]) -> list[Version]:
    return [Version(**row) for row in db.execute(query).mappings()]
