"""Clocks: the office's promise, as a ledger that is derived from events and never edited (rule 10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.case import Reading
from workflow.definition.process import Clock
from workflow.reckoning import Pause, Reckoning, counted, passed, used_up


def entered(
    clocks: Mapping[str, Clock], readings: Mapping[str, Reading], state: str, at: datetime
) -> Mapping[str, Reading]:
    """The readings after the case entered `state` at `at`."""
    for name, clock in clocks.items():
        before = readings.get(name)
        if before is None and state not in clock.start:
            continue
        after = _entered(clock, before or Reading(at), state, at)
        if after is not before:
            readings = {**readings, name: after}
    return readings


def _entered(clock: Clock, reading: Reading, state: str, at: datetime) -> Reading:
    started, paused_at, pauses, stopped, fired = reading
    if stopped is not None:
        return reading
    if state in clock.stop:
        return Reading(started, None, _with_pause(pauses, paused_at, at), at, fired)
    if state in clock.pause:
        return reading if paused_at else Reading(started, at, pauses, None, fired)
    return Reading(started, None, _with_pause(pauses, paused_at, at), None, fired) if paused_at else reading


def _with_pause(pauses: tuple[Pause, ...], begun: datetime | None, ended: datetime) -> tuple[Pause, ...]:
    """A pause without length is none."""
    return pauses if begun is None or begun == ended else (*pauses, (begun, ended))


def runs(reading: Reading) -> bool:
    """True while time is counted: neither paused nor stopped."""
    return reading.paused_at is None and reading.stopped is None


def due(by: Reckoning, clock: Clock, reading: Reading, percent: int = 100) -> datetime | None:
    """When `percent` of the target is used up, UTC; None while the clock stands still or once it stopped."""
    return share(by, clock, reading, percent) if runs(reading) else None


def share(by: Reckoning, clock: Clock, reading: Reading, percent: int = 100) -> datetime:
    """When `percent` of the target is used up if the clock stands no more than it stood so far."""
    return used_up(by, clock.target, reading.started, reading.pauses, percent)


def breached(by: Reckoning, clock: Clock, reading: Reading, now: datetime) -> bool:
    """True when the promise was or is being broken at `now`."""
    return _end(reading, now) > share(by, clock, reading)


def used(by: Reckoning, clock: Clock, reading: Reading, now: datetime) -> float:
    """Which part of the target is used up at `now`: 0.75 is 75 %; more than 1 once the promise is broken."""
    target, start = clock.target, reading.started
    whole = passed(by, target, start, used_up(by, target, start, ()))
    return counted(by, target, start, reading.pauses, _end(reading, now)) / whole


def _end(reading: Reading, now: datetime) -> datetime:
    """Until when time is counted."""
    return reading.stopped or reading.paused_at or now
