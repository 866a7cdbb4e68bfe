"""The clocks of a case with the ledgers that add up, as plain JSON: times as events write them, lengths whole. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from workflow.case import Reading
from workflow.clocks import due
from workflow.definition.calendar import CalendarRangeError
from workflow.definition.process import Clock, Text
from workflow.events import stamp
from workflow.explanation import Line, explain, until
from workflow.reckoning import Reckoning

_MICROSECOND = timedelta(microseconds=1)


def told(by: Reckoning, clock: Clock, reading: Reading, stood: Iterable[tuple[datetime, Text]]) -> dict[str, Any]:
    """One clock; `stood` is that of `explain`, `by` counts with the calendar that was known when the clock ended."""
    said = None
    end: datetime | None = None
    promised: datetime | None = None
    lines: Sequence[Line] = ()
    try:
        lines, end, promised = explain(by, clock, reading, stood), until(by, clock, reading), due(by, clock, reading)
    except CalendarRangeError as error:
        said = str(error)
    return {
        "clock": clock.name,
        "title": dict(clock.title),
        "target": clock.target.source,
        "working": clock.target.working,
        "started": stamp(reading.started),
        "paused_at": _stamp(reading.paused_at),
        "stopped": _stamp(reading.stopped),
        "due": _stamp(promised),
        "until": _stamp(end),
        "counted": sum(line.counted // _MICROSECOND for line in lines),
        "lines": [_line(line) for line in lines],
        "said": said,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "from": stamp(line.start),
        "to": stamp(line.end),
        "kind": line.kind,
        "counted": line.counted // _MICROSECOND,
        "why": dict(line.why),
    }


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)
