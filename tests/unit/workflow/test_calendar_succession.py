"""Which published version of a calendar holds when."""

from __future__ import annotations

from datetime import datetime

from tests.calendar_kit import WIB, WIT, at, calendar, hours
from workflow.calendar import Succession, add_working, succession
from workflow.definition.calendar import Calendar

FIRST = calendar("08:00-16:00")
SECOND = calendar("08:00-12:00", since="2026-12-01")
THIRD = calendar("08:00-10:00", since="2026-11-25")
PUBLISHED = at("2026-11-20 12:00")


def changes(*published: tuple[datetime, Calendar]) -> list[tuple[datetime, Calendar]]:
    """Moments and versions after the first."""
    found = succession([(at("2030-01-01 00:00"), FIRST), *published], WIB)
    assert isinstance(found, Succession)
    assert found.first is FIRST
    return list(found.changes)


def test_a_single_version_holds_for_all_time() -> None:
    """Also before it was published: there was no other."""
    assert succession([(at("2030-01-01 00:00"), FIRST)], WIB) is FIRST


def test_a_version_holds_from_its_first_day_at_the_office() -> None:
    """Midnight of the zone, so an office further east changes two hours earlier."""
    assert changes((PUBLISHED, SECOND)) == [(at("2026-12-01 00:00"), SECOND)]
    east = succession([(PUBLISHED, FIRST), (PUBLISHED, SECOND)], WIT)
    assert isinstance(east, Succession)
    assert east.changes[0][0] == at("2026-11-30 22:00")


def test_no_version_holds_before_it_was_published() -> None:
    """Time that was counted stays counted, whatever day the version claims: it holds from the next midnight."""
    assert changes((at("2026-12-03 09:00"), SECOND)) == [(at("2026-12-04 00:00"), SECOND)]
    assert changes((at("2026-12-03 00:00"), SECOND)) == [(at("2026-12-03 00:00"), SECOND)]


def test_a_later_publication_takes_the_place_of_what_would_have_followed() -> None:
    """The third version, from 25 November on, was written with the second in view, which is for December."""
    assert changes((PUBLISHED, SECOND), (at("2026-11-21 09:00"), THIRD)) == [(at("2026-11-25 00:00"), THIRD)]


def test_versions_that_follow_each_other_are_counted_each_in_its_time() -> None:
    """From Monday 23 November 15.00, eight hours a day; from Wednesday two a day.

    Ten hours: 1 on Monday, 8 on Tuesday, 1 on Wednesday, so 09.00. Twelve: 2 on Wednesday, 1 on Thursday.
    """
    counted = succession([(PUBLISHED, FIRST), (PUBLISHED, THIRD)], WIB)
    assert add_working(counted, WIB, at("2026-11-23 15:00"), hours(10)) == at("2026-11-25 09:00")
    assert add_working(counted, WIB, at("2026-11-23 15:00"), hours(12)) == at("2026-11-26 09:00")
