"""A calendar: when an office works, as data. Wall-clock times only; the zone is the office's.

A calendar is self-contained: it carries every holiday of the years that it knows, so its hash tells all of
its days, whatever the library of holidays says later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflow.definition.process import Text
from workflow.errors import AlurError

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class CalendarRangeError(AlurError):
    """A day lies outside the years that the calendar knows."""

    code = "calendar_range"


class UnknownCalendarError(AlurError):
    """No calendar has this name."""

    code = "unknown_calendar"


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """One stretch of office hours of a day, without a break in it."""

    #: Minutes of the wall clock after midnight.
    opens: int
    #: Like `opens`, later than it; 1440 is midnight at the end of the day.
    closes: int


#: Office hours of one day, in order and apart from each other; none on a free day.
Hours = tuple[Opening, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A range of days."""

    first: date
    #: Belongs to the range.
    last: date
    #: Not announced yet.
    estimated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Season:
    """A time of the year with other hours."""

    name: str
    title: Text
    #: Hours from Monday to Sunday.
    week: tuple[Hours, ...]
    between: tuple[Span, ...]

    def holds(self, day: date) -> bool:
        return any(span.first <= day <= span.last for span in self.between)


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfDay:
    """A date with hours of its own."""

    name: Text
    hours: Hours


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """One version of a calendar; two are equal when their hashes are, and the hash is what caches go by."""

    name: str = field(compare=False)
    #: Counted up by whoever edits the file.
    version: int = field(compare=False)
    #: First day on which this version holds.
    valid_from: date = field(compare=False)
    title: Text = field(compare=False)
    #: SHA-256 of the canonical body, hex.
    hash: str
    #: Hours from Monday to Sunday.
    week: tuple[Hours, ...] = field(compare=False)
    seasons: tuple[Season, ...] = field(compare=False)
    #: Days on which the office is closed.
    holidays: Mapping[date, Text] = field(compare=False)
    #: Holidays of the country on which the office is open all the same.
    kept_open: Mapping[date, Text] = field(compare=False)
    half_days: Mapping[date, HalfDay] = field(compare=False)
    #: First and last day that the calendar knows.
    known: Span = field(compare=False)
    #: What is stored and hashed: the file's data and the holidays that the library told.
    body: Mapping[str, Any] = field(compare=False, repr=False)

    def hours_on(self, day: date) -> Hours:
        """Office hours of `day`; none when it is free.

        Hours of a single date outrank holidays, these a season, and this the week. CalendarRangeError for a day
        outside the known years.
        """
        if not self.known.first <= day <= self.known.last:
            raise CalendarRangeError(
                f"The calendar `{self.name}` knows {self.known.first.year} to {self.known.last.year}, "
                f"not {day.isoformat()}; publish a version for that year."
            )
        if half := self.half_days.get(day):
            return half.hours
        if day in self.holidays:
            return ()
        season = self.season_on(day)
        return (season.week if season else self.week)[day.weekday()]

    def season_on(self, day: date) -> Season | None:
        """The season that `day` is in."""
        return next((season for season in self.seasons if season.holds(day)), None)
