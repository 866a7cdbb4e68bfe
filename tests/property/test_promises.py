"""Laws of promises that hold for every target, calendar, zone and ledger of pauses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import orjson
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.calendar_kit import calendar, disnaker
from tests.kernel_kit import Desk, ak1
from workflow.calendar import AnyCalendar, succession
from workflow.case import Reading, fold_from_json, fold_text
from workflow.clocks import breached, share, used
from workflow.definition.calendar import WEEKDAYS, Calendar
from workflow.definition.periods import parse_period
from workflow.definition.process import Clock
from workflow.explanation import explain, until
from workflow.reckoning import Reckoning, counted, used_up
from workflow.retarget import Promise, due_with_new_target

SERVICE = ak1().process.clocks["service"]
TARGETS = st.sampled_from(
    ["PT24H", "P3D", "P1M", "PT8H working", "P3D working", "PT37H30M working", "P1DT2H working", "PT1S working"]
)
CALENDARS = st.sampled_from(
    [disnaker(), calendar("00:00-24:00", days=tuple(WEEKDAYS)), calendar("09:00-09:30", "22:00-24:00")]
)
ZONES = st.sampled_from([ZoneInfo(z) for z in ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin", "America/New_York")])
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=700)).map(lambda d: BEGIN + d)
GAPS = st.lists(st.tuples(*[st.timedeltas(timedelta(0), timedelta(days=4))] * 2), max_size=4)
PERCENTS = st.integers(1, 300)
MANY = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def clock(target: str) -> Clock:
    """The service promise with another target."""
    return replace(SERVICE, target=parse_period(target))


def reading(start: datetime, gaps: list[tuple[timedelta, timedelta]]) -> Reading:
    """A running clock with pauses: how long after the last it began, and how long it took."""
    pauses, at = [], start
    for running, stood in gaps:
        begun = at + running
        at = begun + stood + timedelta(microseconds=1)
        pauses.append((begun, at))
    return Reading(start, pauses=tuple(pauses))


def office(chosen: AnyCalendar, zone: ZoneInfo) -> Reckoning:
    return Reckoning(zone, lambda: chosen)


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS, PERCENTS, st.integers(0, 100))
def test_a_higher_level_is_never_reached_earlier(target, chosen, zone, start, gaps, percent, more):
    """Monotone in percent, and never before the clock began."""
    by, told = office(chosen, zone), reading(start, gaps)
    at = share(by, clock(target), told, percent)
    assert start <= at <= share(by, clock(target), told, percent + more)


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS, PERCENTS, st.timedeltas(timedelta(0), timedelta(days=20)))
@example("P3D working", disnaker(), ZoneInfo("Asia/Jakarta"), BEGIN, [(timedelta(0), timedelta(0))], 100, timedelta(1))
def test_a_longer_pause_never_makes_a_due_earlier(target, chosen, zone, start, gaps, percent, longer):
    """The last pause takes longer, or there is one more: the due stays or moves later."""
    by, told = office(chosen, zone), reading(start, gaps)
    assume(told.pauses)
    begun, ended = told.pauses[-1]
    more = told._replace(pauses=(*told.pauses[:-1], (begun, ended + longer)))
    fewer = told._replace(pauses=told.pauses[:-1])
    dues = [share(by, clock(target), r, percent) for r in (fewer, told, more)]
    assert dues == sorted(dues)


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS, PERCENTS)
def test_what_is_counted_until_a_level_is_that_share_of_the_target(target, chosen, zone, start, gaps, percent):
    """To the microsecond: counted(start, share(p)) is p % of what the whole target holds."""
    by, told, wanted = office(chosen, zone), reading(start, gaps), clock(target)
    whole = counted(by, wanted.target, start, (), used_up(by, wanted.target, start, ()))
    at = share(by, wanted, told, percent)
    assert counted(by, wanted.target, start, told.pauses, at) == whole * percent / 100


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_promise_is_broken_exactly_after_its_due(target, chosen, zone, start, gaps, passed):
    """`breached`, `share` and `used` tell the same; a clock that is stopped then stays as it is."""
    by, told, wanted = office(chosen, zone), reading(start, gaps), clock(target)
    now = start + passed
    told = told._replace(pauses=tuple(p for p in told.pauses if p[1] <= now))
    late = breached(by, wanted, told, now)
    assert late == (now > share(by, wanted, told))
    assert used(by, wanted, told, now) >= 1 or not late
    assert breached(by, wanted, told._replace(stopped=now), now + timedelta(days=900)) == late


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS)
def test_an_explanation_has_no_hole_and_adds_up(target, chosen, zone, start, gaps):
    """From the start to the due date; what its lines count is the whole target."""
    by, told, wanted = office(chosen, zone), reading(start, gaps), clock(target)
    states = [(begun, {"id": "a", "en": "b"}) for begun, _ in told.pauses]
    lines = explain(by, wanted, told, states)
    assert lines[0].start == start
    assert lines[-1].end == until(by, wanted, told) == share(by, wanted, told)
    assert all(a.end == b.start and a.start < a.end for a, b in pairwise(lines))
    whole = counted(by, wanted.target, start, (), used_up(by, wanted.target, start, ()))
    assert sum((line.counted for line in lines), timedelta(0)) == whole


@MANY
@given(TARGETS, CALENDARS, CALENDARS, ZONES, MOMENTS, GAPS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_new_calendar_never_breaks_a_promise_backwards(target, first, other, zone, start, gaps, passed):
    """Whatever a version says of days gone by: who is in time when it is published is in time, and who is late is late
    by as much."""
    now = start + passed
    told, wanted = reading(start, gaps), clock(target)
    told = told._replace(pauses=tuple(p for p in told.pauses if p[1] <= now))
    before = office(first, zone)
    after = office(succession([(start, first), (now, _later(other))], zone), zone)
    assert breached(before, wanted, told, now) == breached(after, wanted, told, now)
    if breached(before, wanted, told, now):
        assert share(before, wanted, told) == share(after, wanted, told)


def _later(chosen: Calendar) -> Calendar:
    """The same hours as a version that is valid since long."""
    return replace(chosen, version=chosen.version + 1)


@MANY
@given(TARGETS, CALENDARS, ZONES, MOMENTS, GAPS, st.timedeltas(timedelta(0), timedelta(days=9)), TARGETS)
def test_a_changed_target_keeps_what_was_counted(target, chosen, zone, start, gaps, passed, other):
    """The same target changes nothing; another is never due before the change, unless it was broken before it."""
    now, by = start + passed, office(chosen, zone)
    told = reading(start, gaps)
    told = told._replace(pauses=tuple(p for p in told.pauses if p[1] <= now))
    old, new = Promise(by, clock(target)), Promise(by, clock(other))
    again = due_with_new_target(old, old, told, now)
    assert counted(by, old.clock.target, start, told.pauses, again) == counted(
        by, old.clock.target, start, told.pauses, share(by, old.clock, told)
    )
    due = due_with_new_target(old, new, told, now)
    assert due == share(by, old.clock, told) if share(by, old.clock, told) <= now else due >= now


@MANY
@given(MOMENTS, GAPS)
def test_pauses_are_stored_to_the_microsecond(start, gaps):
    """What the fold keeps gives the same reading back."""
    case = Desk().case._replace(clocks={"service": reading(start, gaps)})
    assert fold_from_json(orjson.loads(fold_text(case)))["clocks"] == case.clocks
