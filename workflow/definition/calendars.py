"""From a calendar's file, or from what the database stores, to a `Calendar`; all problems at once, in place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from workflow.canonical import admit, digest
from workflow.definition.calendar import Calendar, HalfDay, Span, UnknownCalendarError
from workflow.definition.errors import did_you_mean
from workflow.definition.format import check_format
from workflow.definition.node import Node, Report
from workflow.definition.parts.calendars import (
    NO_DAY,
    read_country,
    read_day,
    read_half_days,
    read_named_days,
    read_seasons,
    read_week,
)
from workflow.definition.parts.scalars import read_title
from workflow.definition.process import Text
from workflow.definition.public_holidays import public_holidays
from workflow.definition.source import Source
from workflow.definition.yaml import load

FOLDER = "calendars"
#: Years after that of `valid_from` that a calendar knows; holidays of later ones are guesses of the library.
YEARS_AHEAD = 15

_NAME = re.compile("[a-z][a-z0-9-]{0,39}")


def find_calendar(name: str, process_folder: Path | None = None) -> Path:
    """The file of the calendar `name`: in `calendars` beside the process's folder, else among the shipped ones.

    UnknownCalendarError, which names the calendars that there are, when neither has it.
    """
    with as_file(files("definitions") / FOLDER) as shipped:
        folders = [shipped] if process_folder is None else [process_folder.parent / FOLDER, shipped]
        for folder in folders:
            if _NAME.fullmatch(name) and (file := folder / f"{name}.yaml").is_file():
                return file
        known = sorted({file.stem for folder in folders for file in folder.glob("*.yaml")})
    raise UnknownCalendarError(f"There is no calendar `{name}`: {did_you_mean(name, known)}")


def read_calendar(path: Path) -> Calendar:
    """The calendar of a file; its holidays come from the library `holidays`. DefinitionError with all problems."""
    return parse_calendar(path.read_text(encoding="utf-8"), str(path), name=path.stem)


def parse_calendar(text: str, file: str = "calendar.yaml", *, name: str | None = None) -> Calendar:
    """Like `read_calendar`, from the text of the file; `name` is what the calendar has to be called."""
    report = Report()
    source = load(text, file)
    root = Node(source, report, (), source.data)
    check_format(root, "calendars")
    called = root.get("calendar")
    if name is not None and called.text() not in ("", name):
        called.problem("name_differs", f"The file is called `{name}`; a calendar has the name of its file.", hint=name)
    known = _years_from(read_day(root.get("valid_from")))
    found = _library_days(root, known)
    days = {day.isoformat(): dict(text) for day, text in found.items()}
    years = [known.first.year, known.last.year]
    return _make(root, {"calendar": source.data, "years": years, "days": days}, known, found)


def load_calendar(body: Mapping[str, Any]) -> Calendar:
    """The calendar of a stored canonical body; equal to the one it was made from, with the same hash."""
    source = Source(file="calendar.yaml", data=body["calendar"])
    root = Node(source, Report(), (), source.data)
    check_format(root, "calendars")
    known, days = _years(*body["years"]), {date.fromisoformat(day): text for day, text in body["days"].items()}
    return _make(root, body, known, days)


def _make(root: Node, body: Mapping[str, Any], known: Span, days: Mapping[date, Text]) -> Calendar:
    part = root.get("holidays")
    added = read_named_days(part.get("added"), known)
    removed = read_named_days(part.get("removed"), known)
    half_days = read_half_days(root.get("half_days"), known)
    seasons, week = read_seasons(root.get("seasons"), known), read_week(root.get("hours"))
    _check_removed(part, days)
    _check_once(root, added, half_days)
    root.report.raise_if_any()
    admit(body)
    return Calendar(
        name=root.get("calendar").text(),
        version=root.get("version").integer(),
        valid_from=read_day(root.get("valid_from")),
        title=read_title(root.get("title")),
        hash=digest(body),
        week=week,
        seasons=seasons,
        holidays={day: text for day, text in {**days, **added}.items() if day not in removed},
        kept_open=removed,
        half_days=half_days,
        known=known,
        body=body,
    )


def _years_from(begin: date) -> Span:
    """The years that a calendar knows; all of them where `valid_from` is broken, so that other dates are not blamed."""
    if begin == NO_DAY:
        return Span(first=date.min, last=date.max)
    return _years(begin.year, min(begin.year + YEARS_AHEAD, date.max.year))


def _years(first: int, last: int) -> Span:
    return Span(first=date(first, 1, 1), last=date(last, 12, 31))


def _library_days(root: Node, known: Span) -> Mapping[date, Text]:
    asked = read_country(root.get("holidays"))
    if asked is None or root.report.problems:
        return {}
    return public_holidays(*asked, known.first.year, known.last.year)


def _check_removed(part: Node, days: Mapping[date, Text]) -> None:
    """A day that is no holiday cannot be taken from the holidays: a slip of the pen would stay unseen."""
    for element in part.get("removed").elements():
        node = element.get("date")
        if not part.report.problems and read_day(node) not in days:
            node.problem(
                "not_a_holiday", f"`{node.text()}` is no holiday of the country, so the office is open anyway."
            )


def _check_once(root: Node, added: Mapping[date, Text], half_days: Mapping[date, HalfDay]) -> None:
    """One date, one rule: what stands in two lists contradicts itself."""
    for key in ("added", "removed"):
        for element in root.get("holidays").get(key).elements():
            node = element.get("date")
            day = read_day(node)
            if day in half_days:
                node.problem("date_twice", f"`{node.text()}` has hours of its own in `half_days`; remove one.")
            elif key == "removed" and day in added:
                node.problem("date_twice", f"`{node.text()}` stands in `added` too; remove one.")
