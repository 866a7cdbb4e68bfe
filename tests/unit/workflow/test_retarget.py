"""A promise that changes while it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.calendar_kit import WIB, at, disnaker
from tests.kernel_kit import ak1
from workflow.case import Reading
from workflow.definition.periods import parse_period
from workflow.reckoning import Reckoning
from workflow.retarget import Promise, due_with_new_target

BY = Reckoning(WIB, disnaker)
MONDAY = at("2026-11-23 09:00")
HOUR = timedelta(hours=1)


def promise(target: str) -> Promise:
    return Promise(BY, replace(ak1().process.clocks["service"], target=parse_period(target)))


def test_hours_used_stay_used() -> None:
    """12 of 24 hours are used, so 36 of 48 are left; a pause of two hours before was not counted."""
    reading = Reading(MONDAY, pauses=((MONDAY + HOUR, MONDAY + 3 * HOUR),))
    changed = MONDAY + 14 * HOUR
    assert due_with_new_target(promise("PT24H"), promise("PT48H"), reading, changed) == MONDAY + 50 * HOUR
    assert due_with_new_target(promise("PT24H"), promise("PT13H"), reading, changed) == MONDAY + 15 * HOUR


def test_a_target_shorter_than_what_was_used_is_due_at_the_change() -> None:
    """Nobody is late for a time at which the promise was another."""
    assert due_with_new_target(promise("PT24H"), promise("PT6H"), Reading(MONDAY), MONDAY + 12 * HOUR) == (
        MONDAY + 12 * HOUR
    )


def test_a_promise_broken_before_the_change_stays_broken() -> None:
    """A longer target does not heal what was late already."""
    due = due_with_new_target(promise("PT24H"), promise("PT48H"), Reading(MONDAY), MONDAY + 30 * HOUR)
    assert due == MONDAY + 24 * HOUR


def test_another_kind_of_time_is_credited_by_its_share() -> None:
    """12 of 24 hours of clock time are half. Half of fifteen office hours is 7.5: from Monday 21.00 all of Tuesday."""
    due = due_with_new_target(promise("PT24H"), promise("PT15H working"), Reading(MONDAY), MONDAY + 12 * HOUR)
    assert due == at("2026-11-24 16:00")


def test_office_time_is_credited_in_office_hours() -> None:
    """PT8H became PT10H on Monday at 16.00, when 6 h were used: four are left, Tuesday 07.30–11.30."""
    due = due_with_new_target(promise("PT8H working"), promise("PT10H working"), Reading(MONDAY), MONDAY + 7 * HOUR)
    assert due == at("2026-11-24 11:30")
