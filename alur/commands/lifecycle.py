"""What `alur definitions` does to versions: submit, publish, retire."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from alur import accounts
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db import drafts, publishing
from workflow.db.publishing import Settled
from workflow.db.versions import newest
from workflow.definition.draft import refuse_files
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.reader import PROCESS_FILE, read_process
from workflow.scenario.reader import SCENARIOS_FILE

AS = click.option("--as", "name", required=True, help="Account of the supervisor who decides.")


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@AS
@json_option
def submit(file: Path, name: str, as_json: bool) -> None:
    """Submit a process (its folder, or its process.yaml) for review; another supervisor publishes it."""
    texts, process = _texts(file), read_process(file).name
    if (file if file.is_dir() else file.parent).joinpath(SCENARIOS_FILE).is_file():
        from alur.scenarios.script import read_script

        read_script(file if file.is_dir() else file.parent)
    now = datetime.now(UTC)
    with house() as opened, opened.engine.begin() as db:
        author = _supervisor(opened, db, name, process)
        publishing.take_turns(db)
        same = next((d for d in drafts.in_review(db, process) if d.files == texts), None)
        if same is not None:
            words = f"Draft {same.id} of {process} has this content and waits already."
            _tell(Settled(draft=same, version=None, known=True), words, as_json=as_json)
            return
        base = newest(db, process)
        made = drafts.open_draft(db, process, texts, author, now, base=base.hash if base else None)
        settled = publishing.submit(db, made.id, None, author, now)
    waits = f"Draft {made.id} of {process} waits for another supervisor: alur definitions publish {process} --as …"
    _tell(settled, _known(settled) or waits, as_json=as_json)


@click.command()
@click.argument("process")
@click.option("--draft", "draft", type=int, help="The draft that you have read; needed where several wait.")
@AS
@json_option
def publish(process: str, draft: int | None, name: str, as_json: bool) -> None:
    """Publish the draft that waits; new cases use it from then on, running ones keep theirs."""
    with house() as opened, opened.engine.begin() as db:
        approver = _supervisor(opened, db, name, process)
        publishing.take_turns(db)
        found = drafts.waiting(db, process, draft)
        settled = publishing.publish(db, opened.library.offices, found.id, approver, datetime.now(UTC))
    version = settled.version.version if settled.version else 0
    _tell(settled, _known(settled) or f"Published: draft {found.id} is {process} version {version}.", as_json=as_json)


@click.command()
@click.argument("process")
@click.option("--version", type=int, help="One version; all of them when left out.")
@click.option("--reason", help="Why; kept beside the journal.")
@AS
@json_option
def retire(process: str, version: int | None, reason: str | None, name: str, as_json: bool) -> None:
    """Open no new cases of a process, or of one version, any more; running cases go on."""
    with house() as opened, opened.engine.begin() as db:
        actor = _supervisor(opened, db, name, process)
        gone = publishing.retire(db, process, version, actor, datetime.now(UTC), said=reason)
        left = newest(db, process)
    numbers = ", ".join(str(v.version) for v in gone)
    words = f"Retired: {process} version {numbers}." if gone else "It was retired already."
    words += f" New cases use version {left.version}." if left else " No new cases are opened."
    value = {"process": process, "retired": [v.version for v in gone], "current": left.version if left else None}
    tell(value, words, as_json=as_json)


def _texts(file: Path) -> dict[str, str]:
    """The files of a process, by name; that of the process is called `process.yaml`."""
    folder, main = (file, PROCESS_FILE) if file.is_dir() else (file.parent, file.name)
    found = {f.name: f.read_text(encoding="utf-8") for f in sorted(folder.glob("*.yaml"))}
    texts = {PROCESS_FILE: found.pop(main)} | {k: v for k, v in found.items() if k != PROCESS_FILE}
    if refusal := refuse_files(texts):
        raise DefinitionError([Problem(file=str(file), line=0, column=0, code="bad_files", message=refusal)])
    return texts


def _supervisor(opened: House, db: Connection, name: str, process: str) -> str:
    """The account of `name` as text, which supervises every office that runs `process`."""
    offices = [o.name for o in opened.library.offices.values() if process in o.processes]
    return accounts.supervising(db, name, offices, f"the process {process}")


def _known(settled: Settled) -> str:
    if not settled.known or settled.version is None:
        return ""
    v = settled.version
    return f"Nothing changed: this content is {v.process} version {v.version} ({v.status})."


def _tell(settled: Settled, words: str, *, as_json: bool) -> None:
    draft = settled.draft
    value = {
        "draft": draft.id,
        "process": draft.process,
        "status": draft.status,
        "known": settled.known,
        "version": asdict(settled.version) if settled.version else None,
    }
    tell(value, words, as_json=as_json)
