"""Work on the open task of a case: short transactions that change no state, but leave their event.

Every function takes a locked case, asks the same rules as the engine, and raises `TaskRefusedError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert

from workflow.case import Case, Task
from workflow.commands import Actor
from workflow.db.appending import append
from workflow.db.cases import Executor, Stored
from workflow.db.tables import recusal
from workflow.errors import AlurError
from workflow.events import stamp
from workflow.permission import (
    held_through,
    refuse_barred,
    refuse_holder,
    refuse_task,
    roles_at_task,
    wrong_state,
)
from workflow.refusals import Refusal
from workflow.rulebook import Rulebook

#: Who leads the work of an office, whatever its processes.
SUPERVISOR = "supervisor"
#: How long a task is held where the definition does not say.
LEASE = timedelta(minutes=30)


class TaskRefusedError(AlurError):
    """This cannot be done with the task by this person now; `refusal` tells why."""

    code = "task_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence("en"))
        self.refusal = refusal


def claim(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, now: datetime) -> Case:
    """Claim the open task `seq`; claiming it again renews the lease."""
    case, task = found.case, _open_task(found.case, seq, "claim")
    _require(refuse_task(book, case, actor, "claim") or refuse_holder(case, task.role, actor, now))
    body = {"task": seq, "until": _until(book, case, now), **held_through(actor, [task.role])}
    return append(db, book, case, "task_claimed", actor.id, now, body)


def release(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, now: datetime) -> Case:
    """Give a claimed task back; releasing one that nobody holds changes nothing."""
    case, task = found.case, _open_task(found.case, seq, "release")
    if task.holder is None:
        return case
    if task.holder != actor.id:
        raise TaskRefusedError(Refusal("not_holder", {"by": task.holder, "until": stamp(task.until or now)}))
    return append(db, book, case, "task_released", actor.id, now, {"task": seq})


def assign(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, to: Actor, now: datetime) -> Case:
    """A supervisor of the task's office gives the task to `to`, also out of another's hands; the lease starts anew."""
    case, task = found.case, _open_task(found.case, seq, "assign")
    _require(refuse_supervising(case, actor, "assign") or _refuse_target(book, case, to))
    body = {"task": seq, "to": to.id, "until": _until(book, case, now), **held_through(to, [task.role])}
    return append(db, book, case, "task_assigned", actor.id, now, body)


def delegate(
    db: Executor,
    book: Rulebook,
    found: Stored,
    seq: int,
    actor: Actor,
    to: Actor,
    now: datetime,
    *,
    reason: str | None = None,
) -> Case:
    """The holder hands the task to `to`; the lease starts anew. `reason` is the digest of why, where it was said."""
    case, task = found.case, _open_task(found.case, seq, "delegate")
    _require(refuse_handing(case, actor, now) or _refuse_target(book, case, to))
    body: dict[str, Any] = {"task": seq, "to": to.id, "until": _until(book, case, now)}
    body |= held_through(to, [task.role])
    if reason is not None:
        body["input"] = reason
    return append(db, book, case, "task_delegated", actor.id, now, body)


def recuse(db: Executor, book: Rulebook, found: Stored, seq: int, actor: Actor, now: datetime, *, reason: str) -> Case:
    """An officer who could have the task declares a conflict of interest on this case, for good; a held task is
    released. `reason` is the digest of why."""
    case, _ = found.case, _open_task(found.case, seq, "recuse")
    _require(refuse_task(book, case, actor, "recuse"))
    # Beside the event, for lists: what they leave out must be a look into an index.
    db.execute(insert(recusal).values(account=int(actor.id), case_id=case.id, at=now))
    return append(db, book, case, "recused", actor.id, now, {"task": seq, "input": reason})


def prioritise(
    db: Executor,
    book: Rulebook,
    found: Stored,
    seq: int,
    actor: Actor,
    priority: str,
    now: datetime,
    *,
    reason: str,
) -> Case:
    """A supervisor of the task's office moves the task within the queue; `reason` is the digest of why (PLM7)."""
    case, _ = found.case, _open_task(found.case, seq, "prioritise")
    _require(refuse_supervising(case, actor, "prioritise"))
    body = {"task": seq, "priority": priority, "input": reason}
    return append(db, book, case, "task_prioritised", actor.id, now, body)


def refuse_supervising(case: Case, actor: Actor, do: str) -> Refusal | None:
    """Why `actor` may not steer the work on this case: it does not lead it, or is concerned itself."""
    if SUPERVISOR in roles_at_task(actor):
        return refuse_barred(case, actor, do)
    elsewhere = SUPERVISOR in actor.elsewhere or SUPERVISOR in actor.roles
    office = case.task.office if case.task else case.office
    details: Mapping[str, Any] = {"do": do, "office": office} if elsewhere else {"do": do, "role": SUPERVISOR}
    return Refusal("wrong_office" if elsewhere else "wrong_role", details)


def refuse_handing(case: Case, actor: Actor, now: datetime) -> Refusal | None:
    """Why `actor` cannot hand the open task on: it does not hold it, or its lease has run out."""
    task = case.task
    if task is None:
        return wrong_state(case, "delegate")
    if task.holder is None or task.until is None or task.until <= now:
        return Refusal("not_held", {"do": "delegate"})
    if task.holder != actor.id:
        return Refusal("not_holder", {"by": task.holder, "until": stamp(task.until)})
    return refuse_barred(case, actor, "delegate")


def _refuse_target(book: Rulebook, case: Case, to: Actor) -> Refusal | None:
    refusal = refuse_task(book, case, to, "claim")
    return refusal and refusal.of_another(to.id)


def _open_task(case: Case, seq: int, do: str) -> Task:
    if case.task is None or case.task.seq != seq:
        raise TaskRefusedError(wrong_state(case, do))
    return case.task


def _until(book: Rulebook, case: Case, now: datetime) -> str:
    spec = book.process.states[case.state].task
    return stamp(now + (spec.lease if spec else LEASE))


def _require(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise TaskRefusedError(refusal)
