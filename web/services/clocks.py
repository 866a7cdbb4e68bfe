"""The office's promise and the party's own deadline, as they stand now."""

from __future__ import annotations

from datetime import datetime

from web.services.sight import Seen
from web.services.views import ClockView
from workflow.clocks import breached, due
from workflow.timers import STATE, armed


def clocks(found: Seen) -> tuple[ClockView, ...]:
    """The clocks that the case has started."""
    return tuple(
        ClockView(
            name=name,
            title=found.process.clocks[name].title,
            target=found.process.clocks[name].target.source,
            started=reading.started,
            due=due(found.book.time, found.process.clocks[name], reading),
            paused_at=reading.paused_at,
            stopped=reading.stopped,
            breached=breached(found.book.time, found.process.clocks[name], reading, found.now),
        )
        for name, reading in found.case.clocks.items()
    )


def deadline(found: Seen) -> datetime | None:
    """When the case must be done by: the office's promise or, where it leaves its state by itself, that moment."""
    promised = [c.due for c in clocks(found) if c.due is not None]
    state = found.process.states.get(found.case.state)
    firing = {f"{STATE}/{found.case.state}/{t.index}" for t in (state.timers if state else ()) if t.fire}
    left = [moment for name, moment in armed(found.book, found.case).items() if name in firing]
    return min([*promised, *left], default=None)
