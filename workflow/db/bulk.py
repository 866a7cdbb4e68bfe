"""The one statement that writes a batch, through the bare driver: docs/adr/0004-bare-driver.md tells why."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg

from workflow.db.batch import Batch

#: Columns by row source, with their types; the order is that of the parameters.
COLUMNS: dict[str, dict[str, str]] = {
    "case": {
        "id": "bigint", "state": "text", "revision": "int", "seq": "int", "head": "bytea", "data": "int",
        "fold": "jsonb",
    },
    "repinned": {
        "id": "bigint", "state": "text", "revision": "int", "seq": "int", "head": "bytea", "data": "int",
        "fold": "jsonb", "definition": "text",
    },
    "event": {
        "case_id": "bigint", "seq": "int", "type": "text", "actor": "text", "body": "jsonb", "hash": "bytea",
    },
    "close": {"case_id": "bigint", "seq": "int", "by": "text"},
    "hold_task": {"case_id": "bigint", "seq": "int", "assignee": "text", "until": "timestamptz"},
    "retask": {
        "case_id": "bigint", "seq": "int", "state": "text", "role": "text", "assignee": "text",
        "until": "timestamptz", "due_at": "timestamptz",
    },
    "task": {
        "case_id": "bigint", "seq": "int", "process": "text", "state": "text", "role": "text", "office": "text",
        "due_at": "timestamptz", "status": "text",
    },
    "touched": {"case_id": "bigint"},
    "timer": {"case_id": "bigint", "name": "text", "due_at": "timestamptz"},
    "outbox": {"case_id": "bigint", "seq": "int", "kind": "text", "queue": "text", "input": "jsonb"},
    "cancel": {"case_id": "bigint", "seq": "int"},
    "free": {"scope": "text", "key": "text", "case_id": "bigint"},
    "take": {
        "scope": "text", "key": "text", "case_id": "bigint", "name": "text", "place": "text", "arrival": "bigint",
    },
    "call": {"scope": "text", "key": "text", "case_id": "bigint"},
    "summon": {"case_id": "bigint", "do": "text"},
    "key": {"case_id": "bigint", "field": "text", "key": "text"},
    "follow": {"case_id": "bigint", "scope": "text", "key": "text", "do": "text"},
    "card": {"case_id": "bigint", "state": "text"},
    "solved": {"case_id": "bigint", "seq": "int"},
    "incident": {
        "case_id": "bigint", "seq": "int", "process": "text", "office": "text", "run": "text", "code": "text",
    },
    "ack": {"id": "bigint", "status": "text", "outcome": "jsonb"},
}  # fmt: skip

_WRITES = {
    "case": """UPDATE case_ c SET state = d.state, revision = d.revision, seq = d.seq, head = d.head, data = d.data,
        fold = d.fold, updated_at = (SELECT at FROM moment) FROM d_case d WHERE c.id = d.id""",
    "repinned": """UPDATE case_ c SET state = d.state, revision = d.revision, seq = d.seq, head = d.head,
        data = d.data, fold = d.fold, definition = d.definition, updated_at = (SELECT at FROM moment)
        FROM d_repinned d WHERE c.id = d.id""",
    "event": """INSERT INTO event (case_id, seq, type, actor, at, body, hash)
        SELECT case_id, seq, type, actor, (SELECT at FROM moment), body, hash FROM d_event""",
    "close": """UPDATE task t SET status = 'done', done_at = (SELECT at FROM moment), done_by = d.by
        FROM d_close d WHERE t.case_id = d.case_id AND t.seq = d.seq""",
    "hold_task": """UPDATE task t SET assignee = d.assignee, lease_until = d.until
        FROM d_hold_task d WHERE t.case_id = d.case_id AND t.seq = d.seq""",
    "retask": """UPDATE task t SET state = d.state, role = d.role, assignee = d.assignee, lease_until = d.until,
        due_at = d.due_at FROM d_retask d WHERE t.case_id = d.case_id AND t.seq = d.seq""",
    "task": """INSERT INTO task (case_id, seq, process, state, role, office, due_at, status, created_at)
        SELECT case_id, seq, process, state, role, office, due_at, status, (SELECT at FROM moment) FROM d_task""",
    "touched": """DELETE FROM timer t USING d_touched d WHERE t.case_id = d.case_id
        AND NOT EXISTS (SELECT 1 FROM d_timer n WHERE n.case_id = t.case_id AND n.name = t.name)""",
    "timer": """INSERT INTO timer (case_id, name, due_at) SELECT case_id, name, due_at FROM d_timer
        ON CONFLICT (case_id, name) DO UPDATE SET due_at = excluded.due_at""",
    "outbox": """INSERT INTO outbox (case_id, seq, kind, queue, input, due_at)
        SELECT case_id, seq, kind, queue, input, (SELECT at FROM moment) FROM d_outbox""",
    "cancel": """UPDATE outbox o SET status = 'cancelled' FROM d_cancel d
        WHERE o.case_id = d.case_id AND o.seq = d.seq AND o.status = 'due'""",
    "free": """DELETE FROM hold h USING d_free d
        WHERE h.scope = d.scope AND h.key = d.key AND h.case_id = d.case_id""",
    "take": """INSERT INTO hold (scope, key, case_id, name, place, arrival)
        SELECT scope, key, case_id, name, place, arrival FROM d_take
        ON CONFLICT (scope, key, case_id) DO UPDATE SET place = excluded.place""",
    "call": """UPDATE hold h SET place = 'called' FROM d_call d
        WHERE h.scope = d.scope AND h.key = d.key AND h.case_id = d.case_id AND h.place = 'line'""",
    "summon": """INSERT INTO command (case_id, "do", actor, key)
        SELECT case_id, "do", 'hold', gen_random_uuid() FROM d_summon""",
    "key": """INSERT INTO case_key (case_id, field, key) SELECT case_id, field, key FROM d_key
        ON CONFLICT (case_id, field) DO UPDATE SET key = excluded.key""",
    "follow": """INSERT INTO command (case_id, "do", actor, key)
        SELECT h.case_id, d."do", 'hold', encode(substr(sha256(convert_to(
            'hold:' || d.case_id || ':' || h.case_id || ':' || d."do", 'UTF8')), 1, 16), 'hex')::uuid
        FROM d_follow d JOIN hold h ON h.scope = d.scope AND h.key = d.key AND h.case_id <> d.case_id
        ON CONFLICT (key) DO NOTHING""",
    "card": """UPDATE card k SET
        state = CASE WHEN k.state <> 'valid' THEN 'void'
            WHEN d.state IN ('replaced', 'revoked', 'expired') THEN d.state ELSE 'returned' END,
        reason = d.state, changed_at = (SELECT at FROM moment)
        FROM d_card d WHERE k.case_id = d.case_id AND k.state IN ('reserved', 'signed', 'valid')""",
    "solved": "DELETE FROM incident i USING d_solved d WHERE i.case_id = d.case_id AND i.seq = d.seq",
    "incident": """INSERT INTO incident (case_id, seq, process, office, run, code, at)
        SELECT case_id, seq, process, office, run, code, (SELECT at FROM moment) FROM d_incident""",
    "ack": """UPDATE command c SET status = d.status, outcome = d.outcome, done_at = (SELECT at FROM moment)
        FROM d_ack d WHERE c.id = d.id""",
}


def _source(name: str) -> str:
    columns = COLUMNS[name]
    arrays = ", ".join(f"%b::{'text' if kind == 'jsonb' else kind}[]" for kind in columns.values())
    raw = ", ".join(f'"{column}"' for column in columns)
    typed = ", ".join(f'"{column}"::{kind} AS "{column}"' for column, kind in columns.items())
    return f"d_{name} AS MATERIALIZED (SELECT {typed} FROM unnest({arrays}) AS x({raw}))"  # noqa: S608 - our own names


@cache
def _statement(sources: frozenset[str]) -> str:
    """The statement for a batch that has rows of `sources`: what has none costs nothing, which counts at batch 1."""
    ordered = [name for name in COLUMNS if name in sources]
    head = ["moment AS (SELECT %b::timestamptz AS at)", *(_source(name) for name in ordered)]
    writes = [f"w_{name} AS ({_WRITES[name]})" for name in ordered if name != "ack"]
    return "WITH " + ",\n".join(head + writes) + "\n" + _WRITES["ack"]


def write(cursor: psycopg.Cursor[Any], batch: Batch) -> None:
    """Write all of `batch` in the open transaction.

    JSON travels as text and is parsed by the server: wrapping each value for the driver cost more than deciding it.
    """
    parameters: list[Any] = [batch.now]
    sources = _present(batch)
    for name, columns in COLUMNS.items():
        if name in sources:
            rows = batch.rows.get(name)
            parameters.extend(map(list, zip(*rows, strict=True)) if rows else [[] for _ in columns])
    cursor.execute(_statement(sources), parameters)


def _present(batch: Batch) -> frozenset[str]:
    """Sources with rows. Removing timers looks at those that stay; a batch always acknowledges."""
    present = {name for name, rows in batch.rows.items() if rows} | {"ack"}
    return frozenset(present | {"timer"} if "touched" in present else present)
