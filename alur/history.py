"""Replaying one case from its stored events."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from workflow.case import Case, fold_text
from workflow.db import cases
from workflow.db.library import Library
from workflow.db.tables import event
from workflow.errors import AlurError
from workflow.events import Event, first_break, stamp
from workflow.evolve import fold


class BadMomentError(AlurError):
    """The moment to replay to is not understood."""

    code = "bad_moment"


@dataclass(frozen=True, slots=True)
class Replayed:
    case: Case
    #: All events were folded.
    complete: bool
    #: The first way in which the fold, or the chain, differs from what is stored.
    difference: str | None

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        case = self.case
        told = {
            "id": case.id,
            "state": case.state,
            "revision": case.revision,
            "seq": case.seq,
            "head": case.head.hex(),
        }
        gone = case.erased and {"at": stamp(case.erased.at), "under": case.erased.under}
        told |= {"erased": gone}
        return told | {"fold": json.loads(fold_text(case)), "complete": self.complete, "difference": self.difference}


def read_history(db: Connection, id_: int) -> list[Event]:
    """All events of a case, oldest first."""
    rows = db.execute(select(event).where(event.c.case_id == id_).order_by(event.c.seq)).all()
    return [Event(r.case_id, r.seq, r.type, r.actor, r.at, r.body, bytes(r.hash)) for r in rows]


def replay_case(db: Connection, library: Library, id_: int, *, at: str | None, seq: int | None) -> Replayed:
    """Fold the events of case `id_` up to a moment or a sequence number, or all of them."""
    stored = cases.get(db, id_).case
    events = read_history(db, id_)
    chosen = [e for e in events if (seq is None or e.seq <= seq) and (at is None or e.at <= _moment(at))]
    start = Case(
        id=stored.id,
        process=stored.process,
        definition=stored.definition,
        office=stored.office,
        owner=stored.owner,
    )
    folded = fold(library.look_up(db, stored.office), start, chosen)
    complete = len(chosen) == len(events)
    broken = first_break(chosen)
    if broken is not None:
        return Replayed(folded, complete, f"the chain breaks at event {broken}.")
    return Replayed(folded, complete, difference(stored, folded) if complete else None)


def difference(stored: Case, folded: Case) -> str | None:
    """The first field in which two cases differ, in words."""
    for name, a, b in zip(Case._fields, stored, folded, strict=True):
        if a != b:
            return f"{name} is {a!r} in the database and {b!r} by its events."
    return None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadMomentError(f"{text} is not a moment such as 2026-11-21T09:00+07:00.") from None
    if moment.tzinfo is None:
        raise BadMomentError(f"{text} names no zone; write for example {text}+07:00.")
    return moment
