"""Standing in for a colleague: name a deputy for a time, see who stands in for whom, end it early."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from web import here
from web.database import session
from web.errors import WebError
from web.services import people
from web.services.people import Colleague
from web.services.sight import MAX_ID
from workflow.db import deputies
from workflow.db.tables import membership
from workflow.standing import EVERY_OFFICE

#: Nobody is away longer than that; who is, gives the role up.
LONGEST = timedelta(days=366)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeputyView:
    id: int
    #: Name of the person who is away.
    absent: str
    #: Name of the person who stands in.
    deputy: str
    role: str
    #: Name of the office; `*` for every one.
    office: str
    begins: datetime
    ends: datetime
    #: It holds at this moment.
    now: bool
    #: The person who looks stands in.
    mine: bool
    #: The person who looks may end it.
    may_end: bool


def name(*, stands_in: str, role: str, office: str, begins: datetime, ends: datetime, absent: str = "") -> int:
    """Name the account `stands_in` as deputy of the person who asks, or of `absent`, for whom a supervisor may do it.

    Only an own role is lent, never a lent one. Raises `WebError`: `unknown_account`, `forbidden`, `not_their_role`,
    `deputy_self`, `deputy_not_staff`, `bad_window`.
    """
    person, now = here.signed_in(), here.ports().clock()
    whom = people.find(absent) if absent else Colleague(account=person.account, name=person.name, title=person.called)
    if whom.account != person.account and not people.leads(person, office):
        raise WebError("forbidden")
    if not _has(whom.account, role, office):
        raise WebError("not_their_role", {"who": whom.title, "role": role, "office": office})
    other = people.find(stands_in)
    if other.account == whom.account:
        raise WebError("deputy_self")
    if not people.offices_of(other.account):
        raise WebError("deputy_not_staff", {"who": other.title})
    if not (begins < ends and now < ends and ends - begins <= LONGEST):
        raise WebError("bad_window", {"days": LONGEST.days})
    return deputies.name(
        session(),
        absent=whom.account,
        stands_in=other.account,
        role=role,
        office=office,
        begins=begins,
        ends=ends,
        by=person.account,
        now=now,
    )


def end(id_: int) -> None:
    """End a deputyship early: who is away, who stands in, who named it and supervisors may; raises `unknown_deputy`."""
    known = next((view for view in running() if view.id == id_), None) if 0 < id_ <= MAX_ID else None
    if known is None or not known.may_end:
        raise WebError("unknown_deputy")
    if not deputies.end(session(), id_, by=here.signed_in().account, now=here.ports().clock()):
        raise WebError("unknown_deputy")


def running() -> Sequence[DeputyView]:
    """Deputyships now and to come that concern the person or, for supervisors, their offices."""
    person, now = here.signed_in(), here.ports().clock()
    led = [o for o in here.ports().library.offices if people.leads(person, o)]
    concerned = ("absent", "deputy", "named_by")
    found = deputies.running(session(), person.account, led, now)
    return [
        DeputyView(
            id=row.id,
            absent=row.absent_title,
            deputy=row.deputy_title,
            role=row.role,
            office=row.office,
            begins=row.from_at,
            ends=row.until_at,
            now=row.from_at <= now,
            mine=row.deputy == person.account,
            may_end=person.account in [getattr(row, c) for c in concerned] or people.leads(person, row.office),
        )
        for row in found
    ]


def _has(id_: int, role: str, office: str) -> bool:
    query = membership.select().where(
        membership.c.account == id_, membership.c.role == role, membership.c.office.in_([office, EVERY_OFFICE])
    )
    return session().execute(query).first() is not None
