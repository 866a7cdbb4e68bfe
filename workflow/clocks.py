"""Clocks: the office's promise, as a ledger that is derived from events and never edited (rule 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from workflow.case import Reading
from workflow.definition.periods import add
from workflow.definition.process import Clock

_MICROSECOND = timedelta(microseconds=1)


def entered(
    clocks: Mapping[str, Clock], readings: Mapping[str, Reading], state: str, at: datetime
) -> Mapping[str, Reading]:
    """The readings after the case entered `state` at `at`."""
    changed: dict[str, Reading] = {}
    for name, clock in clocks.items():
        before = readings.get(name)
        after = _entered(clock, before, state, at)
        if after is not None and after is not before:
            changed[name] = after
    return {**readings, **changed} if changed else readings


def _entered(clock: Clock, reading: Reading | None, state: str, at: datetime) -> Reading | None:
    if reading is None:
        if state not in clock.start:
            return None
        reading = Reading(at)
    if reading.stopped is not None:
        return reading
    if state in clock.stop:
        return _running(reading, at)._replace(stopped=at)
    if state in clock.pause:
        return reading if reading.paused_at else reading._replace(paused_at=at)
    return _running(reading, at)


def _running(reading: Reading, at: datetime) -> Reading:
    if reading.paused_at is None:
        return reading
    return reading._replace(paused_at=None, paused=reading.paused + (at - reading.paused_at) // _MICROSECOND)


def due(clock: Clock, reading: Reading, zone: ZoneInfo, percent: int = 100) -> datetime | None:
    """When `percent` of the target is used up, UTC; None while the clock stands still or once it stopped."""
    if reading.paused_at is not None or reading.stopped is not None:
        return None
    return share(reading, add(clock.target, reading.started, zone), percent)


def share(reading: Reading, full: datetime, percent: int) -> datetime:
    """The moment at which `percent` is used up, where `full` is the whole target counted from the start."""
    paused = timedelta(microseconds=reading.paused)
    if percent == 100:
        return full + paused
    return reading.started + (full - reading.started) * percent / 100 + paused


def breached(clock: Clock, reading: Reading, zone: ZoneInfo, now: datetime) -> bool:
    """True when the promise was or is being broken at `now`."""
    end = reading.stopped or reading.paused_at or now
    full = add(clock.target, reading.started, zone)
    return end > full + timedelta(microseconds=reading.paused)
