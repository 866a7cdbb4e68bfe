"""Lengths of time: ISO 8601 durations, and adding them in an office's zone."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from workflow.definition.process import Period
from workflow.errors import AlurError

MONTHS_A_YEAR = 12
DAYS_A_WEEK = 7
#: Longest period that a definition may name: keeps every due date within the calendar.
MAX_YEARS = 100
MAX_DAYS = MAX_YEARS * 366

_ISO_8601 = re.compile(
    r"P(?=[0-9]|T[0-9])(?:(?P<years>[0-9]{1,6})Y)?(?:(?P<months>[0-9]{1,6})M)?(?:(?P<weeks>[0-9]{1,6})W)?"
    r"(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?(?:(?P<seconds>[0-9]{1,6})S)?)?",
    re.ASCII,
)


class PeriodError(AlurError):
    """A length of time cannot be read or used."""

    code = "bad_duration"


def parse_period(text: str, *, working: bool = False) -> Period:
    """Read `P6M`, `PT24H`, `P1Y2M3DT4H`, or with office time `P3D working`.

    Whole numbers only; weeks become days. Raises PeriodError with a sentence.
    """
    body, _, flag = text.strip().partition(" ")
    match = _ISO_8601.fullmatch(body)
    if match is None or flag.strip() not in ("", "working"):
        raise PeriodError(f"`{text}` is not an ISO 8601 duration; write for example `PT24H`, `P6M` or `P3D working`.")
    part = {name: int(found or 0) for name, found in match.groupdict().items()}
    days = part["days"] + part["weeks"] * DAYS_A_WEEK
    time = timedelta(hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"])
    working = working or bool(flag)
    _check_length(text, part["years"] * MONTHS_A_YEAR + part["months"], days, time, working)
    return Period(source=text, years=part["years"], months=part["months"], days=days, time=time, working=working)


def _check_length(text: str, months: int, days: int, time: timedelta, working: bool) -> None:
    if not (months or days or time):
        raise PeriodError(f"`{text}` is no time at all; write a length above zero.")
    if months > MAX_YEARS * MONTHS_A_YEAR or days > MAX_DAYS or time > timedelta(days=MAX_DAYS):
        raise PeriodError(f"`{text}` is longer than {MAX_YEARS} years; write a shorter one.")
    if working and months:
        raise PeriodError(f"`{text}` counts office time, which is written in days and hours, not in months.")


def exact(period: Period) -> timedelta:
    """The length of a period of days and hours alone, a day being 24 hours; PeriodError for any other."""
    if period.years or period.months or period.working:
        raise PeriodError(f"`{period.source}` has no fixed length here; write days, hours, minutes or seconds.")
    return timedelta(days=period.days) + period.time


def add(period: Period, moment: datetime, zone: ZoneInfo) -> datetime:
    """`moment` + `period`, in UTC.

    Years, months and days keep the wall-clock time of `zone`, clamped to the end of the month (rule 9);
    hours and less are exact. A wall-clock time that a clock change skips moves forward by the gap. `moment`
    must be aware. Office time needs a calendar: PeriodError for a `working` period.
    """
    return times(period, moment, 1, zone)


def times(period: Period, start: datetime, n: int, zone: ZoneInfo) -> datetime:
    """`start` + `n` × `period`, in UTC, computed from the start: 31 January + 2 × P1M is 31 March."""
    if period.working:
        raise PeriodError(f"`{period.source}` counts office time; add it with a calendar.")
    if start.tzinfo is None:
        raise PeriodError("A moment needs a zone.")
    months, days = (period.years * MONTHS_A_YEAR + period.months) * n, period.days * n
    moment = start.astimezone(UTC)
    if months or days:
        local = start.astimezone(zone)
        day = _add_months(local.date(), months) + timedelta(days=days)
        moment = datetime.combine(day, local.timetz()).astimezone(UTC)
    return moment + period.time * n


def _add_months(day: date, months: int) -> date:
    years, month0 = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(years, month0 + 1, min(day.day, monthrange(years, month0 + 1)[1]))
