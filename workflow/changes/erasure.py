"""The end of a case's personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.case import Case, Erased, Reading
from workflow.changes.change import Change
from workflow.events import Event
from workflow.rulebook import Rulebook

#: The event after which nothing of the person is left but what the history says.
DATA_ERASED = "data_erased"


def _data_erased(book: Rulebook, case: Case, e: Event) -> Mapping[str, Any]:
    first = e.body.get("first_at")
    erased = Erased(datetime.fromisoformat(first) if first else e.at, e.body["under"])
    state = book.process.states.get(case.state)
    if state is not None and state.final:
        return {"erased": erased}
    return {"erased": erased, **_ended(case, e.at)}


def _ended(case: Case, at: datetime) -> Mapping[str, Any]:
    """A case that a restored backup shows as it was before its end: nobody can work on it without its data."""
    clocks = {name: _stopped(reading, at) for name, reading in case.clocks.items()}
    return {"task": None, "step": None, "owed": (), "holds": {}, "line": {}, "clocks": clocks}


def _stopped(reading: Reading, at: datetime) -> Reading:
    if reading.stopped is not None:
        return reading
    pauses = reading.pauses if reading.paused_at is None else (*reading.pauses, (reading.paused_at, at))
    return reading._replace(paused_at=None, pauses=pauses, stopped=at)


CHANGES: Mapping[str, Change] = {DATA_ERASED: _data_erased}
