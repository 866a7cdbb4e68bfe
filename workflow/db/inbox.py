"""Open tasks as an officer's inbox lists them, and the cases of a party: keyset pages, each as cheap as another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Row,
    Text,
    Values,
    and_,
    column,
    false,
    func,
    not_,
    select,
    true,
    tuple_,
    values,
)

from workflow.db.cases import Executor
from workflow.db.tables import case_, hold, task

#: Counts stop here: "more than a thousand" is all that a person needs to know.
COUNT_CAP = 1_001

Sort = Literal["due", "arrival"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Apart:
    """A pair of roles that one person may not both have on a case of a definition."""

    #: Hash of the definition.
    definition: str
    #: Role of the task.
    role: str
    #: Role in which the person may have acted before.
    other: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """Which tasks are asked for."""

    #: Account that asks: its own cases are never its tasks.
    account: int
    #: Pairs of role and office.
    queues: Collection[tuple[str, str]]
    apart: Sequence[Apart] = ()
    #: Names of states; empty for all.
    states: Collection[str] = ()
    #: Ids of cases; None for all.
    cases: Collection[int] | None = None
    #: Only those that the account holds.
    mine: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the page before ended."""

    #: Due time, or arrival when sorted by it; None among tasks without one.
    moment: datetime | None
    case: int


def list_tasks(db: Executor, wanted: Wanted, *, sort: Sort, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    """Open tasks in order: overdue first, then by due time, then by arrival; or by arrival alone."""
    if after is None or after.moment is None:
        return _page(db, wanted, sort, after, limit)
    found = list(_page(db, wanted, sort, after, limit))
    if len(found) < limit and sort == "due":
        # Tasks without a due time come last. Asked for apart, each half is a range of the index.
        found += _page(db, wanted, sort, Place(moment=None, case=0), limit - len(found))
    return found


def count_tasks(db: Executor, wanted: Wanted, now: datetime | None = None) -> int:
    """How many tasks there are, up to `COUNT_CAP`; with `now`, only those that are overdue then."""
    if not wanted.queues:
        return 0
    queue = _queues(wanted)
    some = select(task.c.case_id).where(*_asked(wanted, queue))
    if now is not None:
        some = some.where(task.c.due_at < now)
    each = some.limit(COUNT_CAP).lateral("each")
    capped = select(each.c.case_id).select_from(queue.join(each, true())).limit(COUNT_CAP).subquery()
    return int(db.execute(select(func.count()).select_from(capped)).scalar_one())


def cases_holding(db: Executor, keys: Collection[tuple[str, str]]) -> list[int]:
    """Cases that hold one of the keys, given as pairs of scope and HMAC."""
    if not keys:
        return []
    rows = db.execute(select(hold.c.case_id).where(tuple_(hold.c.scope, hold.c.key).in_(list(keys))))
    return [int(case) for case in rows.scalars()]


def cases_of(db: Executor, owner: int, *, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Rows of the owner's cases, newest first, from below the id `before`."""
    query = select(case_).where(case_.c.owner == owner)
    if before is not None:
        query = query.where(case_.c.id < before)
    return db.execute(query.order_by(case_.c.id.desc()).limit(limit)).all()


def _page(db: Executor, wanted: Wanted, sort: Sort, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    """The first tasks of each queue, merged: every queue is a range of the index, however many there are."""
    if not wanted.queues:
        return ()
    queue, moment = _queues(wanted), task.c.due_at if sort == "due" else task.c.created_at
    first = select(task).where(*_asked(wanted, queue)).order_by(moment, task.c.case_id).limit(limit)
    if after is not None:
        first = first.where(_beyond(moment, after))
    each = first.lateral("each")
    ordered = each.c[moment.name], each.c.case_id
    merged = select(each).select_from(queue.join(each, true())).order_by(*ordered).limit(limit).subquery()
    query = (
        select(merged, case_.c.definition, case_.c.revision, case_.c.saves)
        .join(case_, case_.c.id == merged.c.case_id)
        .order_by(merged.c[moment.name], merged.c.case_id)
    )
    return db.execute(query).all()


def _queues(wanted: Wanted) -> Values:
    return values(column("role", Text), column("office", Text), name="queue").data(sorted(wanted.queues))


def _asked(wanted: Wanted, queue: Values) -> list[ColumnElement[bool]]:
    """What an open task of a queue must be."""
    mine = select(case_.c.id).where(case_.c.owner == wanted.account)
    asked = [
        task.c.status == "open",
        task.c.role == queue.c.role,
        task.c.office == queue.c.office,
        task.c.case_id.not_in(mine),
        *(not_(_acted(pair, str(wanted.account))) for pair in wanted.apart),
    ]
    if wanted.states:
        asked.append(task.c.state.in_(list(wanted.states)))
    if wanted.cases is not None:
        asked.append(task.c.case_id.in_(list(wanted.cases)))
    if wanted.mine:
        asked.append(task.c.assignee == str(wanted.account))
    return asked


def _acted(pair: Apart, account: str) -> ColumnElement[bool]:
    """The account acted in the other role on the case of a task of this one."""
    # A scalar, since EXISTS may be answered by hashing every case that the person may see.
    acted = (
        select(case_.c.fold["performed"][pair.other].has_key(account))
        .where(case_.c.id == task.c.case_id, case_.c.definition == pair.definition)
        .scalar_subquery()
    )
    return and_(task.c.role == pair.role, func.coalesce(acted, false()))


def _beyond(moment: Any, after: Place) -> ColumnElement[bool]:
    """Rows behind `after`: of those with a moment, or of those without one."""
    if after.moment is None:
        return and_(moment.is_(None), task.c.case_id > after.case)
    return tuple_(moment, task.c.case_id) > tuple_(after.moment, after.case)
