"""The only code that changes a case, live and in replay alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workflow.case import Case, changed
from workflow.changes import cards, definition, erasure, glass, moves, steps, tasks, timing
from workflow.changes.change import Change
from workflow.changes.definition import MIGRATED
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
        "submitted",
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


def evolve(book: Rulebook, case: Case, event: Event) -> Case:
    """The case after `event`, which must be the next one of its history."""
    change = CHANGES.get(event.type)
    if change is None or event.seq != case.seq + 1:
        raise CorruptHistoryError(f"Case {case.id} cannot take event {event.seq} ({event.type}) after {case.seq}.")
    return changed(case, {**change(book, case, event), "seq": event.seq, "head": event.hash})


def follow(books: Books, book: Rulebook | None, case: Case, event: Event) -> tuple[Rulebook, Case]:
    """The rules and the case after `event`; `book` are the rules before it, None before the first event."""
    if event.type == "submitted":
        case = case._replace(definition=event.body["definition"])
    if event.type == MIGRATED:
        book = books(event.body["to"])
    elif book is None:
        book = books(case.definition)
    return book, evolve(book, case, event)


def fold(books: Books, case: Case, events: Iterable[Event]) -> Case:
    """The case after all `events`, from a case that has seen none; the rules follow the definition that it pins."""
    book: Rulebook | None = None
    for event in events:
        book, case = follow(books, book, case, event)
    return case
