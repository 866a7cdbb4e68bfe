"""Calendars for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from workflow.definition.calendar import WEEKDAYS, Calendar
from workflow.definition.calendars import parse_calendar, read_calendar

DISNAKER = Path(__file__).parents[1] / "definitions" / "calendars" / "disnaker.yaml"
WIB, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura")
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
WORKWEEK = WEEKDAYS[:5]


@cache
def disnaker() -> Calendar:
    """The shipped calendar."""
    return read_calendar(DISNAKER)


@cache
def calendar(*hours: str, days: tuple[str, ...] = WORKWEEK, since: str = "2024-01-01", more: str = "") -> Calendar:
    """A calendar with the same hours on each of `days`, without holidays but those of `more` (YAML)."""
    return parse_calendar(text(*hours, days=days, since=since, more=more))


def text(*hours: str, days: tuple[str, ...] = WORKWEEK, since: str = "2024-01-01", more: str = "") -> str:
    written = ", ".join(f'"{stretch}"' for stretch in hours)
    week = "\n".join(f"  {day}: [{written}]" for day in days)
    return f'calendar: plain\nversion: 1\nvalid_from: "{since}"\ntitle: {{id: A, en: A}}\nhours:\n{week}\n{more}'


def at(moment: str, zone: ZoneInfo = WIB) -> datetime:
    """A wall-clock time of `zone`, such as `2026-11-20 18:30`."""
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
