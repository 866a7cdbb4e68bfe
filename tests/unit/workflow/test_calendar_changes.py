"""Office time when the calendar changes: what was counted stays counted; each docstring shows the reckoning."""

from __future__ import annotations

from datetime import UTC

import pytest

from tests.calendar_kit import WIB, WIT, at, calendar, hours
from workflow.calendar import (
    Succession,
    add_working,
    due,
    due_with_credit,
    takes_effect,
    worked,
)
from workflow.definition.periods import PeriodError, parse_period


def test_hours_counted_before_a_change_stay_counted():
    """24 h from Mon 2 Nov 2026 07:30. Old, 8 h a day: Mon and Tue are 16 h. New from Wed 4 Nov, 4 h a day: Wed and Thu
    are 8 h, so it is due Thu 12:00. Under the new one alone, six days of 4 h: Mon 9 Nov 12:00."""
    old, new = calendar("07:30-15:30"), calendar("08:00-12:00")
    start, target = at("2026-11-02 07:30"), parse_period("PT24H working")
    assert due_with_credit(old, new, WIB, start, target, at("2026-11-04 00:00")) == at("2026-11-05 12:00")
    assert due(new, WIB, start, target) == at("2026-11-09 12:00")


def test_a_change_at_noon_splits_the_day():
    """8 h from Mon 2 Nov 2026 08:00. Old 08:00–16:00 until noon: 4 h. New 10:00–14:00 from noon: 2 h; Tue
    10:00–12:00 is 2 h."""
    old, new = calendar("08:00-16:00"), calendar("10:00-14:00")
    target = parse_period("PT8H working")
    due_at = due_with_credit(old, new, WIB, at("2026-11-02 08:00"), target, at("2026-11-02 12:00"))
    assert due_at == at("2026-11-03 12:00")


def test_a_promise_used_up_before_the_change_is_due_as_before():
    """8 h from Mon 2 Nov 2026 08:00 are over at 16:00; the change of Tuesday moves nothing."""
    old, new = calendar("08:00-16:00"), calendar("10:00-14:00")
    start, target = at("2026-11-02 08:00"), parse_period("PT8H working")
    assert due_with_credit(old, new, WIB, start, target, at("2026-11-03 00:00")) == at("2026-11-02 16:00")


def test_working_days_counted_before_a_change_stay_counted():
    """P3D from Mon 2 Nov 2026; from Wed 4 Nov the office is closed on Tuesdays and Wednesdays. Tue counts under
    the old, then Thu 5 and Fri 6 under the new: Fri 14:00."""
    old, new = calendar("08:00-16:00"), calendar("10:00-14:00", days=("monday", "thursday", "friday"))
    start, target = at("2026-11-02 08:00"), parse_period("P3D working")
    assert due_with_credit(old, new, WIB, start, target, at("2026-11-04 00:00")) == at("2026-11-06 14:00")


def test_a_change_before_the_start_leaves_only_the_new_hours():
    """The change is a week old: 4 h from Mon 2 Nov 2026 08:00 are 10:00–14:00."""
    old, new = calendar("08:00-16:00"), calendar("10:00-14:00")
    start, target = at("2026-11-02 08:00"), parse_period("PT4H working")
    assert due_with_credit(old, new, WIB, start, target, at("2026-10-26 00:00")) == at("2026-11-02 14:00")


def test_several_versions_follow_each_other():
    """Mon 2 Nov 2026 8 h, Tue 4 h, Wed 2 h: 8 + 4 + 1 = 13 h end Wed 13:00."""
    versions = Succession(
        first=calendar("08:00-16:00"),
        changes=(
            (at("2026-11-03 00:00"), calendar("10:00-14:00")),
            (at("2026-11-04 00:00"), calendar("12:00-14:00")),
        ),
    )
    assert add_working(versions, WIB, at("2026-11-02 00:00"), hours(13)) == at("2026-11-04 13:00")
    with pytest.raises(PeriodError, match="order"):
        Succession(first=versions.first, changes=versions.changes[::-1])


def test_a_version_takes_effect_at_local_midnight():
    """1 Jan 2024 begins in Jayapura at 15:00 UTC of 31 December."""
    assert takes_effect(calendar("08:00-16:00"), WIT) == at("2023-12-31 15:00", UTC)


def test_a_version_is_not_asked_about_days_before_it():
    """A version for 2027 knows nothing of 2026. Thu 31 Dec 2026 15:00–16:00 is 1 h, Fri 1 Jan 08:00–09:00 is 1 h; the
    same in Jayapura, where the year begins at 15:00 UTC. Mon 28 Dec to Fri 8 Jan: 10 × 8 = 80 h."""
    old, new = calendar("08:00-16:00", since="2020-01-01"), calendar("08:00-16:00", since="2027-01-01")
    for zone in (WIB, WIT):
        versions = Succession(first=old, changes=((takes_effect(new, zone), new),))
        assert add_working(versions, zone, at("2026-12-31 15:00", zone), hours(2)) == at("2027-01-01 09:00", zone)
        assert worked(versions, zone, at("2026-12-28 00:00", zone), at("2027-01-09 00:00", zone)) == hours(80)
