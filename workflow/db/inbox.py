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
    or_,
    select,
    true,
    tuple_,
    values,
)

from workflow.case import Step
from workflow.db.cases import Executor
from workflow.db.tables import case_, case_key, kin, recusal, task
from workflow.priorities import PLACES

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
    #: Only those that nobody holds at this moment.
    free_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the page before ended."""

    #: Priority of the task (`workflow.priorities`); without a meaning when sorted by arrival.
    priority: int
    #: Due time, or arrival when sorted by it; None among tasks without one.
    moment: datetime | None
    case: int


def list_tasks(db: Executor, wanted: Wanted, *, sort: Sort, after: Place | None, limit: int) -> Sequence[Row[Any]]:
    """Open tasks in order: by priority, within one overdue first, then by due time, then by arrival; or by arrival
    alone."""
    if after is None:
        return _page(db, wanted, sort, None, limit)
    if sort == "arrival":
        return _page(db, wanted, sort, _later(task.c.created_at, after), limit)
    found: list[Row[Any]] = []
    # Each part of what is left is a range of the index; asked for at once, they would be none.
    for part in _parts(after):
        if len(found) < limit:
            found += _page(db, wanted, sort, part, limit - len(found))
    return found


def count_tasks(db: Executor, wanted: Wanted, now: datetime | None = None) -> int:
    """How many tasks there are, up to `COUNT_CAP`; with `now`, only those that are overdue then."""
    if not wanted.queues:
        return 0
    queue = _queues(wanted)
    some = select(task.c.case_id).where(*_asked(wanted, queue))
    if now is not None:
        # Each priority by name: within it, what is overdue is a range of the index.
        some = some.where(task.c.due_at < now, task.c.priority.in_(sorted(PLACES.values())))
    each = some.limit(COUNT_CAP).lateral("each")
    capped = select(each.c.case_id).select_from(queue.join(each, true())).limit(COUNT_CAP).subquery()
    return int(db.execute(select(func.count()).select_from(capped)).scalar_one())


def cases_of(db: Executor, owner: int, *, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Rows of the owner's cases, newest first, from below the id `before`."""
    query = select(case_).where(case_.c.owner == owner)
    if before is not None:
        query = query.where(case_.c.id < before)
    return db.execute(query.order_by(case_.c.id.desc()).limit(limit)).all()


def _page(db: Executor, wanted: Wanted, sort: Sort, part: ColumnElement[bool] | None, limit: int) -> Sequence[Row[Any]]:
    """The first tasks of each queue, merged: every queue is a range of the index, however many there are."""
    if not wanted.queues:
        return ()
    queue = _queues(wanted)
    order = ("priority", "due_at", "case_id") if sort == "due" else ("created_at", "case_id")
    first = select(task).where(*_asked(wanted, queue)).order_by(*(task.c[name] for name in order)).limit(limit)
    if part is not None:
        first = first.where(part)
    each = first.lateral("each")
    ordered = (each.c[name] for name in order)
    failed = case_.c.fold["step"][Step._fields.index("failed")].astext
    merged = select(each).select_from(queue.join(each, true())).order_by(*ordered).limit(limit).subquery()
    query = (
        select(merged, case_.c.definition, case_.c.revision, case_.c.saves, failed.label("incident"))
        .join(case_, case_.c.id == merged.c.case_id)
        .order_by(*(merged.c[name] for name in order))
    )
    return db.execute(query).all()


def _queues(wanted: Wanted) -> Values:
    return values(column("role", Text), column("office", Text), name="queue").data(sorted(wanted.queues))


def _asked(wanted: Wanted, queue: Values) -> list[ColumnElement[bool]]:
    """What an open task of a queue must be."""
    mine = select(case_.c.id).where(case_.c.owner == wanted.account)
    related = select(case_key.c.case_id).join(kin, kin.c.key == case_key.c.key).where(kin.c.account == wanted.account)
    recused = select(recusal.c.case_id).where(recusal.c.account == wanted.account)
    asked = [
        task.c.status == "open",
        task.c.role == queue.c.role,
        task.c.office == queue.c.office,
        task.c.case_id.not_in(mine),
        task.c.case_id.not_in(related),
        task.c.case_id.not_in(recused),
        *(not_(_acted(pair, str(wanted.account))) for pair in wanted.apart),
    ]
    if wanted.states:
        asked.append(task.c.state.in_(list(wanted.states)))
    if wanted.cases is not None:
        asked.append(task.c.case_id.in_(list(wanted.cases)))
    if wanted.mine:
        asked.append(task.c.assignee == str(wanted.account))
    if wanted.free_at is not None:
        asked.append(or_(task.c.assignee.is_(None), task.c.lease_until <= wanted.free_at))
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


def _parts(after: Place) -> list[ColumnElement[bool]]:
    """What stands behind `after`, in order: the rest of its priority, those without a due time last, then the next."""
    same = task.c.priority == after.priority
    undated = [same, task.c.due_at.is_(None)]
    behind = task.c.priority > after.priority
    if after.moment is None:
        return [and_(*undated, task.c.case_id > after.case), behind]
    return [and_(same, _later(task.c.due_at, after)), and_(*undated), behind]


def _later(moment: Any, after: Place) -> ColumnElement[bool]:
    return tuple_(moment, task.c.case_id) > tuple_(after.moment, after.case)
