"""`alur cases`: look at cases and replay them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import select

from alur.commands.common import house, json_option, tell
from alur.commands.erasing import erase
from alur.commands.migrations import migrate, migrations
from alur.history import Replayed, read_history, replay_case
from workflow import lateness
from workflow.case import Case
from workflow.db import cases as store
from workflow.db.tables import case_
from workflow.erasing import UNDER
from workflow.events import stamp

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
        events = read_history(db, id_)
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
@click.option("--seq", type=int, help="Event to replay to.")
@json_option
def replay(id_: int, at: str | None, seq: int | None, as_json: bool) -> None:
    """Fold a case's events; exit 1 when the fold differs from what is stored."""
    with house() as opened, opened.engine.connect() as db:
        replayed = replay_case(db, opened.library, id_, at=at, seq=seq)
    tell(replayed.as_json(), _words(replayed), as_json=as_json)
    if replayed.difference:
        sys.exit(1)


def _erased(case: Case) -> str:
    assert case.erased is not None
    title = UNDER[case.erased.under]
    day = case.erased.at.strftime("%Y-%m-%d %H:%M UTC")
    said = f"Data pribadinya dihapus pada {day} berdasarkan {title['id']}."
    return f"{said}\nIts personal data were erased on {day} under {title['en']}; what they were cannot be told."


def _words(replayed: Replayed) -> str:
    case = replayed.case
    head = case.head.hex()[:16]
    gone = f"\n{_erased(case)}" if case.erased else ""
    line = f"Case {case.id} after {case.seq} events: {case.state}, revision {case.revision}, head {head}.{gone}"
    if replayed.difference:
        return f"{line}\nIt differs from what is stored: {replayed.difference}"
    return f"{line}\n{'It equals what is stored.' if replayed.complete else 'The chain is whole up to here.'}"
