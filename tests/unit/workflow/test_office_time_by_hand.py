"""Whole cases whose promise counts office time, each reckoned by hand.

Office hours of the shipped calendar: Monday to Thursday 07.30–12.00 and 13.00–16.00, Friday 07.30–11.30 and
13.00–16.30, 7.5 hours each; in Ramadan 08.00–12.00 and 12.30–15.00, Friday 08.00–11.30 and 12.30–15.30, 6.5 hours each.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.calendar_kit import BERLIN, WIB, WIT, at, calendar, disnaker
from tests.kernel_kit import ANI, CHECKLIST, Desk
from tests.office_time_kit import counting
from workflow.calendar import AnyCalendar, succession
from workflow.clocks import breached, due, used
from workflow.db.batch import promised
from workflow.definition.calendar import WEEKDAYS

WITA = ZoneInfo("Asia/Makassar")
RETURNED = {"input": {"reason": "foto buram", "fields": ["photo"]}, "input_digest": "e" * 64}


def begun(
    folder: Path, target: str, moment: str, *more: tuple[str, str], zone: ZoneInfo = WIB, by: AnyCalendar | None = None
) -> Desk:
    """A case that was submitted at a wall-clock time of `zone` and waits for its operator."""
    desk = Desk(counting(folder, target, *more, zone=zone, by=by), at=at(moment, zone).astimezone(UTC))
    assert desk.give().refusal is None
    desk.finish()
    return desk


def go(desk: Desk, moment: str, zone: ZoneInfo = WIB) -> None:
    """Let the clock show a wall-clock time."""
    desk.now = at(moment, zone).astimezone(UTC)


def level(desk: Desk, percent: int = 100) -> datetime:
    """When a level of the promise is reached."""
    clock = desk.book.process.clocks["service"]
    found = due(desk.book.time, clock, desk.case.clocks["service"], percent)
    assert found is not None
    if percent in (75, 100) and f"clock/service/{percent}" in desk.timers():
        assert desk.timers()[f"clock/service/{percent}"] == found
    return found


def test_around_nyepi_and_lebaran(tmp_path: Path) -> None:
    """PT8H from Tuesday 17 March 2026, 12.00, in Ramadan.

    12.30–15.00 is 2.5 h. Wednesday 18 (cuti bersama), Thursday 19 (Nyepi), Friday 20 (cuti bersama), the weekend of
    Lebaran, Monday 23 and Tuesday 24 (cuti bersama) are free. Wednesday 25, Ramadan is over: 07.30–12.00 is 4.5 h,
    together 7; the last hour is 13.00–14.00.
    """
    assert level(begun(tmp_path, "PT8H working", "2026-03-17 12:00")) == at("2026-03-25 14:00")


def test_lebaran_with_cuti_bersama_of_a_whole_week(tmp_path: Path) -> None:
    """P5D from Wednesday 26 March 2025.

    Thursday 27 is the first. Friday 28 is cuti bersama of Nyepi; Monday 31 March to Friday 4 April and Monday 7 are
    Lebaran with cuti bersama. Tuesday 8, Wednesday 9, Thursday 10, Friday 11 are the second to fifth: 16.30.
    """
    assert level(begun(tmp_path, "P5D working", "2025-03-26 09:00")) == at("2025-04-11 16:30")


@pytest.mark.parametrize(
    ("target", "moment", "wanted"),
    [
        # 10.00–11.30 is 1.5 h, 13.00–15.30 is 2.5 h.
        ("PT4H working", "2026-11-20 10:00", "2026-11-20 15:30"),
        # In the break nothing counts.
        ("PT1H working", "2026-11-20 11:45", "2026-11-20 14:00"),
        # On a Thursday the break is from 12.00 to 13.00: 10.00–12.00 is 2 h, 13.00–15.00 the other two.
        ("PT4H working", "2026-11-19 10:00", "2026-11-19 15:00"),
    ],
)
def test_the_friday_break_is_longer(tmp_path: Path, target: str, moment: str, wanted: str) -> None:
    """Friday's prayers: from 11.30 to 13.00."""
    assert level(begun(tmp_path, target, moment)) == at(wanted)


def test_ramadan_hours(tmp_path: Path) -> None:
    """6.5 h are a whole day of Ramadan: Monday 2 March 2026, 08.00 to 15.00."""
    assert level(begun(tmp_path, "PT6H30M working", "2026-03-02 08:00")) == at("2026-03-02 15:00")


def test_the_first_day_of_ramadan(tmp_path: Path) -> None:
    """PT5H from Wednesday 18 February 2026, 14.00, the day before Ramadan.

    14.00–16.00 is 2 h; Thursday 08.00–11.00 the other three. 75 % is 3.75 h: 1.75 h on Thursday, 09.45.
    """
    desk = begun(tmp_path, "PT5H working", "2026-02-18 14:00")
    assert level(desk) == at("2026-02-19 11:00")
    assert level(desk, 75) == at("2026-02-19 09:45")


def test_the_end_of_the_year(tmp_path: Path) -> None:
    """P3D from Tuesday 29 December 2026, a minute before closing: Wednesday 30, Thursday 31; Friday is New Year's Day,
    then the weekend; Monday 4 January at 16.00."""
    assert level(begun(tmp_path, "P3D working", "2026-12-29 15:59")) == at("2027-01-04 16:00")


def test_a_change_of_office_hours_keeps_what_was_counted(tmp_path: Path) -> None:
    """PT10H from Monday 23 November 2026, 09.00; from Tuesday on the office opens two hours a day.

    Monday 09.00–12.00 and 13.00–16.00 are 6 h by the old hours. Of the new ones Tuesday and Wednesday 08.00–10.00 are
    2 h each, so Wednesday 10.00. Known only afterwards, the old hours would have said Tuesday 11.30.
    """
    plain = calendar("08:00-10:00", since="2026-11-24")
    new = succession([(at("2026-01-01 00:00"), disnaker()), (at("2026-11-23 12:00"), plain)], WIB)
    assert level(begun(tmp_path, "PT10H working", "2026-11-23 09:00", by=new)) == at("2026-11-25 10:00")
    assert level(begun(tmp_path, "PT10H working", "2026-11-23 09:00")) == at("2026-11-24 11:30")


@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
def test_each_office_counts_by_the_clock_on_its_wall(tmp_path: Path, zone: ZoneInfo) -> None:
    """PT8H from Monday 09.00: 6 h on Monday, 2 h on Tuesday from 07.30, in Palembang as in Makassar and Jayapura."""
    desk = begun(tmp_path, "PT8H working", "2026-11-23 09:00", zone=zone)
    assert level(desk) == at("2026-11-24 09:30", zone)


def test_one_moment_is_another_time_of_the_day_in_each_zone(tmp_path: Path) -> None:
    """PT2H from Monday 14.00 WIB, 15.00 WITA, 16.00 WIT.

    WIB: until 16.00. WITA: one hour on Monday, one on Tuesday until 08.30. WIT: closed, so Tuesday until 09.30.
    """
    moment = at("2026-11-23 14:00").astimezone(UTC)
    dues = {}
    for zone in (WIB, WITA, WIT):
        wall = moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        dues[zone] = level(begun(tmp_path, "PT2H working", wall, zone=zone))
    assert dues == {
        WIB: at("2026-11-23 16:00"),
        WITA: at("2026-11-24 08:30", WITA),
        WIT: at("2026-11-24 09:30", WIT),
    }


def test_a_zone_that_changes_its_clock(tmp_path: Path) -> None:
    """Berlin sets its clock forward on Sunday 29 March 2026.

    PT8H from Friday 15.00: 1.5 h until 16.30, 4.5 and 2 h on Monday: 15.00 by the wall, 71 hours later and not 72.
    A duty desk that never closes: 24 h from Saturday noon end on Sunday at 13.00.
    """
    desk = begun(tmp_path, "PT8H working", "2026-03-27 15:00", zone=BERLIN)
    assert level(desk) == at("2026-03-30 15:00", BERLIN)
    assert level(desk) - desk.case.clocks["service"].started == timedelta(hours=71)
    always = calendar("00:00-24:00", days=tuple(WEEKDAYS))
    desk = begun(tmp_path, "PT24H working", "2026-03-28 12:00", zone=BERLIN, by=always)
    assert level(desk) == at("2026-03-29 13:00", BERLIN)


def test_plm3_a_request_on_friday_evening_neither_starts_nor_breaches(tmp_path: Path) -> None:
    """PT8H from Friday 20 November 2026, 18.30: nothing counts before Monday 07.30; Monday is 7.5 h, and Tuesday
    07.30–08.00 the last half hour. All weekend nothing is used, nothing is due, and nothing is broken."""
    desk = begun(tmp_path, "PT8H working", "2026-11-20 18:30")
    clock = desk.book.process.clocks["service"]
    reading = desk.case.clocks["service"]
    for moment in ("2026-11-20 23:59", "2026-11-21 10:00", "2026-11-22 23:59", "2026-11-23 07:30"):
        go(desk, moment)
        assert used(desk.book.time, clock, reading, desk.now) == 0
        assert not breached(desk.book.time, clock, reading, desk.now)
        assert min(desk.timers().values()) > desk.now
    # 75 % is six hours: 4.5 until noon, 1.5 after one.
    assert level(desk, 75) == at("2026-11-23 14:30")
    assert level(desk) == at("2026-11-24 08:00")
    assert promised(desk.book, desk.case) == at("2026-11-24 08:00")
    go(desk, "2026-11-24 08:00")
    assert not breached(desk.book.time, clock, reading, desk.now)
    assert breached(desk.book.time, clock, reading, desk.now + timedelta(microseconds=1))


def test_everybody_who_asks_on_one_day_has_the_same_days(tmp_path: Path) -> None:
    """P1D: asked on Friday at 07.00, 15.00 or 23.00, the close of Monday; asked on Saturday, Monday too."""
    for moment in ("2026-11-20 07:00", "2026-11-20 15:00", "2026-11-20 23:00", "2026-11-21 12:00"):
        assert level(begun(tmp_path, "P1D working", moment)) == at("2026-11-23 16:00")


def paused(folder: Path, target: str, begin: str, end: str) -> Desk:
    """Submitted on Friday 20 November at 13.00, with the applicant from `begin` to `end`."""
    desk = begun(folder, target, "2026-11-20 13:00")
    go(desk, begin)
    desk.do("return", ANI, **RETURNED)
    assert not any(name.startswith("clock/") for name in desk.timers())
    go(desk, end)
    assert desk.give("resubmit").refusal is None
    desk.check()
    return desk


def test_a_pause_over_a_weekend_counts_its_office_hours_only(tmp_path: Path) -> None:
    """PT8H. Friday 13.00–15.00 uses 2 h. The applicant corrects until Monday 10.00. Six are left: 10.00–12.00, 13.00–
    16.00, and Tuesday 07.30–08.30. Of the 75 % four are left: Monday 10.00–12.00 and 13.00–15.00."""
    desk = paused(tmp_path, "PT8H working", "2026-11-20 15:00", "2026-11-23 10:00")
    assert level(desk) == at("2026-11-24 08:30")
    assert level(desk, 75) == at("2026-11-23 15:00")


def test_a_pause_outside_office_hours_costs_nothing(tmp_path: Path) -> None:
    """PT8H from Friday 13.00: 3.5 h on Friday, 4.5 on Monday until 12.00, whether or not the applicant had it from
    Friday 17.00 to Sunday noon."""
    assert level(begun(tmp_path, "PT8H working", "2026-11-20 13:00")) == at("2026-11-23 12:00")
    assert level(paused(tmp_path, "PT8H working", "2026-11-20 17:00", "2026-11-22 12:00")) == at("2026-11-23 12:00")


def test_a_pause_in_a_promise_of_days_gives_its_office_hours_back(tmp_path: Path) -> None:
    """P3D from Friday: Monday, Tuesday, Wednesday 16.00. The pause from Friday 15.00 to Monday 10.00 has 1.5 and 2.5
    office hours: four, so Thursday 07.30–11.30."""
    desk = paused(tmp_path, "P3D working", "2026-11-20 15:00", "2026-11-23 10:00")
    assert level(desk) == at("2026-11-26 11:30")


def test_two_pauses_and_a_stop(tmp_path: Path) -> None:
    """PT8H from Friday 13.00, 1 h used at 14.00; back on Monday 08.00, 2 h used at 09.00; away until Tuesday 09.00; six
    left: 09.00–12.00, 13.00–16.00. Issued in time, the promise is kept for good, whatever the calendar says later."""
    desk = paused(tmp_path, "PT8H working", "2026-11-20 14:00", "2026-11-23 08:00")
    go(desk, "2026-11-23 09:00")
    desk.do("return", ANI, **RETURNED)
    go(desk, "2026-11-24 09:00")
    desk.give("resubmit")
    assert level(desk) == at("2026-11-24 16:00")
    go(desk, "2026-11-24 15:00")
    desk.do("approve", ANI, checklist=CHECKLIST)
    clock, reading = desk.book.process.clocks["service"], desk.case.clocks["service"]
    assert used(desk.book.time, clock, reading, desk.now) == 7 / 8
    desk.check()


def test_timers_of_a_state_count_working_days_too(tmp_path: Path) -> None:
    """A reminder every two working days and a lapse after five, from Thursday 19 November at 10.00.

    Every: Monday 23 16.00, Wednesday 25, Friday 27 16.30; counted from the entry. After: Thursday 26 at 16.00.
    """
    more = (
        ("- {after: P7D, notify", '- {every: "P2D working", notify'),
        ("- {after: P14D, fire", '- {after: "P5D working", fire'),
    )
    desk = begun(tmp_path, "PT24H", "2026-11-19 10:00", *more)
    desk.do("return", ANI, **RETURNED)
    told = []
    for _ in range(2):
        moment = desk.timers()["state/correction/0"]
        told.append(moment)
        desk.now = moment
        assert desk.fire("state/correction/0").refusal is None
    assert [*told, desk.timers()["state/correction/0"]] == [
        at("2026-11-23 16:00"),
        at("2026-11-25 16:00"),
        at("2026-11-27 16:30"),
    ]
    assert desk.timers()["state/correction/1"] == at("2026-11-26 16:00")
    desk.now = at("2026-11-26 16:00").astimezone(UTC)
    desk.fire("state/correction/1")
    assert desk.case.state == "expired"
    desk.check()


def test_missed_reminders_of_working_days_merge_into_one(tmp_path: Path) -> None:
    """Rule 9: slept from Thursday 19 to Monday 30 November, the reminders of 23, 25 and 27 become one; the next is on
    Tuesday 1 December."""
    desk = begun(tmp_path, "PT24H", "2026-11-19 10:00", ("- {after: P7D, notify", '- {every: "P2D working", notify'))
    desk.do("return", ANI, **RETURNED)
    go(desk, "2026-11-30 09:00")
    fired = desk.fire("state/correction/0")
    assert fired.events[0].body["n"] == 3
    assert desk.timers()["state/correction/0"] == at("2026-12-01 16:00")
