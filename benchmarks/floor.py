"""The floors: the rows that one drained case leaves, written one transaction a transition.

They are read from a case that was really drained, so the floor writes what Alur writes, byte for byte: command and
acknowledgement, case, event and hash, task, timers. What the floor leaves out is all thinking.
"""

from __future__ import annotations

import json
import re
import resource
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import text

from alur.wiring import House
from benchmarks.ground import PATH
from workflow.db.connect import ENGINE, drain_connection


@dataclass(frozen=True)
class Write:
    """All rows of one transition."""

    seq: int
    state: str
    fold: str
    actor: str
    type: str
    body: str
    do: str
    payload: str
    outcome: str
    #: Role of the task that opens; None when none does.
    role: str | None
    timers: tuple[str, ...]


def writes(house: House, case: int) -> list[Write]:
    """What was written for a drained case, transition by transition."""
    with house.engine.connect() as db:
        events = db.execute(text("SELECT * FROM event WHERE case_id = :c ORDER BY seq"), {"c": case}).all()
        tasks = {r.seq: r for r in db.execute(text("SELECT * FROM task WHERE case_id = :c"), {"c": case})}
        fold = db.execute(text("SELECT fold::text FROM case_ WHERE id = :c"), {"c": case}).scalar_one()
        commands = db.execute(text("SELECT * FROM command WHERE case_id = :c ORDER BY id"), {"c": case}).all()
    assert len(events) == len(commands) == len(PATH)
    out = []
    for e, c in zip(events, commands, strict=True):
        task = tasks.get(e.seq)
        running = e.body["to"] not in ("correction", "issued")
        out.append(
            Write(
                seq=e.seq,
                state=e.body["to"],
                fold=_plain(fold),
                actor=e.actor,
                type=e.type,
                body=_plain(json.dumps(e.body)),
                do=c.do,
                payload=_plain(json.dumps(c.payload)),
                outcome=_plain(json.dumps(c.outcome)),
                role=task.role if task else None,
                timers=("clock/service/75", "clock/service/100") if running else (),
            )
        )
    return out


def _plain(json_text: str) -> str:
    """pgbench takes a colon before a letter or digit for a variable, in quotes too."""
    return re.sub(r":(?=\w)", ".", json_text).replace("'", " ")


_HASH = "'\\x" + "ab" * 32 + "'"


def script(rows: Sequence[Write], to: Path) -> Path:
    """The floor as a pgbench script: one case, one transaction a transition."""
    lines = []
    for w in rows:
        lines.append("BEGIN;")
        if w.seq == 1:
            lines.append(
                "INSERT INTO case_ (process, definition, office, owner, person, state, revision, seq, head, fold)"
                f" VALUES ('bench', '{'ab' * 32}', 'palembang', 1, 1, '{w.state}', 1, 1, {_HASH}, '{w.fold}')"
                " RETURNING id AS id \\gset"
            )
        else:
            lines.append("SELECT state, revision, fold FROM case_ WHERE id = :id FOR UPDATE;")
            lines.append(
                f"UPDATE case_ SET state = '{w.state}', revision = {w.seq}, seq = {w.seq}, head = {_HASH},"
                f" fold = '{w.fold}', updated_at = now() WHERE id = :id;"
            )
        lines.append(
            "INSERT INTO event (case_id, seq, type, actor, at, body, hash) VALUES"
            f" (:id, {w.seq}, '{w.type}', '{w.actor}', now(), '{w.body}', {_HASH});"
        )
        if w.seq > 1:
            lines.append(
                f"UPDATE task SET status = 'done', done_at = now(), done_by = '{w.actor}'"
                f" WHERE case_id = :id AND seq = {w.seq - 1};"
            )
        if w.role:
            lines.append(
                "INSERT INTO task (case_id, seq, process, state, role, office, due_at) VALUES"
                f" (:id, {w.seq}, 'bench', '{w.state}', '{w.role}', 'palembang', now() + interval '1 day');"
            )
        lines.append("DELETE FROM timer WHERE case_id = :id;")
        if w.timers:
            values = ", ".join(f"(:id, '{name}', now() + interval '1 day')" for name in w.timers)
            lines.append(f"INSERT INTO timer (case_id, name, due_at) VALUES {values};")
        lines.append(
            'INSERT INTO command (case_id, "do", actor, payload, key, status, outcome, done_at) VALUES'
            f" (:id, '{w.do}', '{w.actor}', '{w.payload}', gen_random_uuid(), 'done', '{w.outcome}', now());"
        )
        lines.append("COMMIT;")
    to.write_text("\n".join(lines) + "\n")
    return to


def psycopg_cpu(house: House, rows: Sequence[Write], cases: int) -> float:
    """Client CPU seconds a transition when psycopg writes the same rows, one transaction each."""
    connection = drain_connection(house.urls.database, ENGINE)
    cursor = connection.cursor(binary=True)
    _case(cursor, rows)
    before = _cpu()
    for _ in range(cases):
        _case(cursor, rows)
    used = _cpu() - before
    connection.close()
    return used / (cases * len(rows))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _case(cursor: psycopg.Cursor[Any], rows: Sequence[Write]) -> None:
    head = b"\xab" * 32
    id_ = 0
    for w in rows:
        with cursor.connection.transaction():
            if w.seq == 1:
                id_ = _open(cursor, w, head)
            else:
                cursor.execute("SELECT state, revision, fold FROM case_ WHERE id = %s FOR UPDATE", (id_,)).fetchone()
                cursor.execute(
                    "UPDATE case_ SET state=%s, revision=%s, seq=%s, head=%s, fold=%s, updated_at=now() WHERE id=%s",
                    (w.state, w.seq, w.seq, head, w.fold, id_),
                )
                cursor.execute(
                    "UPDATE task SET status='done', done_at=now(), done_by=%s WHERE case_id=%s AND seq=%s",
                    (w.actor, id_, w.seq - 1),
                )
            _rest(cursor, w, id_, head)


def _open(cursor: psycopg.Cursor[Any], w: Write, head: bytes) -> int:
    row = cursor.execute(
        "INSERT INTO case_ (process, definition, office, owner, person, state, revision, seq, head, fold)"
        " VALUES ('bench', %s, 'palembang', 1, 1, %s, 1, 1, %s, %s) RETURNING id",
        ("ab" * 32, w.state, head, w.fold),
    ).fetchone()
    assert row is not None
    return int(row[0])


def _rest(cursor: psycopg.Cursor[Any], w: Write, id_: int, head: bytes) -> None:
    cursor.execute(
        "INSERT INTO event (case_id, seq, type, actor, at, body, hash) VALUES (%s, %s, %s, %s, now(), %s, %s)",
        (id_, w.seq, w.type, w.actor, w.body, head),
    )
    if w.role:
        cursor.execute(
            "INSERT INTO task (case_id, seq, process, state, role, office, due_at)"
            " VALUES (%s, %s, 'bench', %s, %s, 'palembang', now() + interval '1 day')",
            (id_, w.seq, w.state, w.role),
        )
    cursor.execute("DELETE FROM timer WHERE case_id = %s", (id_,))
    if w.timers:
        cursor.execute(
            "INSERT INTO timer (case_id, name, due_at) VALUES (%s, %s, now() + interval '1 day'),"
            " (%s, %s, now() + interval '1 day')",
            (id_, w.timers[0], id_, w.timers[1]),
        )
    cursor.execute(
        'INSERT INTO command (case_id, "do", actor, payload, key, status, outcome, done_at)'
        " VALUES (%s, %s, %s, %s, %s, 'done', %s, now())",
        (id_, w.do, w.actor, w.payload, uuid.uuid4(), w.outcome),
    )
