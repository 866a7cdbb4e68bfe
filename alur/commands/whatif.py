"""`alur definitions whatif` and `heat`: what a draft would have made of past cases, and where cases spend time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from alur.commands.common import house, json_option, tell
from alur.commands.comparing import LANGUAGE, find
from workflow.db import heat as warmth
from workflow.db.versions import versions
from workflow.db.whatif import count
from workflow.db.whatif import whatif as outcomes
from workflow.errors import UnknownDefinitionError
from workflow.whatif.compare import Summary
from workflow.whatif.words import sentences

_DAY = click.DateTime(["%Y-%m-%d"])
#: The day from which on every case counts.
_EVER = date(2000, 1, 1)
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@click.command()
@click.argument("file")
@click.option("--since", type=_DAY, help="Only cases submitted on this day or later (YYYY-MM-DD, at the office).")
@click.option("--cases", "to", type=click.Path(dir_okay=False, path_type=Path), help="File for one JSON line a case.")
@LANGUAGE
@json_option
def whatif(file: str, since: datetime | None, to: Path | None, language: str, as_json: bool) -> None:
    """Lead past cases through FILE: a folder or file, a name, NAME@VERSION, a hash or draft:ID. Writes nothing."""
    day = since.date() if since else _EVER
    [draft] = find(file)
    summary = Summary()
    with house() as opened, opened.engine.connect() as db, _bar(count(db, draft, day)) as progress:
        bar = progress.task_ids[0]
        found = outcomes(
            db, opened.library, opened.vault, draft, day, datetime.now(UTC), lambda n: progress.advance(bar, n)
        )
        lines = to.open("w", encoding="utf-8") if to else None
        for outcome in found:
            summary.add(outcome)
            if lines is not None:
                lines.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
        if lines is not None:
            lines.close()
    told = summary.as_json()
    said = {name: sentences(draft, told, name) for name in ("id", "en")}
    whole = {"process": draft.name, "hash": draft.hash, "since": day.isoformat(), **told, "summary": said}
    tell(whole, "\n".join(said[language]), as_json=as_json)


@click.command()
@click.argument("process")
@click.option("--since", type=_DAY, help="Only what was entered on this day (UTC) or later.")
@json_option
def heat(process: str, since: datetime | None, as_json: bool) -> None:
    """How often states and moves of PROCESS were taken, and how long cases stayed before: median and p90."""
    with house() as opened, opened.engine.connect() as db:
        if not versions(db, process):
            raise UnknownDefinitionError(f"There is no process named {process}.")
        found = warmth.heat(db, opened.library, process, since.replace(tzinfo=UTC) if since else _BEGINNING)
    lines = [f"{'state':<24} {'entered':>8} {'there':>8} {'median':>12} {'p90':>12}"]
    lines += [f"{s.state:<24} {s.entered:>8} {s.there:>8} {_span(s.median)} {_span(s.p90)}" for s in found.states]
    lines += [f"{'move':<24} {'made':>8} {'':>8} {'median':>12} {'p90':>12}"]
    lines += [f"{m.do:<24} {m.made:>8} {'':>8} {_span(m.median)} {_span(m.p90)}" for m in found.moves]
    tell(found.as_json(), "\n".join(lines), as_json=as_json)


def _span(seconds: float | None) -> str:
    """A length of time in the unit in which people would say it, right-aligned."""
    if seconds is None:
        return f"{'–':>12}"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:>8.1f} {unit:<3}"
    return f"{seconds:>8.1f} s  "


def _bar(total: int) -> Progress:
    """A bar on stderr, so that what is told on stdout stays clean."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    progress.add_task("cases", total=total)
    return progress
