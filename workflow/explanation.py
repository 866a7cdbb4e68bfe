"""Why a promise is due when it is: every interval from the clock's start, with its reason, adding up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from workflow.calendar_ledger import Kind, Stretch, ledger
from workflow.case import Reading
from workflow.clocks import runs, share
from workflow.definition.process import Clock, Text
from workflow.reckoning import Pause, Reckoning

CLOCK_TIME, PAUSE = "clock_time", "pause"

_CLOCK_TIME: Text = {"id": "Waktu jam, siang dan malam", "en": "Clock time, day and night"}
_PAUSE: Text = {"id": "Janji berhenti: {state}", "en": "The promise stands still: {state}"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A stretch of time and what it is to the promise."""

    #: UTC.
    start: datetime
    #: UTC; does not belong to it.
    end: datetime
    #: `open`, `break`, `before`, `after`, `day_off`, `holiday`, `clock_time` or `pause`.
    kind: str
    #: Time that the promise uses up in it.
    counted: timedelta
    #: The reason for people.
    why: Text


def until(by: Reckoning, clock: Clock, reading: Reading) -> datetime:
    """Where the explanation ends: when the target is used up, or where the clock stands."""
    return share(by, clock, reading) if runs(reading) else reading.stopped or reading.paused_at or reading.started


def explain(by: Reckoning, clock: Clock, reading: Reading, stood: Iterable[tuple[datetime, Text]]) -> tuple[Line, ...]:
    """The lines from the start to `until`, without a hole; what they count adds up to what is used up then.

    `stood` holds the begin of each pause with the state that it was spent in. Raises what `ledger` raises.
    """
    end, states = until(by, clock, reading), dict(stood)
    lines: list[Line] = []
    at = reading.started
    for begun, ended in (pause for pause in reading.pauses if pause[0] < end):
        lines += _running(by, clock, at, begun)
        lines.append(_pause((begun, min(ended, end)), states.get(begun, {"id": "", "en": ""})))
        at = min(ended, end)
    return (*lines, *_running(by, clock, at, end))


def _pause(pause: Pause, state: Text) -> Line:
    why = {language: words.format(state=state.get(language) or state["id"]) for language, words in _PAUSE.items()}
    return Line(start=pause[0].astimezone(UTC), end=pause[1].astimezone(UTC), kind=PAUSE, counted=timedelta(0), why=why)


def _running(by: Reckoning, clock: Clock, start: datetime, end: datetime) -> Iterator[Line]:
    if start >= end:
        return
    if not clock.target.working:
        yield Line(start=start, end=end, kind=CLOCK_TIME, counted=end - start, why=_CLOCK_TIME)
        return
    for stretch in ledger(by.calendar(), by.zone, start, end):
        yield _office(stretch)


def _office(stretch: Stretch) -> Line:
    counted = stretch.end - stretch.start if stretch.kind is Kind.OPEN else timedelta(0)
    return Line(start=stretch.start, end=stretch.end, kind=str(stretch.kind), counted=counted, why=stretch.why)
