"""One case of a scenario as it stands, and its events as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select

from alur.scenarios.stage import Stage
from workflow.case import Case
from workflow.db import cases
from workflow.db.history import read_events
from workflow.db.tables import card
from workflow.events import Event


@dataclass(frozen=True)
class View:
    """One case as it stands, with what belongs to it."""

    stage: Stage
    id: int

    @cached_property
    def found(self) -> cases.Stored:
        """The stored case."""
        with self.stage.engine.connect() as db:
            return cases.get(db, self.id)

    @property
    def case(self) -> Case:
        return self.found.case

    @cached_property
    def events(self) -> Sequence[Event]:
        """Its history."""
        with self.stage.engine.connect() as db:
            return read_events(db, self.id)

    @cached_property
    def card(self) -> Row[Any] | None:
        """Its card, whatever its state."""
        with self.stage.engine.connect() as db:
            return db.execute(select(card).where(card.c.case_id == self.id)).one_or_none()

    def last(self, *types: str) -> Event | None:
        """The last event of these types."""
        return next((e for e in reversed(self.events) if e.type in types), None)


def told_event(event: Event) -> str:
    """The type of an event with what it is about: `moved approve`, `clock_reached 75`."""
    body = event.body
    if event.type == "clock_reached":
        return f"{event.type} {body['at']}"
    about = body.get("do") or body.get("run") or body.get("timer") or body.get("to") or ""
    return f"{event.type} {about}".rstrip()
