"""Cases whose data are past their time, found page by page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from workflow.case import DRAFT
from workflow.db.cases import Executor, Stored, stored
from workflow.db.library import Library
from workflow.db.tables import case_, working_copy
from workflow.db.versions import newest, versions
from workflow.definition.retention import Retention
from workflow.erasing import Due, due
from workflow.reckoning import Reckoning

#: Cases looked at in one piece of work.
PAGE = 500
#: Nothing is past its time before: the shortest that a definition may say.
SHORTEST = timedelta(days=30)


class Page(NamedTuple):
    """One piece of the search."""

    #: Cases with the rule by which they are due, whether they are yet or not.
    found: tuple[tuple[Stored, Due], ...]
    #: Number after which the next piece begins; None after the last.
    next: int | None


def look(db: Executor, library: Library, now: datetime, after: int = 0) -> Page:
    """The next piece of cases that have ended, or were never submitted, with when their data are due."""
    query = select(case_, working_copy.c.saved_at.label("saved_at"))
    query = query.outerjoin(working_copy, working_copy.c.case_id == case_.c.id)
    ended = or_(case_.c.state.in_(_final(db, library)), and_(case_.c.state == DRAFT, case_.c.seq == 0))
    here = [case_.c.id > after, ~case_.c.fold.has_key("erased"), ended, case_.c.created_at < now - SHORTEST]
    rows = db.execute(query.where(*here).order_by(case_.c.id).limit(PAGE)).mappings().all()
    found = []
    for row in rows:
        case = stored(dict(row))
        when = due(case.case, _rules(db, library, case), row["saved_at"] or row["created_at"], _time(library, case))
        if when is not None:
            found.append((case, when))
    return Page(tuple(found), rows[-1]["id"] if len(rows) == PAGE else None)


def when_due(db: Executor, library: Library, found: Stored) -> Due | None:
    """Since when the data of one case are past their time."""
    saved = db.execute(select(working_copy.c.saved_at).where(working_copy.c.case_id == found.case.id)).scalar()
    return due(found.case, _rules(db, library, found), saved or found.created_at, _time(library, found))


def _final(db: Executor, library: Library) -> Collection[str]:
    """Names of final states, of every version that there is."""
    processes = [library.process(db, version.hash) for version in versions(db)]
    return sorted({name for process in processes for name, state in process.states.items() if state.final})


def _rules(db: Executor, library: Library, found: Stored) -> Mapping[str, Retention | None]:
    """The rule of the definition that the case pins, and that of its process's newest version."""
    case = found.case
    out = {case.definition: library.process(db, case.definition).retention}
    current = newest(db, case.process)
    if current is not None:
        out.setdefault(current.hash, library.process(db, current.hash).retention)
    return out


def _time(library: Library, found: Stored) -> Reckoning:
    return library.book(found.case.definition, found.case.office).time
