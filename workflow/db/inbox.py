"""Open tasks as an officer's inbox lists them, and the cases of a party: keyset pages, each as cheap as another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, not_, or_, select, tuple_

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
    column = task.c.due_at if sort == "due" else task.c.created_at
    query = _selected(wanted).order_by(column, task.c.case_id).limit(limit)
    if after is not None:
        query = query.where(_beyond(column, after))
    return db.execute(query).all()


def count_tasks(db: Executor, wanted: Wanted, now: datetime | None = None) -> int:
    """How many tasks there are, up to `COUNT_CAP`; with `now`, only those that are overdue then."""
    query = _selected(wanted)
    if now is not None:
        query = query.where(task.c.due_at < now)
    some = query.with_only_columns(task.c.case_id).limit(COUNT_CAP).subquery()
    return int(db.execute(select(func.count()).select_from(some)).scalar_one())


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


def _selected(wanted: Wanted) -> Select[Any]:
    me = str(wanted.account)
    query = (
        select(task, case_.c.definition, case_.c.fold, case_.c.revision, case_.c.saves)
        .join(case_, case_.c.id == task.c.case_id)
        .where(task.c.status == "open", _queues(wanted))
        .where(or_(case_.c.owner.is_(None), case_.c.owner != wanted.account))
    )
    for pair in wanted.apart:
        acted = func.coalesce(case_.c.fold["performed"][pair.other].has_key(me), false())
        query = query.where(not_(and_(case_.c.definition == pair.definition, task.c.role == pair.role, acted)))
    if wanted.states:
        query = query.where(task.c.state.in_(list(wanted.states)))
    if wanted.cases is not None:
        query = query.where(task.c.case_id.in_(list(wanted.cases)))
    if wanted.mine:
        query = query.where(task.c.assignee == me)
    return query


def _queues(wanted: Wanted) -> ColumnElement[bool]:
    return tuple_(task.c.role, task.c.office).in_(list(wanted.queues)) if wanted.queues else false()


def _beyond(column: Any, after: Place) -> ColumnElement[bool]:
    """Rows behind `after` in ascending order with NULLs last."""
    if after.moment is None:
        return and_(column.is_(None), task.c.case_id > after.case)
    return or_(column.is_(None), tuple_(column, task.c.case_id) > tuple_(after.moment, after.case))
