"""Appending an event that changes no state: a short transaction under the lock of the case row, beside the drain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.case import Case, Task, fold_text
from workflow.db.cases import Executor
from workflow.db.tables import case_, event, task, timer
from workflow.events import seal
from workflow.evolve import evolve
from workflow.rulebook import Rulebook
from workflow.timers import LEASE


def append(
    db: Executor, book: Rulebook, case: Case, type_: str, actor: str, now: datetime, body: Mapping[str, Any]
) -> Case:
    """Append an event to a locked case; the case after it, with its task and lease in their tables."""
    sealed = seal(case.head, case.id, case.seq + 1, type_, actor, now, body)
    after = evolve(book, case, sealed)
    row = {"case_id": case.id, "seq": sealed.seq, "type": type_, "actor": actor, "at": now, "body": body}
    db.execute(insert(event).values(**row, hash=sealed.hash))
    db.execute(
        update(case_)
        .where(case_.c.id == case.id)
        .values(seq=after.seq, head=after.head, fold=orjson.loads(fold_text(after)), updated_at=func.now())
    )
    if after.task is not None and after.task != case.task:
        _hold(db, case.id, after.task)
    return after


def _hold(db: Executor, case: int, held: Task) -> None:
    db.execute(
        update(task)
        .where(task.c.case_id == case, task.c.seq == held.seq)
        .values(assignee=held.holder, lease_until=held.until, priority=held.priority)
    )
    name = f"{LEASE}/{held.seq}"
    if held.until is None:
        db.execute(delete(timer).where(timer.c.case_id == case, timer.c.name == name))
        return
    row = upsert(timer).values(case_id=case, name=name, due_at=held.until)
    db.execute(row.on_conflict_do_update(index_elements=["case_id", "name"], set_={"due_at": held.until}))
