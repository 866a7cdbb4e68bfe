"""What is told late says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.kernel_kit import START, corrected, verifying
from workflow.lateness import TOLERANCE, late_by, told

MINUTE = timedelta(minutes=1)


def test_what_fires_within_the_tolerance_is_on_time() -> None:
    """Exactly at the tolerance nothing is said, a microsecond later it is, in whole seconds."""
    assert late_by(START, START + TOLERANCE) is None
    assert late_by(START, START + TOLERANCE + timedelta(microseconds=1)) == 300
    assert late_by(START, START - MINUTE) is None


@pytest.mark.parametrize(
    ("seconds", "id_", "en"),
    [
        (301, "terlambat dicatat 5 menit", "recorded 5 minutes late"),
        (3_660, "terlambat dicatat 1 jam 1 menit", "recorded 1 hour 1 minute late"),
        (36 * 3600, "terlambat dicatat 1 hari 12 jam", "recorded 1 day 12 hours late"),
        (2 * 86_400 + 59, "terlambat dicatat 2 hari", "recorded 2 days late"),
    ],
)
def test_lateness_is_told_in_words(seconds: int, id_: str, en: str) -> None:
    """To the minute, of days to the hour, in both languages."""
    assert told(seconds) == {"id": id_, "en": en}


def test_a_level_and_its_notice_say_how_late_they_are() -> None:
    """75 % was reached after 18 hours; told after 20 it is two hours late, also to whoever gets the notice."""
    desk = verifying()
    desk.wait(hours=20)
    fired = desk.fire("clock/service/75")
    assert fired.events[0].body["late"] == 2 * 3600
    assert fired.effects[0].input == {"roles": ["operator"], "notice": "due_soon", "late": 7200}
    desk.wait(hours=4, minutes=1)
    assert "late" not in desk.fire("clock/service/100").events[0].body
    desk.check()


def test_a_timer_says_how_late_it_is_and_its_reminder_does_not() -> None:
    """A reminder asks for something that is still to be done; when it was sent does not matter to who reads it."""
    desk = corrected()
    desk.wait(days=7, hours=3)
    fired = desk.fire("state/correction/0")
    assert fired.events[0].body["late"] == 3 * 3600
    assert "late" not in fired.effects[0].input
    desk.check()
