"""What the clock process does in the database: fire due timers, prune what nobody reads any more."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, text

#: Done commands are the largest table; who waited for one has long read it.
KEEP_COMMANDS = timedelta(days=7)
KEEP_REQUESTS = timedelta(days=2)

_FIRE = text("""
    WITH due AS (
        DELETE FROM timer t USING (
            SELECT case_id, name FROM timer WHERE due_at <= :now ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
        ) d WHERE t.case_id = d.case_id AND t.name = d.name RETURNING t.case_id, t.name, t.due_at
    ), ordered AS (SELECT * FROM due ORDER BY due_at, case_id, name)
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
    """Turn timers due at `now` into commands, in the order of their dues; how many.

    The row goes and the command comes in one statement, so each timer fires once; the decision checks again under
    the case's lock whether it is still due.
    """
    return db.execute(_FIRE, {"now": now, "limit": limit}).rowcount


def commands_wait(db: Connection) -> bool:
    """True when a command waits, whoever should have rung for it."""
    return bool(db.execute(_WAITING).scalar())


def prune(db: Connection, limit: int = 5000) -> int:
    """Remove answered commands and idempotency keys that are past keeping; how many rows."""
    commands = db.execute(_PRUNE_COMMANDS, {"keep": KEEP_COMMANDS, "limit": limit}).rowcount
    return commands + db.execute(_PRUNE_REQUESTS, {"keep": KEEP_REQUESTS, "limit": limit}).rowcount
