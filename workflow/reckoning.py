"""Counting time for an office, clock time and office time in one way. Pure; moments in are aware, moments out UTC."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from workflow.calendar import AnyCalendar, add_period, add_working, worked
from workflow.definition.calendar import UnknownCalendarError
from workflow.definition.periods import times as add_times
from workflow.definition.process import Period

#: From and until, both aware; the end does not belong to it.
Pause = tuple[datetime, datetime]


def no_calendar() -> AnyCalendar:
    """Stands where nobody named a calendar; raises UnknownCalendarError once office time is asked for."""
    raise UnknownCalendarError("Office time is counted with a calendar, and none is known here.")


class Reckoning(NamedTuple):
    """What an office counts time with."""

    zone: ZoneInfo
    #: Asked only when a period counts office time: a calendar is large, and most processes need none.
    calendar: Callable[[], AnyCalendar] = no_calendar


def after(by: Reckoning, period: Period, start: datetime, times: int = 1) -> datetime:
    """`start` + `times` × `period`. Raises what `workflow.calendar.add_period` raises."""
    if period.working:
        return add_period(by.calendar(), by.zone, start, period, times=times)
    return add_times(period, start, times, by.zone)


def passed(by: Reckoning, period: Period, a: datetime, b: datetime) -> timedelta:
    """How much time of the kind that `period` counts lies between `a` and `b`; negative when `b` is earlier."""
    return worked(by.calendar(), by.zone, a, b) if period.working else b - a


def later(by: Reckoning, period: Period, moment: datetime, length: timedelta) -> datetime:
    """The first moment at which `length` of the time that `period` counts has passed since `moment`."""
    return add_working(by.calendar(), by.zone, moment, length) if period.working else moment + length


def counted(by: Reckoning, period: Period, start: datetime, pauses: Iterable[Pause], end: datetime) -> timedelta:
    """Time of the kind that `period` counts from `start` to `end`, without the pauses."""
    still = (passed(by, period, begun, min(ended, end)) for begun, ended in pauses if begun < end)
    return passed(by, period, start, end) - sum(still, timedelta(0))


def used_up(by: Reckoning, period: Period, start: datetime, pauses: Iterable[Pause], percent: int = 100) -> datetime:
    """When `percent` of `period` has passed since `start`; `pauses`, in their order, are not counted.

    A pause that begins later moves nothing. A period of days is as long as the time from `start` to its end, so half
    of three working days is half of the office hours that they have.
    """
    moment = after(by, period, start)
    if percent != 100:
        moment = later(by, period, start, passed(by, period, start, moment) * percent / 100)
    for begun, ended in pauses:
        if begun < moment:
            moment = later(by, period, moment, passed(by, period, begun, ended))
    return moment
