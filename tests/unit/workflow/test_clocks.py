"""The office's promise as a ledger."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.kernel_kit import ANI, CHECKLIST, SITI, START, ZONE, Desk, ak1, corrected, issued, verifying
from workflow.case import Reading
from workflow.clocks import breached, due, entered
from workflow.definition.periods import parse_period
from workflow.definition.process import Clock
from workflow.reckoning import Reckoning

SERVICE = ak1().process.clocks["service"]
HOUR = timedelta(hours=1)
TIME = Reckoning(ZONE)


def run(*states: tuple[str, float]) -> Reading | None:
    """The reading of the service clock after entering states at hours from the start."""
    readings = {}
    for state, hours in states:
        readings = dict(entered({"service": SERVICE}, readings, state, START + hours * HOUR))
    return readings.get("service")


def test_a_clock_starts_once_per_case() -> None:
    """Rule 10: entering the starting state again does not start it over."""
    assert run(("verifying", 0)) is None
    assert run(("submitted", 1), ("verifying", 2), ("submitted", 9)) == Reading(START + HOUR)


def test_pauses_add_up() -> None:
    """Rule 10: each stay with the applicant is time that the office is not charged for."""
    reading = run(("submitted", 0), ("correction", 2), ("verifying", 5), ("correction", 6), ("verifying", 10))
    assert reading is not None
    assert reading.pauses == ((START + 2 * HOUR, START + 5 * HOUR), (START + 6 * HOUR, START + 10 * HOUR))
    assert due(TIME, SERVICE, reading) == START + 31 * HOUR


def test_entering_a_pausing_state_from_another_does_not_begin_the_pause_anew() -> None:
    """Rule 10: a self-transition in a pause leaves it as long as it is."""
    reading = run(("submitted", 0), ("correction", 2), ("correction", 4), ("verifying", 5))
    assert reading is not None
    assert reading.pauses == ((START + 2 * HOUR, START + 5 * HOUR),)


def test_stop_is_final() -> None:
    """Rule 10: a clock that stopped is never started, paused or stopped again, also out of a pause."""
    stopped = run(("submitted", 0), ("issued", 3))
    assert stopped is not None
    assert stopped.stopped == START + 3 * HOUR
    assert run(("submitted", 0), ("issued", 3), ("submitted", 4), ("correction", 5), ("expired", 9)) == stopped
    paused = run(("submitted", 0), ("correction", 2), ("withdrawn", 6))
    assert paused == Reading(START, None, ((START + 2 * HOUR, START + 6 * HOUR),), START + 6 * HOUR)


def test_a_clock_that_stands_has_no_due() -> None:
    """Derived, never edited: while paused or stopped nothing is due."""
    assert due(TIME, SERVICE, Reading(START, paused_at=START)) is None
    assert due(TIME, SERVICE, Reading(START, stopped=START)) is None


@pytest.mark.parametrize(("percent", "hours"), [(75, 18), (100, 24), (150, 36)])
def test_a_percentage_is_of_the_whole_target(percent: int, hours: int) -> None:
    """75 % of a day is 18 hours, beside what it stood still."""
    assert due(TIME, SERVICE, Reading(START, pauses=((START + HOUR, START + 2 * HOUR),)), percent) == (
        START + (hours + 1) * HOUR
    )


def test_a_pause_after_a_level_was_reached_does_not_move_it() -> None:
    """75 % of a day is used up after 18 hours, whatever happens later; the rest of the promise waits."""
    reading = Reading(START, pauses=((START + 20 * HOUR, START + 30 * HOUR),))
    assert due(TIME, SERVICE, reading, 75) == START + 18 * HOUR
    assert due(TIME, SERVICE, reading) == START + 34 * HOUR


def test_a_target_in_days_follows_the_wall_clock_of_the_office() -> None:
    """A day that a clock change makes longer is still a day: due at the same hour."""
    clock = Clock(
        name="c", title={}, target=parse_period("P1D"), start=frozenset("a"), pause=frozenset(), stop=frozenset()
    )
    begun = START.replace(month=10, day=24, hour=12)
    assert due(Reckoning(ZoneInfo("Europe/Berlin")), clock, Reading(begun)) == begun + 25 * HOUR


def test_a_promise_is_broken_only_once_the_target_is_used_up() -> None:
    """To the microsecond: kept at the due time, broken after it; a pause and a stop freeze the verdict."""
    reading = Reading(START)
    assert not breached(TIME, SERVICE, reading, START + 24 * HOUR)
    assert breached(TIME, SERVICE, reading, START + 24 * HOUR + timedelta(microseconds=1))
    assert not breached(TIME, SERVICE, reading._replace(paused_at=START + HOUR), START + 99 * HOUR)
    assert not breached(TIME, SERVICE, reading._replace(stopped=START + HOUR), START + 99 * HOUR)


def test_each_step_of_a_clock_fires_once() -> None:
    """Rule 10: each level is told once, with the due time of the promise, and then armed no more."""
    desk = verifying()
    desk.wait(hours=18)
    told = desk.fire("clock/service/75")
    assert told.events[0].body == {
        "clock": "service",
        "at": 75,
        "reached": "2026-11-20T21:00:00.000000Z",
        "due": "2026-11-21T03:00:00.000000Z",
    }
    assert told.effects[0].input == {"roles": ["operator"], "notice": "due_soon"}
    assert set(desk.timers()) == {"clock/service/100"}
    again = desk.fire("clock/service/75").refusal
    assert again is not None
    assert again.code == "not_due"
    desk.wait(hours=6)
    desk.fire("clock/service/100")
    assert desk.timers() == {}
    desk.check()


def test_a_level_told_before_a_correction_is_not_told_again_after_it() -> None:
    """Rule 10: once per level, also when pauses move the due time."""
    desk = verifying()
    desk.wait(hours=20)
    desk.fire("clock/service/75")
    desk.do("return", ANI, input={"reason": "x", "fields": ["y"]}, input_digest="f" * 64)
    assert not any(n.startswith("clock/") for n in desk.timers())
    desk.wait(days=3)
    desk.give("resubmit")
    assert {n: m - desk.now for n, m in desk.timers().items()} == {"clock/service/100": 4 * HOUR}
    desk.check()


def test_the_clock_of_a_case_stands_while_the_applicant_corrects() -> None:
    """The applicant's time is not the office's."""
    desk = Desk()
    desk.give()
    desk.finish()
    desk.wait(hours=2)
    desk.do("return", ANI, input={"reason": "x", "fields": ["y"]}, input_digest="f" * 64)
    desk.wait(hours=50)
    desk.give("resubmit")
    desk.wait(hours=1)
    desk.do("approve", ANI, checklist=CHECKLIST)
    reading = desk.case.clocks["service"]
    assert due(TIME, SERVICE, reading) == START + 74 * HOUR
    assert corrected().case.clocks["service"].paused_at == START
    assert issued().case.clocks["service"].stopped == START
    assert Desk().case.clocks == {}
    desk = verifying()
    desk.do("withdraw", SITI)
    assert desk.case.clocks["service"].stopped == desk.now
