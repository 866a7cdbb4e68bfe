"""A case as it was: state, clocks and data at a past event or moment, and who could have done what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflow.case import Case
from workflow.clocks import breached, due, used
from workflow.db.cases import Executor, Stored, get, read_version
from workflow.db.history import read_events
from workflow.db.library import Library
from workflow.db.standing_then import people_at
from workflow.db.tables import account
from workflow.events import stamp
from workflow.finding import Finding
from workflow.powers import Power, powers
from workflow.replay import Until, check, replay
from workflow.rulebook import Rulebook
from workflow.vault import Vault


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """A case at a past moment."""

    case: Case
    #: Rules that it had then, with the calendar as far as it was published then.
    book: Rulebook
    #: The moment that was asked for; of an event, when it happened.
    moment: datetime
    #: All events are in it.
    complete: bool
    #: The first thing that does not fit, up to there.
    finding: Finding | None
    #: Moves out of the state, and who was able to.
    powers: tuple[Power, ...]


def past(db: Executor, library: Library, found: Stored, until: Until, now: datetime) -> Past:
    """The case `found` as it was at `until`; as it is `now` where that names nothing."""
    events = read_events(db, found.case.id)
    replayed = replay(library.look_up(db, found.case.office), found.case, events, until)
    case = replayed.case
    last = events[case.seq - 1].at if until.seq is not None and case.seq else None
    moment = until.at or last or now
    library.process(db, case.definition)
    library.keep_time(db, [(case.definition, case.office)])
    book = library.book_as_of(case.definition, case.office, moment)
    return Past(
        case=case,
        book=book,
        moment=moment,
        complete=replayed.complete,
        finding=replayed.finding,
        powers=powers(book, case, people_at(db, case, moment), moment),
    )


def verify_case(db: Executor, library: Library, id_: int) -> Finding | None:
    """The first thing that does not fit in the history of the case `id_`, or between it and what is stored."""
    case = get(db, id_).case
    return check(library.look_up(db, case.office), case, read_events(db, id_))


def names_in(db: Executor, then: Past) -> Mapping[str, str]:
    """Names of the accounts that `then` speaks of, by id."""
    ids = {id_ for power in then.powers for id_ in (*power.able, *power.kept)}
    if then.case.task is not None and then.case.task.holder is not None:
        ids.add(then.case.task.holder)
    rows = db.execute(select(account.c.id, account.c.name).where(account.c.id.in_([int(id_) for id_ in ids])))
    return {str(row.id): row.name for row in rows}


def data_then(db: Executor, vault: Vault, found: Stored, then: Past) -> Mapping[str, Any]:
    """The data that stood then; {} before the first submission and once it was erased.

    Personal: the caller asks whether the reader may see it, and logs the look.
    """
    return read_version(db, vault, found, then.case.data).get("data", {}) if then.case.data else {}


def clocks_then(then: Past) -> list[dict[str, Any]]:
    """The promises as they stood then, by the calendar of then."""
    out = []
    for name, reading in then.case.clocks.items():
        clock = then.book.process.clocks[name]
        promised = due(then.book.time, clock, reading)
        out.append(
            {
                "clock": name,
                "started": stamp(reading.started),
                "due": stamp(promised) if promised else None,
                "paused_at": stamp(reading.paused_at) if reading.paused_at else None,
                "stopped": stamp(reading.stopped) if reading.stopped else None,
                "used": int(used(then.book.time, clock, reading, then.moment) * 100),
                "breached": breached(then.book.time, clock, reading, then.moment),
            }
        )
    return out
