"""A history over several definitions: each event before the rules that the case had then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from web import here
from web.database import session
from web.services.sight import Seen
from workflow.changes.definition import MIGRATED
from workflow.events import Event


def eras(found: Seen, events: Iterable[Event]) -> Iterator[tuple[Seen, Event]]:
    """Each event with the case as it is, under the definition that held after that event: for titles of that time."""
    books = here.ports().library.look_up(session(), found.case.office)
    seen = found
    for event in events:
        hash_ = event.body["to"] if event.type == MIGRATED else event.body.get("definition")
        if hash_ is not None:
            seen = found if hash_ == found.case.definition else replace(found, book=books(hash_))
        yield seen, event


def entered(event: Event) -> str | None:
    """The state that an event says was entered; of a change of definition, the state's new name."""
    return event.body.get("into") or event.body.get("to")
