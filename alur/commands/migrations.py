"""`alur cases migrate` and `alur cases migrations`: moving running cases to another version of their definition."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, select

from alur import accounts
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db import case_migrations as store
from workflow.db import migration_preview
from workflow.db.case_migrations import Migration
from workflow.db.tables import membership
from workflow.errors import AlurError, UnknownDefinitionError
from workflow.migration import plan_text, propose
from workflow.migration_plan import Plan, read_plan

SUPERVISOR = "supervisor"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WATCH_SECONDS = 1.0
#: Statuses in which nothing more happens by itself.
_STILL = frozenset({store.PROPOSED, store.PAUSED, store.ABORTED, store.FINISHED, store.REVERTED})
_DECISIONS: Mapping[str, Callable[..., None]] = {
    "approve": store.approve,
    "pause": store.pause,
    "resume": store.resume,
    "abort": store.abort,
    "revert": store.revert,
}


class NotSupervisorError(AlurError):
    """The account may not decide about a migration."""

    code = "not_supervisor"


@click.command("migrate")
@click.argument("plan", type=FILE, required=False)
@click.option("--dry-run", is_flag=True, help="Tell what it would do to all live cases; writes nothing.")
@click.option("--as", "name", help="Account of the supervisor who proposes it.")
@click.option("--propose", "process", metavar="PROCESS", help="Write a plan for a person to correct, instead.")
@click.option("--from", "source", help="Version, or hash, that cases have (with --propose).")
@click.option("--to", "target", help="Version, or hash, that they are to have (with --propose).")
@json_option
def migrate(
    plan: Path | None,
    dry_run: bool,
    name: str | None,
    process: str | None,
    source: str | None,
    target: str | None,
    as_json: bool,
) -> None:
    """Move running cases to another version of their definition by a plan that another supervisor approves."""
    if process is not None:
        if source is None or target is None:
            raise click.UsageError("--propose wants --from and --to.")
        _propose_plan(process, source, target, as_json)
    elif plan is None:
        raise click.UsageError("Name the file of a plan, or --propose PROCESS.")
    elif dry_run:
        _dry_run(plan, as_json)
    elif name is None:
        raise click.UsageError("Name who proposes it: --as ACCOUNT; or look first: --dry-run.")
    else:
        _propose(plan, name, as_json)


@click.command("migrations")
@click.argument("id_", metavar="[ID]", type=click.IntRange(1, 2**63 - 1), required=False)
@click.argument("do", required=False, type=click.Choice(sorted(_DECISIONS)))
@click.option("--as", "name", help="Account of the supervisor who decides.")
@click.option("--map-back", is_flag=True, help="With revert: cases that moved on go back by the mapping, too.")
@click.option("--watch", is_flag=True, help="Tell the progress until nothing more happens.")
@json_option
def migrations(id_: int | None, do: str | None, name: str | None, map_back: bool, watch: bool, as_json: bool) -> None:
    """Migrations of cases and their progress; approve, pause, resume, abort or revert one."""
    with house() as opened:
        if id_ is None:
            _list(opened, as_json)
            return
        if do is not None:
            _decide(opened, id_, do, name, map_back)
        while watch and not as_json and _status(opened, id_) not in _STILL:
            click.echo(_line(opened, id_), err=True)
            time.sleep(WATCH_SECONDS)
        _show(opened, id_, as_json)


def _propose_plan(process: str, source: str, target: str, as_json: bool) -> None:
    with house() as opened, opened.engine.connect() as db:
        found = []
        for version in (source, target):
            known = store.find_version(db, opened.library, process, _number(version))
            if known is None:
                raise UnknownDefinitionError(f"{process} has no published version {version}.")
            found.append(known)
    if found[0].hash == found[1].hash:
        raise click.UsageError("--from and --to name the same version; a case is not moved into the one that it has.")
    states = propose(*found)
    text = plan_text(process, (_number(source),), _number(target), states)
    tell({"plan": text, "states": states}, text.rstrip(), as_json=as_json)


def _number(version: str) -> int | str:
    return int(version) if version.isdecimal() and len(version) < 10 else version


def _read(opened: House, db: Connection, file: Path) -> Plan:
    return read_plan(
        file.read_text(encoding="utf-8"),
        lambda process, version: store.find_version(db, opened.library, process, version),
        opened.library.offices,
        str(file),
    )


def _dry_run(file: Path, as_json: bool) -> None:
    with house() as opened, opened.engine.connect() as db:
        plan = _read(opened, db, file)
        report = migration_preview.preview(
            db, opened.library, opened.vault, plan, datetime.now(UTC), lambda n: click.echo(f"{n} cases …", err=True)
        )
    told = report.as_json()
    tell(told, report_words(told), as_json=as_json)


def _propose(file: Path, name: str, as_json: bool) -> None:
    with house() as opened, opened.engine.begin() as db:
        plan = _read(opened, db, file)
        id_ = store.propose(db, plan, _supervisor(opened, db, name, plan), datetime.now(UTC))
    words = f"Migration {id_} waits for another supervisor: alur cases migrations {id_} approve --as …"
    tell({"migration": id_, "plan": plan.as_json()}, words, as_json=as_json)


def _decide(opened: House, id_: int, do: str, name: str | None, map_back: bool) -> None:
    if name is None:
        raise click.UsageError("Name who decides: --as ACCOUNT.")
    more = {"map_back": map_back} if do == "revert" else {}
    with opened.engine.begin() as db:
        found = store.get(db, id_)
        _DECISIONS[do](db, id_, _supervisor(opened, db, name, found.plan), datetime.now(UTC), **more)


def _supervisor(opened: House, db: Connection, name: str, plan: Plan) -> str:
    """The account of `name` as text; raises `NotSupervisorError` unless it supervises every office concerned."""
    id_ = accounts.find(db, name)
    query = select(membership.c.office).where(membership.c.account == id_, membership.c.role == SUPERVISOR)
    mine = set(db.execute(query).scalars())
    missing = set(store.offices_of(opened.library, plan)) - mine
    if not mine or (missing and accounts.EVERY_OFFICE not in mine):
        where = f" of {', '.join(sorted(missing))}" if missing else ""
        raise NotSupervisorError(f"{name} is no supervisor{where}.")
    return str(id_)


def _list(opened: House, as_json: bool) -> None:
    with opened.engine.connect() as db:
        found = [(m, store.progress(db, m.id)) for m in store.listed(db)]
    rows = [_told(m, progress) for m, progress in found]
    words = "\n".join(f"{m.id:>5}  {m.process:<14} {m.status:<10} {_counts(progress)}" for m, progress in found)
    tell(rows, words or "No migration was proposed yet.", as_json=as_json)


def _show(opened: House, id_: int, as_json: bool) -> None:
    with opened.engine.connect() as db:
        found, progress = store.get(db, id_), store.progress(db, id_)
        why, stayed = store.reasons(db, id_), store.stayed(db, id_)
    told = _told(found, progress) | {
        "reasons": why,
        "stayed": [{"case": r.case_id, "status": r.status, "code": r.code, "details": r.details} for r in stayed],
    }
    lines = [f"Migration {id_} of {found.process}: {found.status}{f' ({found.why})' if found.why else ''}."]
    lines += [_counts(progress), *(f"  {code:<20} {n}" for code, n in sorted(why.items()))]
    lines += [f"  case {r.case_id:>8}  {r.status:<8} {r.code}" for r in stayed]
    tell(told, "\n".join(line for line in lines if line), as_json=as_json)


def _told(found: Migration, progress: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": found.id,
        "process": found.process,
        "status": found.status,
        "why": found.why,
        "proposer": found.proposer,
        "approver": found.approver,
        "to": found.plan.target,
        "progress": dict(progress),
    }


def _status(opened: House, id_: int) -> str:
    with opened.engine.connect() as db:
        return store.get(db, id_).status


def _line(opened: House, id_: int) -> str:
    with opened.engine.connect() as db:
        return _counts(store.progress(db, id_)) or "looking through the cases …"


def _counts(progress: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {name}" for name, n in progress.items() if n)


def report_words(told: Mapping[str, Any]) -> str:
    """A dry run as a table."""
    lines = [
        f"{told['cases']} live cases; {told['left_out']} left out; {told['moves']} move ({told['drafts']} drafts)."
    ]
    groups = (
        ("ways", "moves"),
        ("blocked", "blocked"),
        ("waiting", "waits"),
        ("fields", "field"),
        ("documents", "document"),
        ("tasks", "task"),
        ("timers", "timer"),
    )
    lines += [f"  {word:<9} {name:<34} {n:>8}" for group, word in groups for name, n in told[group].items() if n]
    lines.append(
        f"{told['newly_broken']} promises would newly be broken, {told['no_longer_broken']} no longer; "
        f"{len(told['dues'])} dues that move are listed with --json."
    )
    return "\n".join([*lines, *(f"  case {s['case']:>8}  {s['code']}" for s in told["stay"])])
