"""`alur cases`: look at cases and replay them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import select

from alur import history as history_of
from alur.commands.common import house, json_option, tell
from alur.commands.erasing import erase
from alur.commands.migrations import migrate, migrations
from workflow import lateness
from workflow.db import accesses
from workflow.db import cases as store
from workflow.db.history import read_events
from workflow.db.replaying import data_then, names_in, past
from workflow.db.tables import case_
from workflow.events import stamp
from workflow.replay import Until

#: The largest number that a case can have.
MAX_ID = 2**63 - 1


@click.group()
def cases() -> None:
    """Cases and their histories."""


cases.add_command(migrate)
cases.add_command(migrations)
cases.add_command(erase)


@cases.command("list")
@click.option("--state", help="Only cases in this state.")
@click.option("--limit", default=50, show_default=True)
@json_option
def list_(state: str | None, limit: int, as_json: bool) -> None:
    """The newest cases."""
    with house() as opened, opened.engine.connect() as db:
        query = select(case_.c.id, case_.c.process, case_.c.office, case_.c.state, case_.c.updated_at)
        query = query.where(case_.c.state == state) if state else query
        rows = [dict(r) for r in db.execute(query.order_by(case_.c.id.desc()).limit(limit)).mappings()]
    words = "\n".join(f"{r['id']:>8}  {r['process']:<14} {r['office']:<12} {r['state']}" for r in rows)
    tell(rows, words or (f"No case is in the state {state}." if state else "There are no cases yet."), as_json=as_json)


@cases.command()
@click.argument("id_", metavar="ID", type=click.IntRange(1, MAX_ID))
@json_option
def show(id_: int, as_json: bool) -> None:
    """A case as it is, without personal data."""
    with house() as opened, opened.engine.connect() as db:
        found = store.get(db, id_)
    case = found.case
    told = {
        "id": case.id,
        "process": case.process,
        "definition": case.definition,
        "office": case.office,
        "state": case.state,
        "revision": case.revision,
        "saves": found.saves,
        "seq": case.seq,
        "head": case.head.hex(),
        "holder": case.task.holder if case.task else None,
        "step": case.step.run if case.step else None,
        "erased": stamp(case.erased.at) if case.erased else None,
        "under": case.erased.under if case.erased else None,
    }
    tell(told, "\n".join(f"{k:<12} {v}" for k, v in told.items()), as_json=as_json)


@cases.command()
@click.argument("id_", metavar="ID", type=click.IntRange(1, MAX_ID))
@json_option
def history(id_: int, as_json: bool) -> None:
    """Everything that happened to a case."""
    with house() as opened, opened.engine.connect() as db:
        store.get(db, id_)
        events = read_events(db, id_)
    told = [
        {
            "seq": e.seq,
            "at": stamp(e.at),
            "type": e.type,
            "actor": e.actor,
            "body": e.body,
            "hash": e.hash.hex(),
        }
        for e in events
    ]
    words = "\n".join(f"{t['seq']:>4}  {t['at']}  {t['actor']:<8} {t['type']:<15} {_gist(t['body'])}" for t in told)
    tell(told, words or "Nothing has happened yet.", as_json=as_json)


def _gist(body: Any) -> str:
    facts: Mapping[str, Any] = body
    told = [
        f"{k}={facts[k]}" for k in ("do", "run", "from", "to", "code", "timer", "clock", "at", "under") if k in facts
    ]
    return " ".join([*told, f"({lateness.told(facts['late'])['en']})"] if "late" in facts else told)


@cases.command()
@click.argument("id_", metavar="ID", type=click.IntRange(1, MAX_ID))
@click.option("--at", help="Moment to replay to (ISO 8601 with zone).")
@click.option("--seq", type=click.IntRange(0), help="Event to replay to.")
@click.option("--data", "reader", metavar="ACCOUNT", help="Show the data of then to this auditor; the look is logged.")
@json_option
def replay(id_: int, at: str | None, seq: int | None, reader: str | None, as_json: bool) -> None:
    """Fold a case's events: state, task, clocks and who could do what; exit 1 when the fold differs from the store."""
    until = Until(seq=seq, at=None if at is None else history_of.moment_of(at))
    with house() as opened, opened.engine.begin() as db:
        found = store.get(db, id_)
        if seq is not None and seq > found.case.seq:
            raise click.UsageError(f"Case {id_} has {found.case.seq} events; there is no event {seq} yet.")
        then = past(db, opened.library, found, until, datetime.now(UTC))
        data = None
        if reader is not None:
            accesses.note(db, accesses.reader(db, reader, found.case.office), id_, f"data/{then.case.data}")
            data = data_then(db, opened.vault, found, then)
        names = names_in(db, then)
    tell(history_of.as_json(then, names, data), history_of.in_words(then, names, data), as_json=as_json)
    if then.finding:
        sys.exit(1)
