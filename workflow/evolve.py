"""The only code that changes a case, live and in replay alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import SimpleNamespace
from typing import cast

from workflow.case import Case, advanced
from workflow.changes import cards, definition, erasure, glass, moves, steps, tasks, timing
from workflow.changes.change import Change
from workflow.changes.definition import MIGRATED
from workflow.changes.moves import SUBMITTED
from workflow.errors import CorruptHistoryError
from workflow.events import Event
from workflow.rulebook import Rulebook

#: Look-up of rules by the hash of their definition.
Books = Callable[[str], Rulebook]


#: Every type of event there is, with what it changes.
CHANGES: Mapping[str, Change] = {
    kind: change
    for part in (moves, steps, definition, tasks, glass, timing, erasure, cards)
    for kind, change in part.CHANGES.items()
}

#: Events after which the armed timers may differ.
MOVES_TIMERS = frozenset(
    {
        SUBMITTED,
        "moved",
        "diverted",
        MIGRATED,
        "task_claimed",
        "task_released",
        "lease_expired",
        "task_assigned",
        "task_delegated",
        "recused",
        "timer_fired",
        "clock_reached",
    }
)


#: Events from which on other rules hold.
NEW_RULES = frozenset({SUBMITTED, MIGRATED})


def evolve(book: Rulebook, case: Case, event: Event) -> Case:
    """The case after `event`, which must be the next one of its history."""
    change = CHANGES.get(event.type)
    if change is None or event.seq != case.seq + 1:
        raise _impossible(case, event)
    return advanced(case, event.seq, event.hash, change(book, case, event))


def follow(books: Books, book: Rulebook | None, case: Case, event: Event) -> tuple[Rulebook, Case]:
    """The rules and the case after `event`; `book` are the rules before it, None before the first event."""
    if event.type == SUBMITTED:
        case = case._replace(definition=event.body["definition"])
    if book is None or event.type in NEW_RULES:
        book = _rules(books, case.definition, event)
    return book, evolve(book, case, event)


def _rules(books: Books, pinned: str, event: Event) -> Rulebook:
    """The rules by which `event` is folded, where it is the first or the first of its rules."""
    if event.type == SUBMITTED:
        return books(event.body["definition"])
    return books(event.body["to"] if event.type == MIGRATED else pinned)


def _impossible(case: Case, event: Event) -> CorruptHistoryError:
    return CorruptHistoryError(f"Case {case.id} cannot take event {event.seq} ({event.type}) after {case.seq}.")


class Folding:
    """Many events folded into one case, of which only the end is wanted: `follow` again and again, in half the time.

    What it has at hand is written over from event to event; an event that it refuses leaves it as it was.
    """

    def __init__(self, books: Books, case: Case) -> None:
        """`case` has seen no event."""
        self._books = books
        self._book: Rulebook | None = None
        # Changes read a case by the names of its fields, whatever holds them.
        self._now = cast("Case", SimpleNamespace(**case._asdict()))
        self._values = vars(self._now)

    @property
    def case(self) -> Case:
        """The case after the events so far."""
        return Case(**self._values)

    def take(self, event: Event) -> None:
        """Fold the next event. Raises what `follow` raises."""
        kind, values, book = event.type, self._values, self._book
        change = CHANGES.get(kind)
        if change is None or event.seq != values["seq"] + 1:
            raise _impossible(self._now, event)
        if book is None or kind in NEW_RULES:
            book = self._book = _rules(self._books, self._now.definition, event)
        changes = change(book, self._now, event)
        values.update(changes)
        if kind == SUBMITTED:
            values["definition"] = event.body["definition"]
        values["seq"] = event.seq
        values["head"] = event.hash


def fold(books: Books, case: Case, events: Iterable[Event]) -> Case:
    """The case after all `events`, from a case that has seen none; the rules follow the definition that it pins."""
    folding = Folding(books, case)
    for event in events:
        folding.take(event)
    return folding.case
