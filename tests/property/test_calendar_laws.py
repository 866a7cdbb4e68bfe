"""Laws of office time that hold for every calendar, zone and moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.calendar_kit import calendar, disnaker
from workflow.calendar import Succession, add_working, add_working_days, due_with_credit, intervals, is_open, worked
from workflow.calendar_ledger import Kind, ledger
from workflow.definition.calendar import WEEKDAYS
from workflow.definition.periods import parse_period

EVERY_DAY = tuple(WEEKDAYS)
NIGHTS = ("00:00-00:45", "01:15-02:20", "02:40-03:10", "08:00-16:00", "23:15-24:00")
CALENDARS = st.sampled_from(
    [disnaker(), calendar(*NIGHTS, days=EVERY_DAY), calendar("00:00-24:00", days=EVERY_DAY), calendar("09:00-09:01")]
)
#: Clocks that change at 02:00, at midnight, by half an hour, and never.
ZONES = st.sampled_from(
    [
        ZoneInfo(name)
        for name in (
            "Asia/Jakarta",
            "Asia/Makassar",
            "Asia/Jayapura",
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Cairo",
            "Asia/Beirut",
        )
    ]
)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=1900)).map(
    lambda passed: datetime(2024, 2, 1, tzinfo=UTC) + passed
)
#: Zones and years of odd changes: over midnight, and a whole day that was skipped.
ODD = [("America/St_Johns", 2010), ("Pacific/Apia", 2011), ("America/Sao_Paulo", 2018), ("Africa/Cairo", 2023)]
LENGTHS = st.timedeltas(timedelta(0), timedelta(hours=200))
SHORT = st.timedeltas(timedelta(0), timedelta(days=40))
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(CALENDARS, ZONES, MOMENTS, st.timedeltas(timedelta(0), timedelta(hours=8)))
def test_what_is_added_was_worked(office, zone, start, length):
    """worked(a, add_working(a, d)) is d, to the microsecond."""
    assert worked(office, zone, start, add_working(office, zone, start, length)) == length


@MANY
@given(CALENDARS, ZONES, MOMENTS, SHORT)
def test_the_due_date_of_what_was_worked_is_not_later(office, zone, start, span):
    """add_working finds the first such moment: office time between it and any later one with the same sum is none."""
    end = start + span
    first = add_working(office, zone, start, worked(office, zone, start, end))
    assert first <= end
    assert worked(office, zone, first, end) == timedelta(0)


@MANY
@given(CALENDARS, ZONES, MOMENTS, SHORT, SHORT)
def test_office_time_adds_up(office, zone, a, one, two):
    """From a to b and from b to c make a to c, in whatever order the three stand."""
    b, c = a + one, a + two
    assert worked(office, zone, a, b) + worked(office, zone, b, c) == worked(office, zone, a, c)
    assert worked(office, zone, b, a) == -worked(office, zone, a, b)


@MANY
@given(CALENDARS, ZONES, MOMENTS, SHORT, st.timedeltas(timedelta(0), timedelta(hours=6)), st.integers(1, 15))
def test_who_asks_later_is_never_due_earlier(office, zone, start, later, length, days):
    """Monotonic in the moment, and in the length."""
    assert add_working(office, zone, start, length) <= add_working(office, zone, start + later, length)
    assert add_working(office, zone, start, length) <= add_working(office, zone, start, length + timedelta(hours=1))
    assert add_working_days(office, zone, start, days) <= add_working_days(office, zone, start + later, days)
    assert add_working_days(office, zone, start, days) < add_working_days(office, zone, start, days + 1)


@MANY
@given(CALENDARS, ZONES, MOMENTS, SHORT)
def test_a_ledger_tells_every_moment_once(office, zone, start, span):
    """No hole and no overlap; open stretches add up to the office time, and are open."""
    entries = ledger(office, zone, start, start + span)
    edges = [start, *(entry.end for entry in entries)]
    assert [entry.start for entry in entries] == edges[:-1]
    assert edges[-1] == start + span
    opened = [entry for entry in entries if entry.kind is Kind.OPEN]
    assert sum((e.end - e.start for e in opened), timedelta(0)) == worked(office, zone, start, start + span)
    assert all(is_open(office, zone, e.start) == (e.kind is Kind.OPEN) for e in entries)
    assert all(set(entry.why) == {"id", "en"} and all(entry.why.values()) for entry in entries)


@MANY
@given(ZONES, MOMENTS, SHORT)
def test_an_office_that_never_closes_works_by_the_clock(zone, start, span):
    """Whatever the clock does, no minute is lost or counted twice."""
    always = calendar("00:00-24:00", days=EVERY_DAY)
    assert worked(always, zone, start, start + span) == span
    assert add_working(always, zone, start, span) == start + span
    assert is_open(always, zone, start)


@MANY
@given(st.sampled_from(ODD), st.integers(0, 350 * 24 * 60), SHORT)
def test_clock_changes_over_midnight_lose_nothing(odd, minutes, span):
    """St John's set its clock back at 00:01, São Paulo forward at midnight, and Apia left out a day."""
    zone, year = ZoneInfo(odd[0]), odd[1]
    always = calendar("00:00-24:00", days=EVERY_DAY, since=f"{year}-01-01")
    start = datetime(year, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes)
    assert worked(always, zone, start, start + span) == span
    assert is_open(always, zone, start)
    assert sum((e.end - e.start for e in ledger(always, zone, start, start + span)), timedelta(0)) == span


@MANY
@given(CALENDARS, ZONES, st.dates(date(2024, 2, 1), date(2029, 6, 1)))
def test_hours_stand_in_order_and_apart(office, zone, day):
    """Also on days on which the clock changes."""
    edges = [edge for interval in intervals(office, zone, day) for edge in interval]
    assert edges == sorted(edges)
    assert all(start < end for start, end in intervals(office, zone, day))


@MANY
@given(CALENDARS, CALENDARS, ZONES, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(1, 8))
def test_credit_is_what_the_old_calendar_counted(old, new, zone, start, wait, length):
    """Office time under each version, before and after the change, makes the target; two same versions are one."""
    changed = start + wait
    target = parse_period(f"PT{length}H working")
    end = due_with_credit(old, new, zone, start, target, changed)
    before = worked(old, zone, start, min(changed, end))
    after = worked(new, zone, min(changed, end), end)
    assert before + after == target.time
    assert due_with_credit(old, old, zone, start, target, changed) == add_working(old, zone, start, target.time)
    versions = Succession(first=old, changes=((changed, new),))
    assert worked(versions, zone, start, end) == target.time


@MANY
@given(CALENDARS, ZONES, MOMENTS, LENGTHS)
def test_a_due_moment_is_office_time_or_closing_time(office, zone, start, length):
    """Nothing is due at night: a moment before the due one the office was open."""
    assume(length)
    assume(office != calendar("09:00-09:01"))
    end = add_working(office, zone, start, length)
    assert is_open(office, zone, end - timedelta(microseconds=1))
