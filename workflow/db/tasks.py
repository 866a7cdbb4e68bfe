"""Claiming and releasing a task: short transactions that change no state, but leave their event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.case import Case, Task, fold_text
from workflow.commands import Actor
from workflow.db.cases import Executor, Stored
from workflow.db.tables import case_, event, task, timer
from workflow.errors import AlurError
from workflow.events import seal, stamp
from workflow.evolve import evolve
from workflow.permission import refuse_four_eyes, refuse_holder, refuse_role
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook
from workflow.timers import LEASE


class TaskRefusedError(AlurError):
    """The task cannot be claimed or released by this person now; `refusal` tells why."""

    code = "task_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence("en"))
        self.refusal = refusal


def claim(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, now: datetime) -> Case:
    """Claim the open task `seq` of a locked case; claiming it again renews the lease. Raises `TaskRefusedError`."""
    case, open_task = found.case, _open_task(found.case, seq)
    _require(
        refuse_role(book, case, open_task.role, False, actor, "claim")
        or refuse_four_eyes(book, case, open_task.role, actor, "claim")
        or refuse_holder(case, open_task.role, actor, now)
    )
    spec = book.process.states[case.state].task
    until = now + (spec.lease if spec else timedelta(minutes=30))
    body = {"task": seq, "until": stamp(until)}
    return _append(db, book, case, "task_claimed", actor.id, now, body)


def release(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, now: datetime) -> Case:
    """Give a claimed task back; releasing one that nobody holds changes nothing. Raises `TaskRefusedError`."""
    case, open_task = found.case, _open_task(found.case, seq)
    if open_task.holder is None:
        return case
    if open_task.holder != actor.id:
        raise TaskRefusedError(Refusal("not_holder", {"by": open_task.holder, "until": stamp(open_task.until or now)}))
    return _append(db, book, case, "task_released", actor.id, now, {"task": seq})


def _open_task(case: Case, seq: int) -> Task:
    if case.task is None or case.task.seq != seq:
        raise TaskRefusedError(
            Refusal("wrong_state", {"do": "claim", "state": case.state, "by": case.moved_by, "at": _at(case)})
        )
    return case.task


def _at(case: Case) -> str | None:
    return stamp(case.entered_at) if case.entered_at else None


def _require(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise TaskRefusedError(refusal)


def _append(
    db: Executor, book: Rulebook, case: Case, type_: str, actor: str, now: datetime, body: Mapping[str, Any]
) -> Case:
    sealed = seal(case.head, case.id, case.seq + 1, type_, actor, now, body)
    after = evolve(book, case, sealed)
    row = {"case_id": case.id, "seq": sealed.seq, "type": type_, "actor": actor, "at": now, "body": body}
    db.execute(insert(event).values(**row, hash=sealed.hash))
    db.execute(
        update(case_)
        .where(case_.c.id == case.id)
        .values(seq=after.seq, head=after.head, fold=orjson.loads(fold_text(after)), updated_at=func.now())
    )
    held = after.task or Task(0, "", "")
    db.execute(
        update(task)
        .where(task.c.case_id == case.id, task.c.seq == held.seq)
        .values(assignee=held.holder, lease_until=held.until)
    )
    _lease(db, case.id, held)
    return after


def _lease(db: Executor, case: int, held: Task) -> None:
    name = f"{LEASE}/{held.seq}"
    if held.until is None:
        db.execute(delete(timer).where(timer.c.case_id == case, timer.c.name == name))
        return
    row = upsert(timer).values(case_id=case, name=name, due_at=held.until)
    db.execute(row.on_conflict_do_update(index_elements=["case_id", "name"], set_={"due_at": held.until}))
