"""Our office time and that of an independent library, `businesstimedelta`, agree."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import businesstimedelta
import pytest
import pytz

from tests.calendar_kit import DISNAKER, calendar
from workflow.calendar import add_working, worked
from workflow.definition.calendar import Calendar, Hours
from workflow.definition.calendars import parse_calendar

#: Zone → country of its holidays; hours of Disnaker in Indonesia, nine to five elsewhere.
PLACES = {
    "Asia/Jakarta": "ID",
    "Asia/Makassar": "ID",
    "Asia/Jayapura": "ID",
    "Europe/Berlin": "DE",
    "America/New_York": "US",
}
FROM, DAYS = datetime(2025, 1, 1, tzinfo=UTC), 3 * 365


@cache
def ours(country: str) -> Calendar:
    if country != "ID":
        return calendar("09:00-12:00", "12:30-17:00", more=f"holidays:\n  country: {country}\n")
    shipped = DISNAKER.read_text(encoding="utf-8")
    begin, end = shipped.index("seasons:"), shipped.index("half_days:")
    return parse_calendar(shipped[:begin] + shipped[end:])


@cache
def theirs(zone: str) -> businesstimedelta.Rules:
    """The same hours in the library's words: a day from its first to its last hour, less breaks and holidays."""
    tz = pytz.timezone(zone)
    rules: list[businesstimedelta.rules.Rule] = []
    office = ours(PLACES[zone])
    week: dict[Hours, list[int]] = {}
    for weekday, hours in enumerate(office.week):
        if hours:
            week.setdefault(hours, []).append(weekday)
    for hours, weekdays in week.items():
        first, last = hours
        rules += [
            businesstimedelta.WorkDayRule(clock(first.opens), clock(last.closes), weekdays, tz=tz),
            businesstimedelta.LunchTimeRule(clock(first.closes), clock(last.opens), weekdays, tz=tz),
        ]
    return businesstimedelta.Rules([*rules, businesstimedelta.HolidayRule(set(office.holidays), tz=tz)])


def clock(minutes: int) -> time:
    return time(*divmod(minutes, 60))


def compare(number: int) -> None:
    """Whole seconds: the library drops what is below."""
    chance = random.Random(20261121)
    for _ in range(number):
        zone = chance.choice(sorted(PLACES))
        start = FROM + timedelta(seconds=chance.randrange(DAYS * 86400))
        length = timedelta(seconds=chance.randrange(1, 60 * 3600))
        office, rules = ours(PLACES[zone]), theirs(zone)
        told = start + businesstimedelta.BusinessTimeDelta(rules, timedelta=length)
        assert add_working(office, ZoneInfo(zone), start, length) == told, (zone, start, length)
        end = start + timedelta(seconds=chance.randrange(14 * 86400))
        assert worked(office, ZoneInfo(zone), start, end) == rules.difference(start, end).timedelta, (zone, start, end)


def test_five_hundred_random_moments_agree_with_another_library():
    """Sums and spans in five zones, with breaks, public holidays and cuti bersama."""
    compare(500)


@pytest.mark.long
def test_ten_thousand_random_moments_agree_with_another_library():
    """The same, for longer."""
    compare(10_000)
