"""Migrations of cases: proposed by one supervisor, approved by another, led by any; every decision is journaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from workflow.canonical import digest
from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.library import Library
from workflow.db.tables import definition, migration, migration_case
from workflow.definition.process import Process
from workflow.errors import AlurError
from workflow.migration_plan import Plan, plan_of
from workflow.refusals import Refusal

PROPOSED, RUNNING, PAUSED, ABORTED, FINISHED = "proposed", "running", "paused", "aborted", "finished"
REVERTING, REVERTED = "reverting", "reverted"
#: From which statuses each decision of a person is possible.
_POSSIBLE: Mapping[str, frozenset[str]] = {
    "approve": frozenset({PROPOSED}),
    "pause": frozenset({RUNNING, REVERTING}),
    "resume": frozenset({PAUSED}),
    "abort": frozenset({PROPOSED, RUNNING, PAUSED}),
    "revert": frozenset({RUNNING, PAUSED, ABORTED, FINISHED}),
}
#: What the journal calls each decision.
_JOURNALED: Mapping[str, str] = {
    "approve": "migration_approved",
    "pause": "migration_paused",
    "resume": "migration_resumed",
    "abort": "migration_aborted",
    "revert": "migration_reverted",
}
#: Why a migration stands still, where no person paused it.
CANARY_FAILED = "canary_failed"


class MigrationRefusedError(AlurError):
    """A decision about a migration cannot be made; `refusal` tells why."""

    code = "migration_refused"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence("en"))
        self.refusal = refusal


@dataclass(frozen=True, kw_only=True, slots=True)
class Migration:
    id: int
    process: str
    plan: Plan
    #: Account ids as text.
    proposer: str
    approver: str | None
    status: str
    #: Status to which `resume` returns.
    paused_in: str | None
    #: Code of why it stands still by itself.
    why: str | None
    #: Cases that moved on go back by the mapping, too.
    map_back: bool
    proposed_at: datetime
    #: When it was approved or resumed last: what failed before does not stop it again.
    since: datetime | None
    #: Cases that are tried first.
    canary: int | None
    #: Until when the fate of the canary is watched.
    watched_until: datetime | None
    canary_passed: bool
    #: Number of the last case that was looked at, and how often all were.
    reached: int
    passes: int
    #: The last dry run.
    report: Mapping[str, Any] | None
    done_at: datetime | None


def find_version(db: Executor, library: Library, process: str, version: int | str) -> Process | None:
    """The published definition of `process` with this version or hash."""
    which = definition.c.version == version if isinstance(version, int) else definition.c.hash == version
    query = select(definition.c.hash).where(definition.c.process == process, definition.c.status == "published", which)
    hash_ = db.execute(query).scalar()
    return None if hash_ is None else library.process(db, hash_)


def offices_of(library: Library, plan: Plan) -> list[str]:
    """Offices whose cases a plan moves."""
    return sorted(plan.offices or [o.name for o in library.offices.values() if plan.process in o.processes])


def propose(db: Executor, plan: Plan, proposer: str, now: datetime) -> int:
    """Keep a plan for another supervisor to approve; its number."""
    row = {"process": plan.process, "plan": plan.as_json(), "proposer": proposer, "proposed_at": now}
    id_ = int(db.execute(insert(migration).values(**row).returning(migration.c.id)).scalar_one())
    said = {"process": plan.process, "from": list(plan.sources), "to": plan.target, "plan": digest(plan.as_json())}
    _journal(db, "migration_proposed", proposer, id_, now, said)
    return id_


def get(db: Executor, id_: int, *, lock: bool = False) -> Migration:
    """The migration `id_`; raises `MigrationRefusedError` (`unknown_migration`)."""
    query = select(migration).where(migration.c.id == id_)
    row = db.execute(query.with_for_update() if lock else query).mappings().one_or_none()
    if row is None:
        raise MigrationRefusedError(Refusal("unknown_migration", {"migration": id_}))
    return read(dict(row))


def read(row: Mapping[str, Any]) -> Migration:
    """A row of `migration`."""
    told = {f.name: row[f.name] for f in fields(Migration)}
    return Migration(**{**told, "plan": plan_of(row["plan"])})


def listed(db: Executor, limit: int = 100) -> Sequence[Migration]:
    """The newest migrations."""
    rows = db.execute(select(migration).order_by(migration.c.id.desc()).limit(limit)).mappings()
    return [read(dict(row)) for row in rows]


def approve(db: Executor, id_: int, approver: str, now: datetime) -> None:
    """Let it run. Raises `MigrationRefusedError`: `migration_four_eyes`, `migration_status`, `migration_busy`."""
    found = _require(db, id_, "approve")
    if found.proposer == approver:
        raise MigrationRefusedError(Refusal("migration_four_eyes", {"migration": id_}))
    _require_alone(db, found)
    _decide(db, found, "approve", approver, now, {"approver": approver, "status": RUNNING, "since": now})


def pause(db: Executor, id_: int, actor: str, now: datetime, why: str | None = None) -> None:
    """Ask no further case; what was asked is answered."""
    found = _require(db, id_, "pause")
    said = {"why": why} if why else {}
    _decide(db, found, "pause", actor, now, {"status": PAUSED, "paused_in": found.status, "why": why}, said)


def resume(db: Executor, id_: int, actor: str, now: datetime) -> None:
    """Go on; cases that failed are tried again, and the canary is watched anew."""
    found = _require(db, id_, "resume")
    values = {"status": found.paused_in, "paused_in": None, "why": None, "since": now, "watched_until": None}
    _decide(db, found, "resume", actor, now, values)


def abort(db: Executor, id_: int, actor: str, now: datetime) -> None:
    """End it where it is: moved cases stay, the others are not moved."""
    found = _require(db, id_, "abort")
    values = {"status": ABORTED, "paused_in": None, "why": None, "done_at": now}
    _decide(db, found, "abort", actor, now, values, progress(db, id_))


def revert(db: Executor, id_: int, actor: str, now: datetime, *, map_back: bool = False) -> None:
    """Move cases back that have not moved since; with `map_back`, the others by the mapping where that is clear."""
    found = _require(db, id_, "revert")
    _require_alone(db, found)
    values = {"status": REVERTING, "paused_in": None, "why": None, "map_back": map_back, "since": now, "done_at": None}
    _decide(db, found, "revert", actor, now, values, {"map": map_back})


def finish(db: Executor, found: Migration, now: datetime) -> None:
    """Note that nothing is left to do."""
    status = REVERTED if found.status == REVERTING else FINISHED
    db.execute(update(migration).where(migration.c.id == found.id).values(status=status, done_at=now))
    _journal(db, "migration_finished", "system", found.id, now, {"status": status, **progress(db, found.id)})


def progress(db: Executor, id_: int) -> dict[str, int]:
    """How many cases have each status: `due`, `asked`, `waiting`, `moved`, `blocked`, `failed`, `left`, `reverted`."""
    query = select(migration_case.c.status, func.count()).where(migration_case.c.migration == id_)
    found = {row[0]: row[1] for row in db.execute(query.group_by(migration_case.c.status))}
    names = ("due", "asked", "waiting", "moved", "blocked", "failed", "left", "reverted")
    return {name: int(found.get(name, 0)) for name in names}


def reasons(db: Executor, id_: int) -> dict[str, int]:
    """How many cases stay where they are, by the code of why."""
    query = select(migration_case.c.code, func.count()).where(
        migration_case.c.migration == id_, migration_case.c.code.is_not(None)
    )
    return {row[0]: int(row[1]) for row in db.execute(query.group_by(migration_case.c.code))}


def stayed(db: Executor, id_: int, *, code: str = "", after: int = 0, limit: int = 100) -> Sequence[Any]:
    """Cases that stay where they are, by number: `case_id`, `status`, `code`, `details`."""
    c = migration_case.c
    query = select(c.case_id, c.status, c.code, c.details).where(c.migration == id_, c.code.is_not(None))
    query = query.where(c.code == code) if code else query
    return db.execute(query.where(c.case_id > after).order_by(c.case_id).limit(limit)).all()


def keep_report(db: Executor, id_: int, report: Mapping[str, Any]) -> None:
    """Keep what a dry run found: all that it writes."""
    db.execute(update(migration).where(migration.c.id == id_).values(report=dict(report)))


def _require(db: Executor, id_: int, do: str) -> Migration:
    found = get(db, id_, lock=True)
    if found.status not in _POSSIBLE[do]:
        told = {"migration": id_, "status": found.status, "do": do}
        raise MigrationRefusedError(Refusal("migration_status", told))
    return found


def _require_alone(db: Executor, found: Migration) -> None:
    """Two plans for one process at once would answer each other's cases."""
    query = select(migration.c.id).where(
        migration.c.process == found.process,
        migration.c.status.in_([RUNNING, REVERTING, PAUSED]),
        migration.c.id != found.id,
    )
    other = db.execute(query).scalar()
    if other is not None:
        raise MigrationRefusedError(Refusal("migration_busy", {"other": other, "process": found.process}))


def _decide(
    db: Executor,
    found: Migration,
    do: str,
    actor: str,
    now: datetime,
    values: Mapping[str, Any],
    said: Mapping[str, Any] | None = None,
) -> None:
    db.execute(update(migration).where(migration.c.id == found.id).values(**values))
    _journal(db, _JOURNALED[do], actor, found.id, now, said or {})


def _journal(db: Executor, type_: str, actor: str, id_: int, now: datetime, said: Mapping[str, Any]) -> None:
    journal.record(db, actor=actor, type=type_, body={"migration": id_, **said}, at=now)
