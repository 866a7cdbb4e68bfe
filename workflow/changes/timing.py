"""Timers that fired and levels of clocks that were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow.case import Case
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook


def _timer_fired(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    return {"fired": {**case.fired, e.body["index"]: e.body["n"]}}


def _clock_reached(_: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    reading = case.clocks[e.body["clock"]]
    told = reading._replace(fired=(*reading.fired, e.body["at"]))
    return {"clocks": {**case.clocks, e.body["clock"]: told}}


CHANGES: Mapping[str, Change] = {"timer_fired": _timer_fired, "clock_reached": _clock_reached}
