"""What the clock process does in the database: fire due timers, prune what nobody reads any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, text

#: Done commands are the largest table; who waited for one has long read it.
KEEP_COMMANDS = timedelta(days=7)
KEEP_REQUESTS = timedelta(days=2)

#: Any number; the one clock process that sweeps holds this lock until its transaction ends.
_LOCK = 4120
_ALONE = text("SELECT pg_try_advisory_xact_lock(:n)")
# Of each case the earliest timer only, and none while one of its timers waits to be performed: that one may arm or
# disarm others. What is due after a timer that has to wait like that waits, too; so dues that were slept over are told
# in their order, within a case and across cases.
_FIRE = text("""
    WITH near AS MATERIALIZED (
        SELECT case_id, name, due_at FROM timer WHERE due_at <= :now ORDER BY due_at, case_id, name LIMIT :limit
    ), line AS MATERIALIZED (
        SELECT n.*, row_number() OVER (PARTITION BY n.case_id ORDER BY n.due_at, n.name) = 1 AND NOT EXISTS (
            SELECT 1 FROM command m WHERE m.case_id = n.case_id AND m.status = 'pending' AND m."do" = '@timer') AS free
        FROM near n
    ), due AS (
        DELETE FROM timer t USING (
            SELECT t.case_id, t.name FROM timer t JOIN line l ON l.case_id = t.case_id AND l.name = t.name
            WHERE l.free AND t.due_at <= :now
                AND t.due_at <= (SELECT coalesce(min(w.due_at), 'infinity') FROM line w WHERE NOT w.free)
            FOR UPDATE OF t SKIP LOCKED
        ) d WHERE t.case_id = d.case_id AND t.name = d.name RETURNING t.case_id, t.name, t.due_at
    ), ordered AS (SELECT * FROM due ORDER BY due_at, case_id)
    INSERT INTO command (case_id, "do", actor, payload, key)
    SELECT case_id, '@timer', 'timer', jsonb_build_object('timer', name), gen_random_uuid() FROM ordered
""")
_PRUNE_COMMANDS = text("""
    DELETE FROM command WHERE id IN (
        SELECT id FROM command WHERE status <> 'pending' AND done_at < now() - CAST(:keep AS interval)
        ORDER BY id LIMIT :limit)
""")
_PRUNE_REQUESTS = text("""
    DELETE FROM idempotency WHERE (account, key) IN (
        SELECT account, key FROM idempotency WHERE at < now() - CAST(:keep AS interval) LIMIT :limit)
""")
_WAITING = text("SELECT EXISTS (SELECT 1 FROM command WHERE status = 'pending')")


def fire_timers(db: Connection, now: object, limit: int = 1000) -> int:
    """Turn the earliest timer of each case that is due at `now` into a command, in the order of their dues; how many.

    One clock process sweeps at a time; another finds nothing to do. The row goes and the command comes in one
    statement, so each timer fires once; the decision checks again under the case's lock whether it is still due.
    """
    if not db.execute(_ALONE, {"n": _LOCK}).scalar():
        return 0
    return db.execute(_FIRE, {"now": now, "limit": limit}).rowcount


def commands_wait(db: Connection) -> bool:
    """True when a command waits, whoever should have rung for it."""
    return bool(db.execute(_WAITING).scalar())


def prune(db: Connection, limit: int = 5000) -> int:
    """Remove answered commands and idempotency keys that are past keeping; how many rows."""
    commands = db.execute(_PRUNE_COMMANDS, {"keep": KEEP_COMMANDS, "limit": limit}).rowcount
    return commands + db.execute(_PRUNE_REQUESTS, {"keep": KEEP_REQUESTS, "limit": limit}).rowcount
