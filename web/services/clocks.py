"""The office's promise and the party's own deadline, as they stand now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from web import here
from web.database import session
from web.services import refusals
from web.services.eras import entered, eras
from web.services.sight import Seen
from web.services.views import ClockView, LevelView, PauseView
from workflow.case import Case, Reading
from workflow.clocks import breached, due, used
from workflow.db.history import read_events
from workflow.definition.process import Clock
from workflow.evolve import fold
from workflow.explanation import Line, explain
from workflow.timers import STATE, armed


def clocks(found: Seen) -> tuple[ClockView, ...]:
    """The clocks that the case has started."""
    return tuple(_view(found, found.process.clocks[name], reading) for name, reading in found.case.clocks.items())


def as_of(found: Seen, at: datetime) -> Seen:
    """The case as it stood at `at` (aware), counted with the calendar that was known then."""
    case = found.case
    start = Case(id=case.id, process=case.process, definition=case.definition, office=case.office, owner=case.owner)
    library = here.ports().library
    books = library.look_up(session(), case.office)
    past = fold(books, start, (e for e in read_events(session(), case.id) if e.at <= at))
    book = library.book_as_of(past.definition, case.office, at)
    return replace(found, found=replace(found.found, case=past), book=book, now=at)


def _view(found: Seen, clock: Clock, reading: Reading) -> ClockView:
    by = found.book.time
    standing = ((reading.paused_at, None),) if reading.paused_at else ()
    return ClockView(
        name=clock.name,
        title=clock.title,
        target=clock.target.source,
        working=clock.target.working,
        started=reading.started,
        due=due(by, clock, reading),
        paused_at=reading.paused_at,
        stopped=reading.stopped,
        breached=breached(by, clock, reading, found.now),
        used=int(used(by, clock, reading, found.now) * 100),
        pauses=tuple(PauseView(start=start, end=end) for start, end in (*reading.pauses, *standing)),
        levels=tuple(
            LevelView(at=step.at, told=step.at in reading.fired, due=due(by, clock, reading, step.at))
            for step in clock.steps
        ),
    )


def explained(found: Seen) -> Mapping[str, tuple[Line, ...]]:
    """Why each clock is due when it is, or how it was used up: the intervals by clock."""
    events = read_events(session(), found.case.id)
    stood = [(e.at, refusals.state_title(seen, to)) for seen, e in eras(found, events) if (to := entered(e))]
    return {
        name: explain(found.book.time, found.process.clocks[name], reading, stood)
        for name, reading in found.case.clocks.items()
    }


def deadline(found: Seen) -> datetime | None:
    """When the case must be done by: the office's promise or, where it leaves its state by itself, that moment."""
    promised = [c.due for c in clocks(found) if c.due is not None]
    state = found.process.states.get(found.case.state)
    firing = {f"{STATE}/{found.case.state}/{t.index}" for t in (state.timers if state else ()) if t.fire}
    left = [moment for name, moment in armed(found.book, found.case).items() if name in firing]
    return min([*promised, *left], default=None)
