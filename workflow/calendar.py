"""Office time: when an office is open, and counting with it. Pure; moments in are aware, moments out are UTC.

An office's hours are wall-clock times of its zone. A time of the wall clock stands for the first instant at
which the clock shows it or a later one, so hours that a clock change repeats count twice, hours that it skips
not at all, and hours never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from workflow.definition.calendar import Calendar
from workflow.definition.periods import PeriodError
from workflow.definition.process import Period
from workflow.errors import AlurError

#: Days that a search for office time looks through before it gives up: ten years.
HORIZON_DAYS = 3653
#: Days kept in memory, over all calendars and zones.
DAYS_KEPT = 32_768
MINUTES_A_DAY = 24 * 60

_DAY = timedelta(days=1)
_NOTHING = timedelta(0)

#: Start and end, UTC; the end does not belong to it.
Interval = tuple[datetime, datetime]


class NoOfficeTimeError(AlurError):
    """The calendar has not so much office time within ten years."""

    code = "no_office_time"


@dataclass(frozen=True, kw_only=True, slots=True)
class Succession:
    """Versions of a calendar, each in force until the next: what was counted under an earlier one stays counted."""

    first: Calendar
    #: Moment (aware) and the calendar in force from then on, in order.
    changes: tuple[tuple[datetime, Calendar], ...] = ()

    def __post_init__(self) -> None:
        moments = [_aware(moment) for moment, _ in self.changes]
        if moments != sorted(moments):
            raise PeriodError("Versions of a calendar follow each other; put them in order of their moments.")

    def reigns(self) -> Iterator[tuple[datetime, datetime, Calendar]]:
        """From, until (both aware) and the calendar in force between them."""
        ends = [(datetime.min.replace(tzinfo=UTC), self.first), *self.changes]
        for (since, calendar), (until, _) in pairwise([*ends, (datetime.max.replace(tzinfo=UTC), self.first)]):
            yield since, until, calendar


#: What can be counted with.
AnyCalendar = Calendar | Succession


def takes_effect(calendar: Calendar, zone: ZoneInfo) -> datetime:
    """The moment from which a version holds: the first of its day `valid_from`, UTC."""
    return moment_of(calendar.valid_from, 0, zone)


def succession(published: Iterable[tuple[datetime, Calendar]], zone: ZoneInfo) -> AnyCalendar:
    """What an office counts with that has seen these versions published, each with its moment, in that order.

    The first holds for all time before it, too. Others hold from their day `valid_from`, and never before the day after
    they were published: time that was counted stays counted, and no day has the hours of two versions. Each takes the
    place of those that would have followed it later. At least one is given.
    """
    (_, first), *others = published
    changes: list[tuple[datetime, Calendar]] = []
    for published_at, version in others:
        begins = max(takes_effect(version, zone), moment_of(first_day(published_at, zone), 0, zone))
        changes = [*(earlier for earlier in changes if earlier[0] < begins), (begins, version)]
    return Succession(first=first, changes=tuple(changes)) if changes else first


def first_day(published_at: datetime, zone: ZoneInfo) -> date:
    """The first local day on which a version that is published at this moment can hold."""
    today = published_at.astimezone(zone).date()
    return today if moment_of(today, 0, zone) == published_at else today + _DAY


def intervals(calendar: AnyCalendar, zone: ZoneInfo, day: date) -> tuple[Interval, ...]:
    """Office hours of the local `day`, UTC, in order; none on a free day.

    CalendarRangeError for a day outside the years that the calendar knows.
    """
    if isinstance(calendar, Calendar):
        return _intervals(calendar, zone, day)
    # No zone is a day away from UTC, so a version that reigns this long holds for all of the day.
    low, high = (datetime.combine(day + n * _DAY, time(), UTC) for n in (-1, 2))
    for since, until, version in calendar.reigns():
        if since <= low and high <= until:
            return _intervals(version, zone, day)
    return tuple(_spliced(calendar, zone, day))


def _spliced(calendar: Succession, zone: ZoneInfo, day: date) -> Iterator[Interval]:
    """Hours of a day near a change: of each version those of its reign; one that does not reign is not asked."""
    begin, end = moment_of(day, 0, zone), moment_of(day, MINUTES_A_DAY, zone)
    for since, until, version in calendar.reigns():
        if since < end and begin < until:
            for start, stop in _intervals(version, zone, day):
                cut = max(start, since).astimezone(UTC), min(stop, until).astimezone(UTC)
                if cut[0] < cut[1]:
                    yield cut


@lru_cache(maxsize=DAYS_KEPT)
def _intervals(calendar: Calendar, zone: ZoneInfo, day: date) -> tuple[Interval, ...]:
    spans = ((moment_of(day, o.opens, zone), moment_of(day, o.closes, zone)) for o in calendar.hours_on(day))
    return tuple((start, end) for start, end in spans if start < end)


def moment_of(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The first instant, UTC, at which the clock of `zone` shows `minutes` after midnight of `day`, or later."""
    days, left = divmod(minutes, MINUTES_A_DAY)
    wall = datetime.combine(day + timedelta(days=days), time(*divmod(left, 60)))
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return _end_of_gap(wall, zone)


def _end_of_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of the clock change that skips `wall`, to the second."""
    low = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def is_open(calendar: AnyCalendar, zone: ZoneInfo, moment: datetime) -> bool:
    """True when the office works at `moment`; the minute of opening is open, that of closing is not."""
    at = _aware(moment)
    return any(start <= at < end for day in local_days(zone, at, at) for start, end in intervals(calendar, zone, day))


def local_days(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[date]:
    """The local days that have time between `begin` and `end`, both UTC."""
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    # A clock set back over midnight shows the old date again when hours of the new one have begun.
    if moment_of(last + _DAY, 0, zone) <= end:
        last += _DAY
    while day <= last:
        yield day
        day += _DAY


def add_working(calendar: AnyCalendar, zone: ZoneInfo, moment: datetime, duration: timedelta) -> datetime:
    """The first moment at which `duration` of office time has passed since `moment`.

    So time that is used up at closing time ends then, not at the next opening; no time at all ends at `moment`.
    PeriodError for a negative duration; NoOfficeTimeError when ten years do not hold so much.
    """
    left, at = duration, _aware(moment)
    if left < _NOTHING:
        raise PeriodError("Office time cannot be taken away; add a length of zero or more.")
    if not left:
        return at
    day = at.astimezone(zone).date()
    for n in range(HORIZON_DAYS):
        for start, end in intervals(calendar, zone, day + n * _DAY):
            if end > at:
                available = end - max(start, at)
                if available >= left:
                    return max(start, at) + left
                left -= available
    raise NoOfficeTimeError(f"There is less office time than asked for in the ten years after {day.isoformat()}.")


def worked(calendar: AnyCalendar, zone: ZoneInfo, a: datetime, b: datetime) -> timedelta:
    """Office time from `a` to `b`; negative when `b` is earlier, so that parts always add up to the whole."""
    begin, end = _aware(a), _aware(b)
    if end < begin:
        return -worked(calendar, zone, end, begin)
    total = _NOTHING
    for day in local_days(zone, begin, end):
        for start, stop in intervals(calendar, zone, day):
            if stop > begin and start < end:
                total += min(stop, end) - max(start, begin)
    return total


def add_working_days(calendar: AnyCalendar, zone: ZoneInfo, moment: datetime, days: int) -> datetime:
    """The close of office on the `days`-th working day after the day of `moment`: what `P3D working` means.

    A working day is a day with office hours, however few (Perpres 21/2023, article 3: Monday to Friday). The day of
    `moment` is not counted, whatever its hour, so everybody who asks on one day has the same due date, and nobody
    has less than the full days promised. PeriodError for less than one day; NoOfficeTimeError when ten years do not
    hold so many.
    """
    if days < 1:
        raise PeriodError("Working days are counted from one.")
    today, left = _aware(moment).astimezone(zone).date(), days
    for n in range(1, HORIZON_DAYS + 1):
        if hours := intervals(calendar, zone, today + n * _DAY):
            left -= 1
            if not left:
                return hours[-1][1]
    raise NoOfficeTimeError(f"There are fewer than {days} working days in the ten years after {today.isoformat()}.")


def add_period(calendar: AnyCalendar, zone: ZoneInfo, moment: datetime, period: Period, *, times: int = 1) -> datetime:
    """`moment` + `times` × a `working` period: first its working days, then its hours of office time.

    PeriodError for a period of clock time, which `workflow.definition.periods.add` adds.
    """
    if not period.working:
        raise PeriodError(f"`{period.source}` is clock time; add it without a calendar.")
    if period.days:
        moment = add_working_days(calendar, zone, moment, period.days * times)
    return add_working(calendar, zone, moment, period.time * times)


def due(
    calendar: AnyCalendar,
    zone: ZoneInfo,
    start: datetime,
    target: Period,
    *,
    percent: int = 100,
    paused: timedelta = _NOTHING,
) -> datetime:
    """When `percent` of a `working` target is used up, counted in office time; `paused` is office time not counted.

    A target of days is as long as the office time from `start` to its end.
    """
    full = add_period(calendar, zone, start, target)
    if percent == 100 and not paused:
        return full
    return add_working(calendar, zone, start, worked(calendar, zone, start, full) * percent / 100 + paused)


def due_with_credit(
    old: Calendar, new: Calendar, zone: ZoneInfo, start: datetime, target: Period, changed_at: datetime
) -> datetime:
    """When a `working` target is used up if `new` takes the place of `old` at `changed_at`.

    Hours and working days counted before the change stay counted as `old` told them; only the rest is counted with
    `new`. A target used up before the change is due when `old` said.
    """
    return due(Succession(first=old, changes=((changed_at, new),)), zone, start, target)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PeriodError("A moment needs a zone.")
    return moment.astimezone(UTC)
