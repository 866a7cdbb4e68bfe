"""Office time told: every interval and every gap between two moments with its reason, to explain a due date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from workflow.calendar import MINUTES_A_DAY, AnyCalendar, Succession, local_days, moment_of
from workflow.definition.calendar import Calendar, Hours
from workflow.definition.periods import PeriodError
from workflow.definition.process import Text

WEEKDAYS: tuple[Text, ...] = (
    {"id": "Senin", "en": "Monday"},
    {"id": "Selasa", "en": "Tuesday"},
    {"id": "Rabu", "en": "Wednesday"},
    {"id": "Kamis", "en": "Thursday"},
    {"id": "Jumat", "en": "Friday"},
    {"id": "Sabtu", "en": "Saturday"},
    {"id": "Minggu", "en": "Sunday"},
)
#: How each language parts hours from minutes.
_POINT = {"id": ".", "en": ":"}


class Kind(StrEnum):
    """What a stretch of time is to the office."""

    OPEN = "open"
    BREAK = "break"
    BEFORE = "before"
    AFTER = "after"
    DAY_OFF = "day_off"
    HOLIDAY = "holiday"


_SAID: dict[Kind, Text] = {
    Kind.OPEN: {"id": "{day}, jam kerja {opens}–{closes}{mark}", "en": "{day}, office hours {opens}–{closes}{mark}"},
    Kind.BREAK: {"id": "{day}, istirahat {opens}–{closes}{mark}", "en": "{day}, break {opens}–{closes}{mark}"},
    Kind.BEFORE: {
        "id": "{day}, sebelum jam kerja {closes}{mark}",
        "en": "{day}, before office hours at {closes}{mark}",
    },
    Kind.AFTER: {"id": "{day}, sesudah jam kerja {opens}{mark}", "en": "{day}, after office hours at {opens}{mark}"},
    Kind.DAY_OFF: {"id": "{day}, bukan hari kerja{mark}", "en": "{day}, not a working day{mark}"},
    Kind.HOLIDAY: {"id": "Libur: {mark}", "en": "Holiday: {mark}"},
}
_ESTIMATED: Text = {"id": "perkiraan", "en": "estimated"}
_KEPT_OPEN: Text = {"id": "tetap buka", "en": "open all the same"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """A part of a ledger, within one day and of one kind."""

    #: UTC.
    start: datetime
    #: UTC; does not belong to it.
    end: datetime
    kind: Kind
    #: The reason for people, with the wall-clock times of the calendar.
    why: Text


def ledger(calendar: AnyCalendar, zone: ZoneInfo, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """All time from `start` to `end`, without a hole: the open stretches add up to the office time between them.

    PeriodError when `end` is earlier or a moment has no zone; CalendarRangeError for days that the calendar does not
    know.
    """
    if start.tzinfo is None or end.tzinfo is None:
        raise PeriodError("A moment needs a zone.")
    if end < start:
        raise PeriodError("A ledger runs forward; exchange the two moments.")
    versions = calendar if isinstance(calendar, Succession) else Succession(first=calendar)
    return tuple(
        stretch
        for since, until, version in versions.reigns()
        for stretch in _reign(version, zone, max(since, start).astimezone(UTC), min(until, end).astimezone(UTC))
    )


def _reign(calendar: Calendar, zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[Stretch]:
    if start >= end:
        return
    for day in local_days(zone, start, end):
        for stretch in _day(calendar, zone, day):
            cut = max(stretch.start, start), min(stretch.end, end)
            if cut[0] < cut[1]:
                yield Stretch(start=cut[0], end=cut[1], kind=stretch.kind, why=stretch.why)


def _day(calendar: Calendar, zone: ZoneInfo, day: date) -> Iterator[Stretch]:
    mark = _mark(calendar, day)
    for kind, opens, closes in _parts(calendar.hours_on(day), holiday=day in calendar.holidays):
        why = {language: _say(text, language, day, opens, closes, mark, kind) for language, text in _SAID[kind].items()}
        yield Stretch(start=moment_of(day, opens, zone), end=moment_of(day, closes, zone), kind=kind, why=why)


def _parts(hours: Hours, *, holiday: bool) -> Iterator[tuple[Kind, int, int]]:
    """Kind, begin and end (minutes after midnight) of the parts of a day, which fill it."""
    if not hours:
        yield (Kind.HOLIDAY if holiday else Kind.DAY_OFF), 0, MINUTES_A_DAY
        return
    reached, gap = 0, Kind.BEFORE
    for opening in hours:
        if reached < opening.opens:
            yield gap, reached, opening.opens
        yield Kind.OPEN, opening.opens, opening.closes
        reached, gap = opening.closes, Kind.BREAK
    if reached < MINUTES_A_DAY:
        yield Kind.AFTER, reached, MINUTES_A_DAY


def _mark(calendar: Calendar, day: date) -> Text:
    """What is special about `day`: half day, holiday, season; empty on an ordinary day."""
    if half := calendar.half_days.get(day):
        return half.name
    if holiday := calendar.holidays.get(day):
        return holiday
    told = []
    if season := calendar.season_on(day):
        estimated = any(span.estimated and span.first <= day <= span.last for span in season.between)
        told.append({k: f"{text}, {_ESTIMATED[k]}" if estimated else text for k, text in season.title.items()})
    if kept := calendar.kept_open.get(day):
        told.append({k: f"{_KEPT_OPEN[k]}: {text}" for k, text in kept.items()})
    return {k: "; ".join(text[k] for text in told) for k in _POINT} if told else {}


def _say(text: str, language: str, day: date, opens: int, closes: int, mark: Text, kind: Kind) -> str:
    special = mark.get(language, "")
    return text.format(
        day=WEEKDAYS[day.weekday()][language],
        opens=_clock(opens, language),
        closes=_clock(closes, language),
        mark=special if kind is Kind.HOLIDAY or not special else f" ({special})",
    )


def _clock(minutes: int, language: str) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}{_POINT[language]}{minute:02}"
