"""Lengths of time, and adding them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.definition.periods import PeriodError, add, exact, parse_period, times

JAKARTA = ZoneInfo("Asia/Jakarta")
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.integers(946_684_800, 2_840_140_800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def at(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_every_part_of_a_duration_is_read():
    """ISO 8601, weeks counted as seven days."""
    period = parse_period("P1Y2M1W3DT4H5M6S")
    assert (period.years, period.months, period.days) == (1, 2, 10)
    assert period.time == timedelta(hours=4, minutes=5, seconds=6)
    assert period.source == "P1Y2M1W3DT4H5M6S"
    assert not period.working


def test_working_marks_office_time():
    """`P3D working` is three working days."""
    assert parse_period("P3D working").working
    assert parse_period("P3D", working=True).working


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1", "1D", "P1DT", "P-1D", "P1.5D", "PT0S", "P0D", "p1d", "P1D soon", "P1H", "P101Y"),
        *("P1M working", "PT9999999H", "P１D", "P1D 2D", "P1DP1D"),
    ],
)
def test_what_is_no_duration_is_refused(text):
    """Malformed, empty, too long, or months of office time."""
    with pytest.raises(PeriodError) as caught:
        parse_period(text)
    assert caught.value.code == "bad_duration"


def test_an_exact_length_has_no_months():
    """A lease cannot be a month; a day of it is 24 hours."""
    assert exact(parse_period("P1DT1H")) == timedelta(hours=25)
    with pytest.raises(PeriodError):
        exact(parse_period("P1M"))
    with pytest.raises(PeriodError):
        exact(parse_period("P1D working"))


def test_months_are_clamped_to_the_end_of_the_month():
    """Rule 9: 31 August + 6 months is the last day of February."""
    assert add(parse_period("P6M"), at("2026-08-31T09:00", JAKARTA), JAKARTA) == at("2027-02-28T09:00", JAKARTA)
    assert add(parse_period("P2Y"), at("2028-02-29T09:00", JAKARTA), JAKARTA) == at("2030-02-28T09:00", JAKARTA)


def test_repeated_months_count_from_the_start():
    """31 January + 2 × 1 month is 31 March, not 28 March."""
    start = at("2026-01-31T09:00", JAKARTA)
    assert times(parse_period("P1M"), start, 1, JAKARTA) == at("2026-02-28T09:00", JAKARTA)
    assert times(parse_period("P1M"), start, 2, JAKARTA) == at("2026-03-31T09:00", JAKARTA)


def test_months_turn_at_midnight_of_the_office_not_of_utc():
    """23:30 UTC on 30 January is 31 January in Jakarta, so one month later is the last of February there."""
    moment = datetime(2026, 1, 30, 23, 30, tzinfo=UTC)
    assert add(parse_period("P1M"), moment, JAKARTA) == at("2026-02-28T06:30", JAKARTA)


def test_a_day_keeps_the_wall_clock_and_24_hours_do_not():
    """Across the spring change of clocks a day is 23 hours long."""
    start = at("2026-03-28T12:00", BERLIN)
    assert add(parse_period("P1D"), start, BERLIN) == at("2026-03-29T12:00", BERLIN)
    assert add(parse_period("PT24H"), start, BERLIN) == at("2026-03-29T13:00", BERLIN)


def test_a_time_that_clocks_skip_moves_forward_by_the_gap():
    """02:30 does not exist on the day of the spring change: 03:30 is meant."""
    assert add(parse_period("P1D"), at("2026-03-28T02:30", BERLIN), BERLIN) == at("2026-03-29T03:30", BERLIN)


def test_results_are_in_utc_and_naive_times_are_refused():
    """Only aware times are counted with."""
    assert add(parse_period("P1D"), at("2026-01-01T00:00", JAKARTA), JAKARTA).tzinfo is UTC
    with pytest.raises(PeriodError):
        add(parse_period("P1D"), datetime(2026, 1, 1), JAKARTA)  # noqa: DTZ001


def test_office_time_needs_a_calendar():
    """Adding working days without a calendar would be a guess."""
    with pytest.raises(PeriodError, match="calendar"):
        add(parse_period("P3D working"), datetime(2026, 1, 1, tzinfo=UTC), JAKARTA)


@given(moment=MOMENTS, months=st.integers(1, 40), n=st.integers(1, 30))
def test_n_times_some_months_is_n_times_as_many_months(moment, months, n):
    """Counting from the start, `n` periods of m months are one of n × m months."""
    once = times(parse_period(f"P{months * n}M"), moment, 1, BERLIN)
    assert times(parse_period(f"P{months}M"), moment, n, BERLIN) == once


@given(moment=MOMENTS, n=st.integers(1, 30))
def test_later_repeats_are_later(moment, n):
    """No repeat of a timer falls on or before the one before it."""
    period = parse_period("P1M")
    assert times(period, moment, n, BERLIN) < times(period, moment, n + 1, BERLIN)


@given(moment=MOMENTS, months=st.integers(1, 240))
def test_clamping_never_reaches_the_next_month(moment, months):
    """The result lies in the month that counting months gives."""
    local, later = (
        moment.astimezone(JAKARTA),
        add(parse_period(f"P{months}M"), moment, JAKARTA).astimezone(JAKARTA),
    )
    assert (later.year * 12 + later.month) - (local.year * 12 + local.month) == months
    assert later.day <= local.day
