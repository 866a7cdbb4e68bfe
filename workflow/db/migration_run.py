"""Performing migrations in the background: a page of cases a look, each by a command of its own.

Killed anywhere, it goes on where its rows say: what was asked is answered by the drain, and a case is asked once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text, update

from workflow.case import DRAFT, Case
from workflow.db import case_migrations as store
from workflow.db.case_migrations import CANARY_FAILED, REVERTING, RUNNING, Migration
from workflow.db.cases import stored
from workflow.db.library import Library
from workflow.db.tables import case_, migration
from workflow.migrating import DONE, PASSING

#: Cases looked at, and rows written, at once.
PAGE = 500
#: Commands that wait for the drain at most: whoever works on a case meanwhile waits behind no more than these.
MOST_ASKED = 200
#: How long a case that could not be moved yet is left alone.
AGAIN = timedelta(minutes=1)
_A_MINUTE = timedelta(minutes=1)

_SPACE = uuid.UUID("6d1f3c7e-0b0c-4d53-9a53-0f6a4d1f9c08")

_UNDER_WAY = (
    select(migration)
    .where(migration.c.status.in_([RUNNING, REVERTING]))
    .order_by(migration.c.id)
    .with_for_update(skip_locked=True)
)
# What the drain answered. A command that is gone was pruned: the case is asked again, and says so if it moved.
_HARVEST = text("""
    UPDATE migration_case m SET
        status = CASE
            WHEN c.id IS NULL THEN 'due'
            WHEN c.status = 'done' OR c.outcome->>'code' = ANY(:done)
                THEN CASE WHEN m.back THEN 'reverted' ELSE 'moved' END
            WHEN c.status = 'failed' THEN 'failed'
            WHEN c.outcome->>'code' = ANY(:passing) THEN 'waiting'
            WHEN m.back THEN 'left' ELSE 'blocked' END,
        code = CASE WHEN c.status = 'done' OR c.outcome->>'code' = ANY(:done) THEN NULL ELSE c.outcome->>'code' END,
        details = CASE WHEN c.status = 'done' THEN NULL ELSE c.outcome->'details' END,
        revision = coalesce((c.outcome->>'revision')::int, m.revision),
        was = CASE WHEN m.back THEN m.was ELSE coalesce(c.outcome->'was', m.was) END,
        done_at = :now
    FROM migration_case n LEFT JOIN command c ON c.id = n.command
    WHERE m.migration = :id AND m.status = 'asked' AND n.migration = m.migration AND n.case_id = m.case_id
        AND (c.id IS NULL OR c.status <> 'pending')
""")
_ENROL = text("""
    INSERT INTO migration_case (migration, case_id) SELECT :id, x FROM unnest(CAST(:cases AS bigint[])) AS x
    ON CONFLICT DO NOTHING
""")
_TURN = text("""
    UPDATE migration_case SET back = true, status = 'due', code = NULL, details = NULL
    WHERE migration = :id AND status = 'moved'
""")
_DROP = text("DELETE FROM migration_case WHERE migration = :id AND NOT back AND status IN ('due', 'waiting')")
_RETRY = text(
    "UPDATE migration_case SET status = 'due' WHERE migration = :id AND status = 'failed' AND done_at < :since"
)
_ASKABLE = text("""
    SELECT m.case_id, m.tries, m.was, m.revision, c.state FROM migration_case m JOIN case_ c ON c.id = m.case_id
    WHERE m.migration = :id AND m.back = :back
        AND (m.status = 'due' OR (m.status = 'waiting' AND m.asked_at <= :again))
    ORDER BY m.status, m.case_id LIMIT :n
""")
_COMMANDS = text("""
    WITH asked AS (
        INSERT INTO command (case_id, "do", actor, payload, key)
        SELECT * FROM (SELECT x, '@migrate', 'system', CAST(p AS jsonb), CAST(k AS uuid)
            FROM unnest(CAST(:cases AS bigint[]), CAST(:payloads AS text[]), CAST(:keys AS text[])) AS d(x, p, k)) d
        ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, case_id
    )
    UPDATE migration_case m SET status = 'asked', command = a.id, tries = m.tries + 1, asked_at = :now,
        code = NULL, details = NULL
    FROM asked a WHERE m.migration = :id AND m.case_id = a.case_id
""")
# A draft has no history: it takes the new definition at once, unless it was submitted meanwhile.
_DRAFTS = text("""
    WITH taken AS (
        UPDATE case_ SET definition = :to, updated_at = now()
        WHERE id = ANY(:cases) AND state = 'draft' AND definition = ANY(:from) RETURNING id
    )
    UPDATE migration_case m SET status = CASE WHEN m.back THEN 'reverted' ELSE 'moved' END, done_at = :now,
        asked_at = :now, revision = 0, was = jsonb_build_object('definition', CAST(:was AS text), 'state', 'draft',
            'fired', jsonb_build_object())
    FROM taken t WHERE m.migration = :id AND m.case_id = t.id
""")
_ASKED_SINCE = text("SELECT count(*) FROM migration_case WHERE migration = :id AND asked_at > :since")
_INCIDENT = text("""
    SELECT EXISTS (SELECT 1 FROM migration_case m WHERE m.migration = :id AND m.status = 'failed')
        OR EXISTS (SELECT 1 FROM incident i JOIN migration_case m ON m.case_id = i.case_id
            WHERE m.migration = :id AND m.status = 'moved' AND i.at >= m.asked_at AND i.at >= :since)
""")


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one migration."""

    db: Connection
    library: Library
    found: Migration
    now: datetime

    @property
    def id(self) -> int:
        """Its number."""
        return self.found.id

    @property
    def back(self) -> bool:
        """True while cases are moved back."""
        return self.found.status == REVERTING

    def note(self, **values: Any) -> None:
        """Write what changed of the migration itself."""
        self.db.execute(update(migration).where(migration.c.id == self.id).values(**values))


def step(db: Connection, library: Library, now: datetime) -> bool:
    """Bring every migration that is under way a step on; True when a command waits or cases are left to look at."""
    busy = False
    for row in db.execute(_UNDER_WAY).mappings().all():
        busy |= _step(_Look(db, library, store.read(dict(row)), now))
    return busy


def _step(look: _Look) -> bool:
    found = look.found
    known = {"id": look.id, "now": look.now, "done": list(DONE), "passing": list(PASSING)}
    look.db.execute(_HARVEST, known)
    look.db.execute(_RETRY, {"id": look.id, "since": found.since})
    if look.back:
        look.db.execute(_TURN, {"id": look.id})
        look.db.execute(_DROP, {"id": look.id})
    counts = store.progress(look.db, look.id)
    open_ = counts["due"] + counts["asked"] + counts["waiting"]
    if not look.back and found.passes == 0:
        # Looked through once before the first case is moved: a share of the canary is a share of all.
        _enrol(look)
        return True
    if not look.back and not found.canary_passed and not _canary(look, counts):
        return counts["asked"] > 0
    if not look.back and found.passes == 1 and not counts["due"] and not counts["asked"]:
        _enrol(look)
        return True
    if not open_:
        store.finish(look.db, found, look.now)
        return False
    return _ask(look, _allowed(look, counts)) > 0 or counts["asked"] > 0


def _enrol(look: _Look) -> None:
    """Look at the next page of cases. All are looked at twice: some were opened, or submitted, meanwhile."""
    plan, chosen = look.found.plan, look.found.plan.chooses()
    query = select(case_).where(case_.c.id > look.found.reached, case_.c.definition.in_(plan.sources))
    rows = look.db.execute(query.order_by(case_.c.id).limit(PAGE)).mappings().all()
    live = [case for case in (stored(dict(row)).case for row in rows) if is_live(look.library, look.db, case)]
    look.db.execute(_ENROL, {"id": look.id, "cases": [case.id for case in live if chosen(case, look.now)]})
    if len(rows) == PAGE:
        look.note(reached=rows[-1]["id"])
        return
    total = sum(store.progress(look.db, look.id).values())
    canary = look.found.canary if look.found.passes else plan.canary(total)
    look.note(reached=0, passes=look.found.passes + 1, canary=canary)


def is_live(library: Library, db: Connection, case: Case) -> bool:
    """True for a draft, and for a case that has not ended."""
    if case.state == DRAFT:
        return True
    state = library.process(db, case.definition).states.get(case.state)
    return state is not None and not state.final


def _canary(look: _Look, counts: Mapping[str, int]) -> bool:
    """Move the first cases and watch them; True once the rest may follow."""
    found, wanted = look.found, look.found.canary or 0
    if look.db.execute(_INCIDENT, {"id": look.id, "since": found.since}).scalar():
        store.pause(look.db, look.id, "system", look.now, CANARY_FAILED)
        return False
    tried = counts["moved"] + counts["asked"]
    if tried < wanted and counts["due"]:
        _ask(look, min(wanted - tried, _allowed(look, counts)))
        return False
    if counts["asked"]:
        return False
    if counts["moved"] and wanted and found.watched_until is None:
        look.note(watched_until=look.now + timedelta(seconds=found.plan.canary_wait))
        return False
    if found.watched_until is not None and look.now < found.watched_until:
        return False
    look.note(canary_passed=True)
    return True


def _allowed(look: _Look, counts: Mapping[str, int]) -> int:
    """How many cases may be asked now: by the plan's pace, and so that the queue stays short."""
    asked = look.db.execute(_ASKED_SINCE, {"id": look.id, "since": look.now - _A_MINUTE}).scalar_one()
    return max(0, min(look.found.plan.per_minute - int(asked), MOST_ASKED - counts["asked"]))


def _ask(look: _Look, n: int) -> int:
    """Write the commands of the next `n` cases; how many were asked."""
    if n <= 0:
        return 0
    known = {"id": look.id, "back": look.back, "again": look.now - AGAIN, "n": n}
    rows = look.db.execute(_ASKABLE, known).all()
    drafts = [row for row in rows if row.state == DRAFT]
    _take_drafts(look, drafts)
    cases = [row for row in rows if row.state != DRAFT]
    if cases:
        _write_commands(look, cases)
    return len(rows)


def _write_commands(look: _Look, rows: Sequence[Any]) -> None:
    import orjson

    plan, there = look.found.plan, look.found.plan.payload(look.id)
    payloads = [
        plan.payload_back(look.id, r.was, r.revision, map_back=look.found.map_back) if look.back else there
        for r in rows
    ]
    keys = [str(uuid.uuid5(_SPACE, f"{look.id}/{r.case_id}/{look.back}/{r.tries}")) for r in rows]
    look.db.execute(
        _COMMANDS,
        {
            "id": look.id,
            "now": look.now,
            "cases": [r.case_id for r in rows],
            "payloads": [orjson.dumps(p).decode() for p in payloads],
            "keys": keys,
        },
    )


def _take_drafts(look: _Look, rows: Sequence[Any]) -> None:
    plan = look.found.plan
    for hash_ in {r.was["definition"] for r in rows if r.was} if look.back else plan.sources:
        ids = [r.case_id for r in rows if not look.back or (r.was and r.was["definition"] == hash_)]
        if ids:
            to, source = (hash_, plan.target) if look.back else (plan.target, hash_)
            known = {"id": look.id, "cases": ids, "to": to, "from": [source], "was": hash_, "now": look.now}
            look.db.execute(_DRAFTS, known)
