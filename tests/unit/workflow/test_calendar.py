"""Office time against cases reckoned by hand; each docstring shows the reckoning."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from tests.calendar_kit import WIB, WIT, at, calendar, disnaker, hours
from workflow.calendar import (
    NoOfficeTimeError,
    add_period,
    add_working,
    add_working_days,
    due,
    intervals,
    is_open,
    worked,
)
from workflow.definition.calendar import CalendarRangeError
from workflow.definition.periods import PeriodError, parse_period


def test_a_friday_evening_request_waits_for_monday():
    """PLM3: Fri 20 Nov 2026 18:30 is after hours. Mon, Tue, Wed give 22.5 h; 1.5 h are left: Thu 26 Nov 09:00."""
    asked = at("2026-11-20 18:30")
    assert add_working(disnaker(), WIB, asked, hours(24)) == at("2026-11-26 09:00")
    assert worked(disnaker(), WIB, asked, at("2026-11-23 07:30")) == hours(0)


def test_the_break_on_friday_is_longer():
    """Fri 20 Nov 2026: 11:00–11:30 is 0.5 h, the break lasts to 13:00, 13:00–13:30 is 0.5 h. On Thursdays
    it lasts from 12:00 to 13:00."""
    assert add_working(disnaker(), WIB, at("2026-11-20 11:00"), hours(1)) == at("2026-11-20 13:30")
    assert add_working(disnaker(), WIB, at("2026-11-20 12:00"), hours(1)) == at("2026-11-20 14:00")
    assert add_working(disnaker(), WIB, at("2026-11-19 11:30"), hours(1)) == at("2026-11-19 13:30")
    assert not is_open(disnaker(), WIB, at("2026-11-20 11:45"))
    assert is_open(disnaker(), WIB, at("2026-11-19 11:45"))


def test_nyepi_and_lebaran_of_2026_close_the_office_for_a_week():
    """Tue 17 March 2026, Ramadan: 13:00–15:00 is 2 h. Wed cuti bersama, Thu Nyepi, Fri cuti bersama, weekend with
    Idul Fitri, Mon and Tue cuti bersama. Wed 25 March, usual hours: 07:30–09:30 is 2 h. 2 + 2 = 4 h."""
    assert add_working(disnaker(), WIB, at("2026-03-17 13:00"), hours(4)) == at("2026-03-25 09:30")
    for day in range(18, 25):
        assert intervals(disnaker(), WIB, date(2026, 3, day)) == ()


def test_lebaran_of_2025_with_cuti_bersama():
    """Thu 27 March 2025, Ramadan: 14:00–15:00 is 1 h. Fri 28 cuti bersama Nyepi, Sat Nyepi, Mon 31 and Tue 1 April
    Idul Fitri, Wed to Fri and Mon 7 cuti bersama. Tue 8 April: 07:30–08:30 is 1 h."""
    assert add_working(disnaker(), WIB, at("2025-03-27 14:00"), hours(2)) == at("2025-04-08 08:30")


def test_ramadan_has_shorter_days():
    """From Mon 23 Feb 2026 07:00, 24 h: Mon to Wed 3 × 6.5 = 19.5 h; Thu 08:00–12:00 is 4 h, 12:30–13:00 is 0.5 h."""
    assert add_working(disnaker(), WIB, at("2026-02-23 07:00"), hours(24)) == at("2026-02-26 13:00")


def test_ramadan_begins_on_its_day():
    """Wed 18 Feb 2026, usual hours: 15:00–16:00 is 1 h. Thu 19 Feb, first of Ramadan: 08:00–09:00 is 1 h."""
    assert add_working(disnaker(), WIB, at("2026-02-18 15:00"), hours(2)) == at("2026-02-19 09:00")


def test_a_week_has_the_hours_of_the_regulation():
    """Perpres 21/2023: 37.5 h (Mon 9 to Sun 15 Nov 2026); in Ramadan 32.5 h (Mon 23 Feb to Sun 1 March 2026)."""
    assert worked(disnaker(), WIB, at("2026-11-09 00:00"), at("2026-11-16 00:00")) == hours(37.5)
    assert worked(disnaker(), WIB, at("2026-02-23 00:00"), at("2026-03-02 00:00")) == hours(32.5)


def test_office_time_runs_over_the_end_of_the_year():
    """Thu 31 Dec 2026 15:00–16:00 is 1 h; Fri 1 Jan holiday; Mon 4 Jan 7.5 h; Tue 5 Jan Isra Mikraj; Wed 6 Jan
    07:30–09:00 is 1.5 h. 1 + 7.5 + 1.5 = 10 h."""
    assert add_working(disnaker(), WIB, at("2026-12-31 15:00"), hours(10)) == at("2027-01-06 09:00")


def test_an_office_in_the_east_opens_two_hours_earlier():
    """Mon 23 Nov 2026 07:30 WIT is 05:30 WIB. 24 h: Mon to Wed 22.5 h, Thu 07:30–09:00 WIT, which is 00:00 UTC."""
    moment = at("2026-11-23 07:30", WIT)
    assert is_open(disnaker(), WIT, moment)
    assert not is_open(disnaker(), WIB, moment)
    assert add_working(disnaker(), WIT, moment, hours(24)) == at("2026-11-26 00:00", UTC)


def test_time_used_up_at_closing_time_ends_then():
    """Mon 23 Nov 2026 07:30 + 7.5 h is Mon 16:00, not Tue 07:30; 7.5 h + 1 µs is Tue 07:30 and 1 µs."""
    tick = timedelta(microseconds=1)
    assert add_working(disnaker(), WIB, at("2026-11-23 07:30"), hours(7.5)) == at("2026-11-23 16:00")
    assert add_working(disnaker(), WIB, at("2026-11-23 07:30"), hours(7.5) + tick) == at("2026-11-24 07:30") + tick


def test_opening_is_open_and_closing_is_closed():
    """Mon 23 Nov 2026: open from 07:30 on and until before 16:00."""
    tick = timedelta(microseconds=1)
    assert is_open(disnaker(), WIB, at("2026-11-23 07:30"))
    assert not is_open(disnaker(), WIB, at("2026-11-23 07:30") - tick)
    assert is_open(disnaker(), WIB, at("2026-11-23 16:00") - tick)
    assert not is_open(disnaker(), WIB, at("2026-11-23 16:00"))


def test_no_time_at_all_ends_where_it_begins():
    """Sunday 22 Nov 2026 + 0 h is that Sunday."""
    assert add_working(disnaker(), WIB, at("2026-11-22 10:00"), hours(0)) == at("2026-11-22 10:00")


@pytest.mark.parametrize("hour", ["00:00", "07:29", "10:00", "23:59"])
def test_three_working_days_begin_on_the_next_one_and_end_at_closing_time(hour):
    """Asked on Wed 18 Nov 2026, at any hour: Thu 19, Fri 20, Mon 23 are three; Monday closes at 16:00."""
    assert add_working_days(disnaker(), WIB, at(f"2026-11-18 {hour}"), 3) == at("2026-11-23 16:00")


def test_three_working_days_over_lebaran():
    """Asked on Tue 17 March 2026: Wed 25, Thu 26, Fri 27 are three; Friday closes at 16:30."""
    assert add_working_days(disnaker(), WIB, at("2026-03-17 10:00"), 3) == at("2026-03-27 16:30")


def test_working_days_asked_on_a_free_day_begin_on_the_next_working_day():
    """Asked on Sat 21 Nov 2026: Mon 23 is the first."""
    assert add_working_days(disnaker(), WIB, at("2026-11-21 10:00"), 1) == at("2026-11-23 16:00")


def test_the_local_day_is_what_counts():
    """Thu 19 Nov 2026 23:00 WIB is already Fri 01:00 WIT: one day ends on Friday in Palembang and on
    Monday in Jayapura."""
    moment = at("2026-11-19 23:00", WIB)
    assert add_working_days(disnaker(), WIB, moment, 1) == at("2026-11-20 16:30", WIB)
    assert add_working_days(disnaker(), WIT, moment, 1) == at("2026-11-23 16:00", WIT)


def test_days_come_before_hours():
    """P1DT2H working from Mon 23 Nov 2026 10:00: Tue 24 closes at 16:00; Wed 07:30–09:30 is 2 h."""
    period = parse_period("P1DT2H working")
    assert add_period(disnaker(), WIB, at("2026-11-23 10:00"), period) == at("2026-11-25 09:30")


def test_the_third_time_of_a_working_period_is_counted_from_the_start():
    """3 × P1D working from Mon 23 Nov 2026: Tue, Wed, Thu 26; Thursday closes at 16:00."""
    period = parse_period("P1D working")
    assert add_period(disnaker(), WIB, at("2026-11-23 10:00"), period, times=3) == at("2026-11-26 16:00")


def test_clock_time_is_not_counted_with_a_calendar():
    """PT24H without `working` is a promise by the clock."""
    with pytest.raises(PeriodError, match="clock time"):
        add_period(disnaker(), WIB, at("2026-11-23 10:00"), parse_period("PT24H"))


def test_a_share_of_office_time_is_counted_in_office_time():
    """75% of 24 h is 18 h: from Mon 23 Nov 2026 07:30 two days are 15 h, Wed 07:30–10:30 is 3 h."""
    target = parse_period("PT24H working")
    assert due(disnaker(), WIB, at("2026-11-23 07:30"), target, percent=75) == at("2026-11-25 10:30")


def test_a_share_of_working_days_is_counted_in_their_office_time():
    """P2D from Mon 23 Nov 2026 13:00 ends Wed 16:00: 3 + 7.5 + 7.5 = 18 h; half is 9 h: Mon 3 h, Tue 07:30–12:00
    is 4.5 h, 13:00–14:30 is 1.5 h."""
    target = parse_period("P2D working")
    assert due(disnaker(), WIB, at("2026-11-23 13:00"), target) == at("2026-11-25 16:00")
    assert due(disnaker(), WIB, at("2026-11-23 13:00"), target, percent=50) == at("2026-11-24 14:30")


def test_a_pause_moves_the_due_by_its_office_time():
    """24 h from Mon 23 Nov 2026 07:30 is Thu 09:00; with 7.5 h of pause it is Fri: Thu 09:00–16:00 gives 6 h,
    Fri 07:30–09:00 gives 1.5 h."""
    target = parse_period("PT24H working")
    assert due(disnaker(), WIB, at("2026-11-23 07:30"), target) == at("2026-11-26 09:00")
    assert due(disnaker(), WIB, at("2026-11-23 07:30"), target, paused=hours(7.5)) == at("2026-11-27 09:00")


def test_time_counted_backwards_is_negative():
    """From Mon 23 Nov 2026 10:00 back to 08:00 is −2 h."""
    assert worked(disnaker(), WIB, at("2026-11-23 10:00"), at("2026-11-23 08:00")) == -hours(2)


def test_a_negative_duration_is_refused():
    """Time is not taken back; nor is less than a day a number of working days."""
    with pytest.raises(PeriodError):
        add_working(disnaker(), WIB, at("2026-11-23 10:00"), -hours(1))
    with pytest.raises(PeriodError):
        add_working_days(disnaker(), WIB, at("2026-11-23 10:00"), 0)


@pytest.mark.parametrize("ask", [is_open, lambda *a: worked(*a, a[-1]), lambda *a: add_working(*a, hours(1))])
def test_a_moment_needs_a_zone(ask):
    """A naive moment would be a guess."""
    with pytest.raises(PeriodError, match="zone"):
        ask(disnaker(), WIB, at("2026-11-23 10:00").replace(tzinfo=None))


def test_a_search_ends_after_ten_years():
    """One hour a week holds about 522 h in ten years; 600 h are refused, and so are 600 working days."""
    office = calendar("08:00-09:00", days=("monday",))
    start = at("2026-11-23 10:00")
    assert add_working(office, WIB, start, hours(500)) > start
    with pytest.raises(NoOfficeTimeError):
        add_working(office, WIB, start, hours(600))
    with pytest.raises(NoOfficeTimeError):
        add_working_days(office, WIB, start, 600)


def test_days_beyond_the_known_years_are_refused():
    """The shipped calendar knows 2024 to 2039; silence about 2040 would be a calendar without holidays."""
    with pytest.raises(CalendarRangeError, match="2024 to 2039"):
        intervals(disnaker(), WIB, date(2040, 1, 2))
    with pytest.raises(CalendarRangeError):
        add_working(disnaker(), WIB, at("2023-12-20 10:00"), hours(1))
    assert not is_open(disnaker(), WIB, at("2039-12-31 22:00"))
