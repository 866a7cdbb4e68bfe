"""`alur calendars`: which hours count, and new versions of them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection

from alur import accounts
from alur.commands.common import house, json_option, tell
from alur.wiring import House
from workflow.db import calendar_change, calendars
from workflow.db.calendar_change import Preview
from workflow.db.concerned import offices_of
from workflow.definition.calendar import Calendar
from workflow.definition.calendars import parse_calendar, read_calendar
from workflow.definition.errors import DefinitionError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("calendars")
def calendars_() -> None:
    """Office hours and holidays, in versions."""


@calendars_.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Calendars and their published versions."""
    with house() as opened, opened.engine.connect() as db:
        found = calendars.published(db)
    rows = [asdict(v) for v in found]
    words = "\n".join(f"{v.name:<16} {v.version:>3}  from {v.valid_from}  {v.hash[:12]}" for v in found)
    tell(rows, words or "No calendar is published yet; `alur serve` publishes those that ship.", as_json=as_json)


@calendars_.command()
@click.argument("file", type=FILE)
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a calendar: exit 0 when sound, 1 with one line per problem when not."""
    try:
        read_calendar(file)
        problems = []
    except DefinitionError as error:
        problems = list(error.problems)
    if as_json:
        click.echo(json.dumps([asdict(p) for p in problems], ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(map(str, problems)) or "Sound.")
    sys.exit(1 if problems else 0)


@calendars_.command()
@click.argument("file", type=FILE)
@json_option
def preview(file: Path, as_json: bool) -> None:
    """What a version would change for all live cases, were it published now."""
    new = _read(file)
    with house() as opened, opened.engine.connect() as db:
        told = calendar_change.preview(db, opened.library, new, datetime.now(UTC))
    tell(asdict(told), _words(told), as_json=as_json)


@calendars_.command()
@click.argument("file", type=FILE)
@click.option("--as", "name", required=True, help="Account of the supervisor who wrote it.")
@json_option
def submit(file: Path, name: str, as_json: bool) -> None:
    """Submit a version; somebody else publishes it."""
    new = _read(file)
    with house() as opened, opened.engine.begin() as db:
        author = _supervisor(opened, db, name, new.name)
        calendars.submit(db, new, author, datetime.now(UTC))
    words = (
        f"Version {new.version} of {new.name} waits for another supervisor: alur calendars publish {new.name} --as …"
    )
    tell({"calendar": new.name, "version": new.version, "hash": new.hash}, words, as_json=as_json)


@calendars_.command()
@click.argument("calendar")
@click.option("--as", "name", required=True, help="Account of the supervisor who approves it.")
@json_option
def publish(calendar: str, name: str, as_json: bool) -> None:
    """Publish the version that waits; the clock process lets all stored dues follow."""
    with house() as opened, opened.engine.begin() as db:
        approver = _supervisor(opened, db, name, calendar)
        version, told = calendar_change.publish(db, opened.library, calendar, approver, datetime.now(UTC))
    value: dict[str, Any] = {"version": asdict(version), "preview": asdict(told)}
    tell(value, f"Published.\n{_words(told)}", as_json=as_json)


def _read(file: Path) -> Calendar:
    """The calendar of a file; the name of the file may differ from that of the calendar, as a draft's does."""
    return parse_calendar(file.read_text(encoding="utf-8"), str(file))


def _supervisor(opened: House, db: Connection, name: str, calendar: str) -> str:
    """The account of `name` as text, which supervises every office that counts by `calendar`."""
    return accounts.supervising(db, name, offices_of(db, opened.library, calendar), f"the calendar {calendar}")


def _words(told: Preview) -> str:
    lines = [
        f"Version {told.version} of {told.calendar} from {told.from_day} at {', '.join(told.offices) or 'no office'}.",
        f"{told.cases} live cases; {told.later} dues come later, {told.earlier} earlier; "
        f"{told.newly_broken} promises would newly be broken, {told.no_longer_broken} no longer.",
    ]
    shifts = [f"  case {s.case:>8}  {s.name:<20} {s.before.isoformat()} → {s.after.isoformat()}" for s in told.told]
    return "\n".join(lines + shifts)
