"""The cases whose dues a calendar decides."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, Text, cast, select, tuple_

from workflow.case import Case
from workflow.db.cases import Executor, stored
from workflow.db.library import Library
from workflow.db.tables import case_, definition

#: Cases read, and locked, at once.
PAGE = 200


def concerned(db: Executor, library: Library, name: str) -> list[tuple[str, str]]:
    """Definition and office of the cases that the calendar `name` counts office time for."""
    out = []
    # A definition that never says `working` is not worth reading; one that says it elsewhere is sorted out below.
    said = select(definition.c.hash).where(cast(definition.c.body, Text).contains("working"))
    for hash_ in sorted(db.execute(said).scalars()):
        library.process(db, hash_)
        if library.counts_office_time(hash_):
            out += [(hash_, office) for office in library.offices if library.calendar_of(hash_, office) == name]
    return out


def offices_of(db: Executor, library: Library, name: str) -> list[str]:
    """Offices that count by the calendar `name`: it is their own, or that of a process whose cases they have."""
    own = {office.name for office in library.offices.values() if office.calendar == name}
    return sorted(own | {office for _, office in concerned(db, library, name)})


def page(db: Executor, library: Library, pairs: list[tuple[str, str]], after: int, *, lock: bool) -> list[Case]:
    """The next cases of `pairs` by number; with `lock` nobody else changes them until the transaction ends."""
    if not pairs:
        return []
    query: Select[Any] = (
        select(case_)
        .where(case_.c.id > after, tuple_(case_.c.definition, case_.c.office).in_(pairs))
        .order_by(case_.c.id)
        .limit(PAGE)
    )
    rows = db.execute(query.with_for_update() if lock else query).mappings()
    return [stored(dict(row)).case for row in rows]


def is_live(library: Library, case: Case) -> bool:
    """True when something of the case may still fall due."""
    state = library.book(case.definition, case.office).process.states.get(case.state)
    return state is not None and not state.final
