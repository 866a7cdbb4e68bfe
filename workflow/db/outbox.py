"""Effects waiting to be done: dispatched under a lease, done once, their result kept under the step's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, insert, literal, or_, select, text, tuple_, update
from sqlalchemy.types import DateTime

from workflow.commands import FINISH_STEP, SYSTEM
from workflow.db.tables import command, outbox

#: Longer than the queue's wait under load; a shorter one multiplied dispatches by four.
LEASE = timedelta(seconds=60)
#: Longest wait between two attempts.
MAX_BACKOFF = timedelta(hours=1)
#: Between two looks of a step that waits for something, should nobody wake it.
WAIT = timedelta(minutes=5)
#: Steps dispatched and not yet done, at most; the rest waits in PostgreSQL.
MAX_IN_FLIGHT = 200

DUE, DONE, FAILED, CANCELLED = "due", "done", "failed", "cancelled"


@dataclass(frozen=True, slots=True)
class StepId:
    """Names one piece of outside work for ever: the fence against doing it twice."""

    case: int
    seq: int
    kind: str

    def job(self, attempt: int) -> str:
        """Name of the queue's job for an attempt; a bare step id would fail on redelivery."""
        return f"{self.case}-{self.seq}-{self.kind}-{attempt}"


@dataclass(frozen=True, slots=True)
class Work:
    id: StepId
    queue: str
    #: Counts from 1.
    attempt: int
    input: Mapping[str, Any]
    #: How many of the attempts before found something away, and nothing wrong.
    waits: int = 0


def backoff(base: timedelta, attempt: int) -> timedelta:
    """How long to wait after failed attempt `attempt` (from 1): doubled each time, capped."""
    return min(base * (1 << min(attempt - 1, 20)), MAX_BACKOFF)


def dispatchable(db: Connection, limit: int = MAX_IN_FLIGHT, *, at: datetime | None = None) -> list[Work]:
    """Lease up to `limit` due steps and return them. Call in a transaction of its own, and enqueue after its commit.

    `at` stands for the database's now here and below, where time is frozen.
    """
    now = _now(at)
    in_flight = db.execute(
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.status == DUE, outbox.c.attempts > 0, outbox.c.due_at > now, ~outbox.c.resting)
    ).scalar_one()
    room = limit - in_flight
    if room <= 0:
        return []
    keys = (
        select(outbox.c.case_id, outbox.c.seq, outbox.c.kind)
        .where(outbox.c.status == DUE, outbox.c.due_at <= now)
        .order_by(outbox.c.due_at)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    rows = db.execute(
        update(outbox)
        .where(tuple_(outbox.c.case_id, outbox.c.seq, outbox.c.kind).in_(keys))
        .values(attempts=outbox.c.attempts + 1, due_at=now + LEASE, resting=False)
        .returning(outbox)
    ).all()
    return [_work(row) for row in rows]


def start(db: Connection, id_: StepId, attempt: int, *, at: datetime | None = None) -> Work | None:
    """Renew the lease of an attempt that begins; None when it was done, cancelled or dispatched anew meanwhile."""
    row = db.execute(
        update(outbox)
        .where(*_is(id_), outbox.c.status == DUE, outbox.c.attempts == attempt)
        .values(due_at=_now(at) + LEASE)
        .returning(outbox)
    ).one_or_none()
    return _work(row) if row is not None else None


def succeed(db: Connection, work: Work, result: Mapping[str, Any], *, asked: bool) -> bool:
    """Keep the result and, when a case waits for it (`asked`), tell the case by a command.

    False when another attempt was first: its result stands.
    """
    if not _end(db, work, status=DONE, result=result):
        return _late(db, work, result, asked=asked)
    if asked:
        _tell(db, work, {"ok": True, "result": result})
    return True


def fail(
    db: Connection,
    work: Work,
    code: str,
    why: str,
    *,
    final: bool,
    asked: bool,
    base: timedelta,
    times: int,
    at: datetime | None = None,
) -> bool:
    """Note a failed attempt: try again later, or, after `times` attempts or when `final`, give up and tell the case.

    True when it was given up.
    """
    tried = work.attempt - work.waits
    if not final and tried < times:
        _rest(db, work, _now(at) + backoff(base, tried), error=f"{code}: {why}")
        return False
    if _end(db, work, status=FAILED, error=f"{code}: {why}") and asked:
        _tell(db, work, {"ok": False, "code": code, "attempts": work.attempt})
    return True


def wait(db: Connection, work: Work, code: str, why: str, *, at: datetime | None = None) -> None:
    """Note an attempt that found something away: another one follows, for as long as it takes or until `wake`."""
    _rest(db, work, _now(at) + WAIT, error=f"{code}: {why}", waits=outbox.c.waits + 1)


def wake(db: Connection, case: int, *, at: datetime | None = None) -> None:
    """Let the steps of a case that wait be tried now."""
    waiting = outbox.c.case_id == case, outbox.c.status == DUE, outbox.c.resting, outbox.c.waits > 0
    db.execute(update(outbox).where(*waiting).values(due_at=_now(at)))


def _rest(db: Connection, work: Work, until: ColumnElement[datetime], **values: Any) -> None:
    db.execute(
        update(outbox)
        .where(*_is(work.id), outbox.c.status == DUE, outbox.c.attempts == work.attempt)
        .values(due_at=until, resting=True, **values)
    )


def _late(db: Connection, work: Work, result: Mapping[str, Any], *, asked: bool) -> bool:
    """A step that was cancelled while it was done all the same tells its case, which ignores and voids it."""
    status = db.execute(select(outbox.c.status).where(*_is(work.id))).scalar_one_or_none()
    if status == CANCELLED and asked:
        db.execute(
            update(outbox).where(*_is(work.id), outbox.c.status == CANCELLED).values(result=result, done_at=func.now())
        )
        _tell(db, work, {"ok": True, "result": result})
    return False


def _end(db: Connection, work: Work, **values: Any) -> bool:
    done = db.execute(
        update(outbox)
        .where(*_is(work.id), outbox.c.status == DUE)
        .values(done_at=func.now(), **values)
        .returning(outbox.c.case_id)
    )
    return done.first() is not None


def _tell(db: Connection, work: Work, payload: Mapping[str, Any]) -> None:
    body = {"step": work.id.seq, "run": work.id.kind, **payload}
    db.execute(
        insert(command).values(
            case_id=work.id.case, do=FINISH_STEP, actor=SYSTEM, payload=body, key=text("gen_random_uuid()")
        )
    )


def _now(at: datetime | None) -> ColumnElement[datetime]:
    return func.now() if at is None else literal(at, DateTime(timezone=True))


def _is(id_: StepId) -> tuple[Any, ...]:
    return outbox.c.case_id == id_.case, outbox.c.seq == id_.seq, outbox.c.kind == id_.kind


def _work(row: Row[Any]) -> Work:
    return Work(StepId(row.case_id, row.seq, row.kind), row.queue, row.attempts, row.input, row.waits)


def waits_for(db: Connection, secret: str) -> bool:
    """True while a command or a step waits that names the signer's secret `secret`."""
    commands = select(command.c.id).where(command.c.status == "pending", command.c.payload["secret"].astext == secret)
    steps = select(outbox.c.case_id).where(outbox.c.status == DUE, outbox.c.input["secret"].astext == secret)
    return bool(db.execute(select(or_(exists(commands), exists(steps)))).scalar())
