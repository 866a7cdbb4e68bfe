"""Orders to erase: asked for by those who lead an office, done by the clock process, which may destroy what the web may
not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, select, update

from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.tables import erasure_order

WAITING, DONE, REFUSED = "waiting", "done", "refused"


class Order(NamedTuple):
    id: int
    case: int
    #: Who ordered it.
    account: int
    at: datetime
    #: `waiting`, `done` or `refused`.
    status: str
    #: The refusal, where it was refused.
    outcome: Mapping[str, Any] | None
    done_at: datetime | None


def order(db: Executor, *, case: int, account: int, reason: str | None, now: datetime) -> int:
    """Order that the data of the party of `case` are erased by its right; the order's number."""
    note(db, case=case, actor=str(account), reason=reason, now=now)
    values = insert(erasure_order).values(case_id=case, account=account, at=now)
    return int(db.execute(values.returning(erasure_order.c.id)).scalar_one())


def note(db: Executor, *, case: int, actor: str, reason: str | None, now: datetime) -> None:
    """Journal who ordered an erasure; the reason is kept apart, where it can be erased itself."""
    journal.record_said(db, actor=actor, type="erasure_ordered", body={"case": case}, said=reason, at=now)


def find(db: Executor, id_: int) -> Order | None:
    """The order of that number."""
    row = db.execute(select(erasure_order).where(erasure_order.c.id == id_)).one_or_none()
    return None if row is None else Order(*row)


def next_waiting(db: Executor) -> Order | None:
    """The oldest order that waits, locked until the transaction ends."""
    query = select(erasure_order).where(erasure_order.c.status == WAITING).order_by(erasure_order.c.id).limit(1)
    row = db.execute(query.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else Order(*row)


def settle(db: Executor, id_: int, status: str, now: datetime, outcome: Mapping[str, Any] | None = None) -> None:
    """Note what became of an order."""
    values = {"status": status, "outcome": outcome, "done_at": now}
    db.execute(update(erasure_order).where(erasure_order.c.id == id_).values(**values))
