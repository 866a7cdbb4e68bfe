"""A case as its history tells it: folded up to an event or a moment, and held against what is stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from workflow.case import Case
from workflow.errors import CorruptHistoryError, UnknownDefinitionError
from workflow.events import GENESIS, Event, event_hash
from workflow.evolve import Books, Folding
from workflow.finding import Finding


@dataclass(frozen=True, slots=True)
class Until:
    """Where a replay stops; with neither, at the end."""

    #: Sequence number of the last event.
    seq: int | None = None
    #: No event after this moment (aware).
    at: datetime | None = None

    def takes(self, event: Event) -> bool:
        """True when `event` belongs to the replay."""
        return (self.seq is None or event.seq <= self.seq) and (self.at is None or event.at <= self.at)


#: Stops nowhere before the end.
_END = Until()


@dataclass(frozen=True, kw_only=True, slots=True)
class Replayed:
    case: Case
    #: All events were folded.
    complete: bool
    #: The first thing that does not fit: chain, rules or the stored case.
    finding: Finding | None = None


def unseen(case: Case) -> Case:
    """The case before its first event: who it belongs to and where, and nothing that events tell."""
    return Case(case.id, case.process, case.definition, case.office, case.owner)


def replay(books: Books, stored: Case, events: Sequence[Event], until: Until) -> Replayed:
    """`stored` as it was at `until`, from all its `events` in order; where something does not fit, up to there."""
    chosen = events if until == _END else [e for e in events if until.takes(e)]
    case, finding = _follow(books, stored, chosen)
    complete = finding is None and len(chosen) == len(events)
    return Replayed(case=case, complete=complete, finding=differs(stored, case) if complete else finding)


def check(books: Books, stored: Case, events: Iterable[Event]) -> Finding | None:
    """The first thing that does not fit in the whole history of `stored`; reads `events` once and keeps none."""
    case, finding = _follow(books, stored, events)
    return finding or differs(stored, case)


def differs(stored: Case, folded: Case) -> Finding | None:
    """The first field in which the stored case is not what its events make of it."""
    if stored == folded:
        return None
    if stored.seq > folded.seq:
        return Finding(code="event_missing", case=stored.id, seq=folded.seq + 1)
    name = next(n for n, a, b in zip(Case._fields, stored, folded, strict=True) if a != b)
    facts = {"field": name, "stored": repr(getattr(stored, name)), "folded": repr(getattr(folded, name))}
    return Finding(code="stored_differs", case=stored.id, seq=folded.seq, details=facts)


def _follow(books: Books, stored: Case, events: Iterable[Event]) -> tuple[Case, Finding | None]:
    """The case after the events that fit, and what stopped it."""
    folding, previous = Folding(books, unseen(stored)), GENESIS
    for seq, event in enumerate(events, start=1):
        id_, number, kind, actor, at, body, sealed = event
        if number != seq:
            return folding.case, Finding(code="event_missing", case=stored.id, seq=seq)
        if event_hash(previous, id_, number, kind, actor, at, body) != sealed:
            return folding.case, Finding(code="event_changed", case=stored.id, seq=seq)
        try:
            folding.take(event)
        except UnknownDefinitionError as error:
            facts = {"why": str(error)}
            return folding.case, Finding(code="definition_missing", case=stored.id, seq=seq, details=facts)
        except _NONSENSE as error:
            return folding.case, Finding(code="fold_refused", case=stored.id, seq=seq, details={"why": repr(error)})
        previous = sealed
    return folding.case, None


#: What folding raises on a body that no decision can have made: whoever re-hashes a history may write anything.
_NONSENSE = (CorruptHistoryError, LookupError, TypeError, ValueError, AttributeError)
