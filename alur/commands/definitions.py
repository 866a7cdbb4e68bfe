"""`alur definitions`: read, check and publish processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from alur.commands.common import house, json_option, tell
from alur.commands.comparing import diff, draw
from alur.commands.lifecycle import publish, retire, submit
from alur.commands.whatif import heat, whatif
from workflow.db.drafts import open_ones
from workflow.db.versions import versions
from workflow.definition.errors import DefinitionError, Problem
from workflow.definition.reader import read_process
from workflow.scenario.reader import SCENARIOS_FILE


@click.group()
def definitions() -> None:
    """Processes as data."""


@definitions.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Processes and their versions, and drafts that wait."""
    with house() as opened, opened.engine.connect() as db:
        known, waiting = versions(db), open_ones(db)
    rows: list[dict[str, Any]] = [
        {"process": v.process, "version": v.version, "status": v.status, "hash": v.hash} for v in known
    ]
    lines = [f"{v.process:<16} {v.version:>3}  {v.status:<10} {v.hash[:12]}" for v in known]
    rows += [
        {"process": d.process, "version": None, "status": d.status, "hash": d.hash, "draft": d.id} for d in waiting
    ]
    lines += [f"{d.process:<16}   –  {d.status:<10} draft {d.id} by {', '.join(d.authors)}" for d in waiting]
    words = "\n".join(lines) or "No process is published yet; `alur serve` publishes those that ship."
    tell(rows, words, as_json=as_json)


@definitions.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Check definitions and scenarios: exit 0 when sound, 1 with one line per problem when not."""
    problems = [p for file in files for p in _problems(file)]
    if as_json:
        click.echo(json.dumps([_as_json(p) for p in problems], ensure_ascii=False, indent=2))
    else:
        for p in problems:
            click.echo(str(p))
        if not problems:
            click.echo("Sound.")
    sys.exit(1 if problems else 0)


@definitions.command()
@click.argument("process", required=False)
@click.option("--lang", "language", type=click.Choice(["id", "en"]), default="id", help="Language of the sentences.")
@json_option
def test(process: str | None, language: str, as_json: bool) -> None:
    """Perform the scenarios of a shipped process, of a folder or file, or of all that ship; exit 1 when one fails."""
    from alur.commands.testing import run_tests

    sys.exit(0 if run_tests(process, language, as_json=as_json) else 1)


for _command in (submit, publish, retire, diff, draw, whatif, heat):
    definitions.add_command(_command)


def _problems(file: Path) -> Iterable[Problem]:
    """What is wrong with a process and, in a folder, with its scenarios; or with a file of scenarios."""
    from alur.scenarios.script import read_script

    try:
        if file.name == SCENARIOS_FILE or (file / SCENARIOS_FILE).is_file():
            read_script(file)
        else:
            read_process(file)
    except DefinitionError as error:
        return error.problems
    return ()


def _as_json(problem: Problem) -> dict[str, Any]:
    fields = asdict(problem)
    return {name: fields[name] for name in ("file", "line", "column", "code", "message", "path")}
