"""Office time where clocks change; each docstring shows the reckoning."""

from __future__ import annotations

from datetime import UTC, date
from zoneinfo import ZoneInfo

from tests.calendar_kit import BERLIN, NEW_YORK, at, calendar, hours
from workflow.calendar import (
    add_working,
    intervals,
    is_open,
    worked,
)
from workflow.definition.calendar import WEEKDAYS

EVERY_DAY = tuple(WEEKDAYS)


def test_berlin_office_hours_keep_their_wall_clock_over_the_change():
    """Fri 27 March 2026 16:00–17:00 CET is 1 h; clocks go forward on Sunday; Mon 09:00–10:00 CEST is
    1 h, and ends at 08:00 UTC."""
    office = calendar("09:00-17:00")
    assert add_working(office, BERLIN, at("2026-03-27 16:00", BERLIN), hours(2)) == at("2026-03-30 08:00", UTC)


def test_new_york_office_hours_keep_their_wall_clock_over_the_change():
    """Fri 30 Oct 2026 16:00–17:00 EDT is 1 h; clocks go back on Sunday; Mon 09:00–10:00 EST, 15:00 UTC, is 1 h."""
    office = calendar("09:00-17:00")
    assert add_working(office, NEW_YORK, at("2026-10-30 16:00", NEW_YORK), hours(2)) == at("2026-11-02 15:00", UTC)


def test_hours_that_the_clock_skips_do_not_exist():
    """29 March 2026 in Berlin, 02:00 → 03:00: 01:00–05:00 lasts 3 h; 02:30–04:00 begins at 03:00, which is 01:00 UTC;
    02:15–02:45 is no time at all."""
    day = date(2026, 3, 29)
    ((start, end),) = intervals(calendar("01:00-05:00", days=EVERY_DAY), BERLIN, day)
    assert end - start == hours(3)
    assert intervals(calendar("02:30-04:00", days=EVERY_DAY), BERLIN, day) == (
        (at("2026-03-29 01:00", UTC), at("2026-03-29 02:00", UTC)),
    )
    assert intervals(calendar("02:15-02:45", days=EVERY_DAY), BERLIN, day) == ()


def test_hours_that_the_clock_repeats_count_twice():
    """1 Nov 2026 in New York, 02:00 → 01:00: 00:00–06:00 lasts 7 h. 25 Oct 2026 in Berlin: 01:00–05:00 lasts 5 h."""
    ((start, end),) = intervals(calendar("00:00-06:00", days=EVERY_DAY), NEW_YORK, date(2026, 11, 1))
    assert end - start == hours(7)
    ((start, end),) = intervals(calendar("01:00-05:00", days=EVERY_DAY), BERLIN, date(2026, 10, 25))
    assert end - start == hours(5)


def test_a_clock_set_back_over_midnight_loses_nothing():
    """7 Nov 2010, 00:01 → 6 Nov 23:01 in St John's. Hours 00:00–01:00 of the 7th begin at 02:30 UTC, before the change
    at 02:31, and end at 01:00 NST, 04:30 UTC: 2 h, all of them open though the clock shows the 6th again."""
    zone = ZoneInfo("America/St_Johns")
    office = calendar("00:00-01:00", days=EVERY_DAY, since="2010-01-01")
    begin, end = at("2010-11-07 02:30", UTC), at("2010-11-07 04:30", UTC)
    assert intervals(office, zone, date(2010, 11, 7)) == ((begin, end),)
    again = at("2010-11-07 03:00", UTC)
    assert again.astimezone(zone).date() == date(2010, 11, 6)
    assert is_open(office, zone, again)
    assert worked(office, zone, begin, again) == hours(0.5)
    assert worked(office, zone, again, end) == hours(1.5)
