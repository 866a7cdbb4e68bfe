"""What a case went through, told by its events: states with their definition, and the ledgers of its clocks. Pure.

It folds with the same functions as `workflow.evolve`, over fewer kinds of events and without what reports never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from workflow import clocks
from workflow.case import NONE, Reading
from workflow.changes.definition import MIGRATED
from workflow.credit import Readings, carry_clocks
from workflow.evolve import Books
from workflow.rulebook import Rulebook

#: Types of the events that lead into a state.
ENTERING = ("submitted", "moved", "diverted", MIGRATED)


class Happening(NamedTuple):
    """An event, as far as reports read it."""

    seq: int
    type: str
    #: Account as text, or `system`, `timer`, `hold`.
    actor: str
    at: datetime
    body: Mapping[str, Any]


class History(NamedTuple):
    """The events of a case that reports read, in their order; the first is its submission."""

    case: int
    office: str
    process: str
    events: Sequence[Happening]


class Stay(NamedTuple):
    """A state that a case entered."""

    state: str
    #: The rules under which it was entered.
    book: Rulebook
    #: The event that led there.
    by: Happening
    #: The facts known then: brackets that name nobody.
    facts: Mapping[str, Any]
    #: Keys held, by hold; what a case gave back is still told, since it says whose case it was.
    keys: Mapping[str, str]


class Journey(NamedTuple):
    """A case until the last event that was read."""

    history: History
    stays: tuple[Stay, ...]
    #: Ledgers of the clocks that its last definition knows.
    readings: Mapping[str, Reading]
    #: The event that started each of those clocks.
    started: Mapping[str, int]

    @property
    def book(self) -> Rulebook:
        """The rules that it stood under at last."""
        return self.stays[-1].book


def entered(event: Happening) -> str | None:
    """The state that an event leads to; None when it leads to none."""
    if event.type not in ENTERING:
        return None
    state: str = event.body["into" if event.type == MIGRATED else "to"]
    return state


def journey(books: Books, history: History) -> Journey:
    """Fold the events of a case; `books` gives the rules of a definition's hash at its office."""
    stays: list[Stay] = []
    readings: Mapping[str, Reading] = NONE
    aside: Mapping[str, Reading] = NONE
    started: dict[str, int] = {}
    facts: Mapping[str, Any] = NONE
    keys: Mapping[str, str] = NONE
    entered_at: datetime | None = None
    for event in history.events:
        to = entered(event)
        if to is None:
            continue
        body = event.body
        facts = body.get("facts", facts)
        keys = {**keys, **body.get("holds", NONE)}
        if event.type == MIGRATED:
            book = books(body["to"])
            renamed = body.get("clocks", NONE)
            found = carry_clocks(book.process.clocks, Readings(readings, aside), renamed, to, entered_at, event.at)
            started = {renamed.get(name, name): seq for name, seq in started.items()}
            readings, aside = found
        else:
            book = books(body["definition"]) if event.type == "submitted" else stays[-1].book
            if _stays_put(book, event, to):
                continue
            readings = clocks.entered(book.process.clocks, readings, to, event.at)
            entered_at = event.at
        for name in readings:
            started.setdefault(name, event.seq)
        stays.append(Stay(to, book, event, facts, keys))
    return Journey(history, tuple(stays), readings, started)


def _stays_put(book: Rulebook, event: Happening, to: str) -> bool:
    """An internal move enters nothing: timers and clocks run on."""
    if event.type != "moved" or event.body["from"] != to:
        return False
    return book.transitions[event.body["do"]].internal


def as_of(reading: Reading, moment: datetime) -> Reading | None:
    """The ledger as it stood just before `moment`; None where the clock had not started."""
    if reading.started >= moment:
        return None
    pauses = [(a, b) for a, b in reading.pauses if a < moment]
    paused = reading.paused_at if reading.paused_at is not None and reading.paused_at < moment else None
    if pauses and pauses[-1][1] >= moment:
        paused = pauses.pop()[0]
    stopped = reading.stopped if reading.stopped is not None and reading.stopped < moment else None
    return reading._replace(paused_at=paused, pauses=tuple(pauses), stopped=stopped)


def gives_back(book: Rulebook, state: str) -> bool:
    """True of a state in which the party has to mend something: the task is theirs, and no promise is kept by it."""
    spec = book.process.states[state].task
    if spec is None or spec.role != book.party:
        return False
    return not any(state in clock.stop for clock in book.process.clocks.values())
