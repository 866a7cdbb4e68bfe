"""What `alur definitions` tells of versions: differences in sentences, and pictures."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection, select

from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db import drafts
from workflow.db.library import current
from workflow.db.tables import definition
from workflow.db.versions import numbered
from workflow.definition.diff import diff as differences
from workflow.definition.diff_words import sentences
from workflow.definition.drawing import draw as drawn
from workflow.definition.process import Process
from workflow.definition.reader import parse_process, read_process
from workflow.errors import UnknownDefinitionError

LANGUAGE = click.option(
    "--lang", "language", type=click.Choice(["id", "en"]), default="id", help="Language of the words."
)
#: Letters of a hash that may name a version.
SHORTEST_HASH = 8


@click.command()
@click.argument("a")
@click.argument("b")
@LANGUAGE
@json_option
def diff(a: str, b: str, language: str, as_json: bool) -> None:
    """What differs from A to B: folders or files, names, NAME@VERSION, hashes, or draft:ID."""
    before, after = find(a, b)
    found = differences(before, after)
    told = [words[language] for words in sentences(found)]
    nothing = "Tidak ada perbedaan." if language == "id" else "Nothing differs."
    tell(asdict(found) | {"sentences": told}, "\n".join(told) or nothing, as_json=as_json)


@click.command()
@click.argument("process")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; stdout when left out.")
@LANGUAGE
def draw(process: str, out: Path | None, language: str) -> None:
    """Draw the state machine of a process as SVG."""
    [found] = find(process)
    if out is None:
        click.echo(drawn(found, language), nl=False)
    else:
        out.write_text(drawn(found, language), encoding="utf-8")
        click.echo(f"{out}: {len(found.states)} states, {len(found.transitions)} moves.")


def find(*names: str) -> list[Process]:
    """The processes that `names` mean; the database is opened only where one stands there."""
    if all(Path(name).exists() for name in names):
        return [read_process(Path(name)) for name in names]
    with house() as opened, opened.engine.connect() as db:
        return [read_process(Path(name)) if Path(name).exists() else _stored(opened, db, name) for name in names]


def _stored(opened: House, db: Connection, name: str) -> Process:
    if found := re.fullmatch(r"draft:(\d{1,18})", name):
        return parse_process(drafts.get(db, int(found[1])).files, folder=name)
    if found := re.fullmatch(r"(.+)@(\d{1,9})", name):
        version = numbered(db, found[1], int(found[2]))
        if version is None:
            raise UnknownDefinitionError(f"There is no version {found[2]} of {found[1]}.")
        return opened.library.process(db, version.hash)
    if re.fullmatch(rf"[0-9a-f]{{{SHORTEST_HASH},64}}", name):
        hashes = db.scalars(select(definition.c.hash).where(definition.c.hash.startswith(name)).limit(2)).all()
        if len(hashes) == 1:
            return opened.library.process(db, hashes[0])
    return opened.library.process(db, current(db, name))
