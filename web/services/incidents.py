"""Incidents before the staff of their offices: listed with their cause in words, decided one by one or by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from web import here
from web.database import session
from web.errors import ProblemError, WebError
from web.services import cursors, levels, refusals, tasks, transitions
from web.services.levels import Waiting
from web.services.secrets import Handed
from web.services.sight import see
from web.services.transitions import Accepted
from workflow.case import Step
from workflow.causes import cause
from workflow.db import incidents as rows
from workflow.db.incidents import Place, Wanted
from workflow.db.tables import outbox
from workflow.definition.process import Text
from workflow.incidents import RETRY
from workflow.refusals import Refusal

MAX_PAGE = 200
#: What people may decide about an incident.
DECISIONS = ("retry", "skip", "divert")


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """Which incidents the person asks for; empty fields ask for all."""

    office: str = ""
    process: str = ""
    run: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Incident:
    #: `<case>-<seq>`, `seq` being the event that asked for the step.
    id: str
    case: int
    process: str
    office: str
    #: Name and title of the step.
    run: str
    run_title: Text
    code: str
    #: Why it failed, in words.
    cause: Text
    #: Since when.
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """Incidents of one process, step and cause."""

    process: str
    run: str
    run_title: Text
    code: str
    cause: Text
    count: int
    #: How many the person asked for.
    mine: int
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    incidents: Sequence[Incident]
    kinds: Sequence[Kind]
    #: Where the next page begins; None on the last one.
    next: str | None
    #: Cards that wait for their level by themselves: nobody has to decide anything.
    waiting: Sequence[Waiting]


def page(asked: Filter, *, after: str | None = None, limit: int = 50) -> Page:
    """Open incidents of the person's offices, oldest first, with all kinds; raises `WebError` (`forbidden`,
    `bad_cursor`)."""
    wanted, limit = _wanted(asked), max(1, min(limit, MAX_PAGE))
    found = rows.list_incidents(session(), wanted, after=_place(after), limit=limit + 1)
    shown = found[:limit]
    more = cursors.written(shown[-1].at, shown[-1].case_id) if len(found) > limit else None
    return Page(
        incidents=[_incident(row) for row in shown],
        kinds=[_kind(row) for row in rows.kinds(session(), wanted)],
        next=more,
        waiting=levels.waiting(),
    )


def ids(asked: Filter, limit: int) -> list[str]:
    """Ids of the oldest incidents that the filter names."""
    found = rows.list_incidents(session(), _wanted(asked), after=None, limit=limit)
    return [f"{row.case_id}-{row.seq}" for row in found]


def parse_id(text: str) -> tuple[int, int]:
    """Case and sequence number of an incident's id such as `17-3`; raises `WebError` (`unknown_incident`)."""
    return tasks.parse_id(text, "unknown_incident")


def decide(id_: str, what: str, given: Mapping[str, Any], key: str | None, secret: Handed | None = None) -> Accepted:
    """Write the command that retries, skips or diverts; the caller commits, then rings.

    `secret` signs, where the step that is retried needs it. Raises the refusal `no_incident` when it is not open any
    more, and what `Handed.of_incident` raises.
    """
    case, seq = parse_id(id_)
    seen = see(case, lock=True)
    step, do = seen.case.step, f"incident.{what}"
    if step is None or not step.failed or step.seq != seq:
        raise ProblemError(refusals.told(Refusal("no_incident", {"do": do}), seen))
    handed = secret or Handed(None)
    batch = handed.of_incident(seen, step) if do == RETRY else handed.not_taken()
    return transitions.write(seen, do, submits=False, given=given, key=key, secret=batch)


def detail(case: int, step: Step) -> str:
    """What the worker said of a failed step, in one English sentence for who runs the system; empty where nothing."""
    where = outbox.c.case_id == case, outbox.c.seq == step.seq, outbox.c.kind == step.run
    said = session().execute(select(outbox.c.error).where(*where)).scalar()
    return str(said or "").removeprefix(f"{step.failed}: ")


def ring() -> None:
    """Wake an engine worker, after the commit."""
    transitions.ring()


def _wanted(asked: Filter) -> Wanted:
    person = here.signed_in()
    offices = person.offices(here.ports().library.offices)
    if not offices:
        raise WebError("forbidden")
    return Wanted(
        account=person.account,
        offices=[o for o in offices if asked.office in ("", o)],
        process=asked.process,
        run=asked.run,
        code=asked.code,
    )


def _place(after: str | None) -> Place | None:
    if after is None:
        return None
    at, case, _ = cursors.read(after)
    if at is None:
        raise WebError("bad_cursor")
    return Place(at=at, case=case)


def _incident(row: Any) -> Incident:
    return Incident(
        id=f"{row.case_id}-{row.seq}",
        case=row.case_id,
        process=row.process,
        office=row.office,
        run=row.run,
        run_title=refusals.run_title(row.run),
        code=row.code,
        cause=cause(row.code),
        at=row.at,
    )


def _kind(row: Any) -> Kind:
    return Kind(
        process=row.process,
        run=row.run,
        run_title=refusals.run_title(row.run),
        code=row.code,
        cause=cause(row.code),
        count=row.n,
        mine=row.mine,
        since=row.since,
    )
