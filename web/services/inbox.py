"""An officer's inbox: what waits for the person's roles, by priority, overdue first, then by due time and arrival."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from web import here
from web.database import session
from web.errors import WebError
from web.person import AUDITOR, SUPERVISOR, Person
from web.services import access, cursors, lending
from web.services.names import names_of
from web.services.sight import MAX_ID
from workflow.db import inbox as rows
from workflow.db import keys
from workflow.db.inbox import Apart, Place, Sort, Wanted
from workflow.db.tables import definition
from workflow.definition.process import Process, Text
from workflow.priorities import PLACES, name_of

MAX_PAGE = 200
_NIK_DIGITS = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What the person asks to see; empty fields ask for everything that is theirs."""

    role: str = ""
    office: str = ""
    state: str = ""
    #: Number of a case, or the key of a hold such as a NIK.
    q: str = ""
    #: Only tasks that the person holds.
    mine: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A task in the inbox; nothing personal of the party."""

    #: `<case>-<seq>`.
    id: str
    case: int
    process: str
    process_title: Text
    #: Hash of the version that the case pins.
    definition: str
    state: str
    state_title: Text
    role: str
    office: str
    office_title: Text
    holder: Text | None
    #: For whom the holder stands in, where it is a deputy.
    deputy_of: Text | None
    mine: bool
    until: datetime | None
    due: datetime | None
    overdue: bool
    #: `urgent`, `normal` or `low`.
    priority: str
    arrived: datetime
    revision: int
    bulk: bool
    #: Why a step of the case failed for good, a code; None where none did.
    incident: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    tasks: Sequence[Row]
    #: Where the next page begins; None on the last one.
    next: str | None
    #: How many there are, and how many of them are overdue; `rows.COUNT_CAP` stands for "more".
    total: int
    overdue: int


def page(asked: Filter, *, sort: Sort = "due", after: str | None = None, limit: int = 50) -> Page:
    """One page of the signed-in person's inbox; raises `WebError` (`bad_cursor`)."""
    person, now = here.signed_in(), here.ports().clock()
    wanted = _wanted(person, asked)
    limit = max(1, min(limit, MAX_PAGE))
    found = rows.list_tasks(session(), wanted, sort=sort, after=_place(after), limit=limit + 1)
    shown = found[:limit]
    if is_lookup(asked.q.strip()):
        for row in shown:
            access.note_of(row.case_id, "search")
    lent = lending.lent_to(shown, now)
    names = names_of([*(row.assignee for row in shown), *lent.values()])
    return Page(
        tasks=tuple(_row(row, person, names, lent, now) for row in shown),
        next=_cursor(shown[-1], sort) if len(found) > limit else None,
        total=rows.count_tasks(session(), wanted),
        overdue=rows.count_tasks(session(), wanted, now),
    )


def counts() -> Mapping[tuple[str, str], int]:
    """How many tasks wait in each of the person's queues, by role and office; capped at `rows.COUNT_CAP`."""
    person = here.signed_in()
    base = _wanted(person, Filter())
    return {
        queue: rows.count_tasks(session(), Wanted(account=base.account, queues=[queue], apart=base.apart))
        for queue in sorted(base.queues)
    }


def wanted(asked: Filter, *, free: bool = False) -> Wanted:
    """What the database is asked for; with `free` only what nobody holds now."""
    return _wanted(here.signed_in(), asked, here.ports().clock() if free else None)


def ids(asked: Filter, limit: int) -> tuple[list[str], bool]:
    """Ids of the first tasks that the person would see, in the inbox's order, and whether there are more."""
    found = rows.list_tasks(session(), wanted(asked), sort="due", after=None, limit=limit + 1)
    return [f"{row.case_id}-{row.seq}" for row in found[:limit]], len(found) > limit


def _wanted(person: Person, asked: Filter, free_at: datetime | None = None) -> Wanted:
    queues = _queues(person, asked)
    return Wanted(
        account=person.account,
        queues=queues,
        apart=_apart(person, queues),
        states=[asked.state] if asked.state else (),
        cases=cases_named(asked.q.strip()) if asked.q.strip() else None,
        mine=asked.mine,
        free_at=free_at,
    )


def _queues(person: Person, asked: Filter) -> Collection[tuple[str, str]]:
    """Role and office of the tasks that are the person's; those who watch over an office may ask for any role of it."""
    out = set()
    for office in person.offices(here.ports().library.offices):
        roles = person.roles_at(office)
        watches = asked.role and roles & {SUPERVISOR, AUDITOR}
        out |= {(role, office) for role in (roles | {asked.role} if watches else roles)}
    return {(r, o) for r, o in out if asked.role in ("", r) and asked.office in ("", o)}


def _apart(person: Person, queues: Iterable[tuple[str, str]]) -> list[Apart]:
    """Pairs of roles whose cases four eyes keep from this person, over every definition that cases may pin."""
    library = here.ports().library
    held = {role for role, _ in person.memberships}
    if len(held) < 2:
        return []
    wanted = {role for role, _ in queues}
    out = []
    for hash_ in session().execute(select(definition.c.hash)).scalars():
        library.process(session(), hash_)
        apart = library.book(hash_, next(iter(library.offices))).apart
        out += [
            Apart(definition=hash_, role=role, other=other)
            for role in sorted(wanted & apart.keys())
            for other in sorted(apart[role] & held)
        ]
    return out


def is_lookup(q: str) -> bool:
    """True where what is searched for is a person's, such as a NIK: which cases are found tells something of it."""
    return len(q) >= _NIK_DIGITS and q.isascii() and q.isdigit()


def cases_named(q: str) -> list[int]:
    """Cases of that number, or in whose data it stands where a form can be searched, such as a NIK; whether they may
    be seen is asked elsewhere."""
    if not q.isascii() or not q.isdigit():
        return []
    out = [int(q)] if len(q) < _NIK_DIGITS and int(q) <= MAX_ID else []
    return out + keys.cases_with(session(), here.ports().vault, q)


def _row(row: Any, person: Person, names: Mapping[str, Text], lent: lending.Lent, now: datetime) -> Row:
    library = here.ports().library
    process: Process = library.process(session(), row.definition)
    state = process.states[row.state]
    holder = names[row.assignee] if row.assignee else None
    absent = lent.get((row.case_id, row.seq))
    office = library.offices.get(row.office)
    return Row(
        id=f"{row.case_id}-{row.seq}",
        case=row.case_id,
        process=row.process,
        process_title=process.title,
        definition=row.definition,
        state=row.state,
        state_title=state.title,
        role=row.role,
        office=row.office,
        office_title=office.title if office else {"id": row.office, "en": row.office},
        holder=holder,
        deputy_of=names[absent] if absent else None,
        mine=row.assignee == str(person.account),
        until=row.lease_until,
        due=row.due_at,
        overdue=row.due_at is not None and row.due_at < now,
        priority=name_of(row.priority),
        arrived=row.created_at,
        revision=row.revision + row.saves,
        bulk=bool(state.task and state.task.bulk),
        incident=row.incident,
    )


def _cursor(row: Any, sort: Sort) -> str:
    return cursors.written(row.due_at if sort == "due" else row.created_at, row.case_id, row.priority)


def _place(cursor: str | None) -> Place | None:
    if not cursor:
        return None
    moment, case, priority = cursors.read(cursor)
    if priority not in PLACES.values():
        raise WebError("bad_cursor")
    return Place(priority=priority, moment=moment, case=case)
