"""Colleagues: accounts by the names that people type, and the offices where somebody leads the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from web.database import session
from web.errors import WebError
from web.person import SUPERVISOR, Person
from web.services.sight import Seen
from workflow.db import cases
from workflow.db.tables import account, deputy, membership
from workflow.permission import refuse_task
from workflow.standing import EVERY_OFFICE

#: Colleagues that a page offers, at most.
MAX_OFFERED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    account: int
    #: Name to sign in with.
    name: str
    #: Name as people read it.
    title: str


def find(name: str) -> Colleague:
    """The active account `name`; raises `WebError` (`unknown_account`)."""
    query = select(account.c.id, account.c.name, account.c.title).where(account.c.name == name, account.c.active)
    row = session().execute(query).one_or_none() if "\0" not in name else None
    if row is None:
        raise WebError("unknown_account", {"name": name})
    return Colleague(account=row.id, name=row.name, title=row.title or row.name)


def offices_of(id_: int) -> frozenset[str]:
    """The offices at which an account has a role of its own; `*` stands for every one."""
    return frozenset(session().scalars(select(membership.c.office).where(membership.c.account == id_)))


def leads(person: Person, office: str) -> bool:
    """True when the person leads the work at `office`; who leads everywhere leads `*`, too."""
    return any(role == SUPERVISOR and where in (office, EVERY_OFFICE) for role, where in person.memberships)


def staff_of(office: str, role: str | None = None) -> Sequence[Colleague]:
    """Active accounts with a role at `office`, own or lent, by title."""
    own = select(membership.c.account).where(membership.c.office.in_([office, EVERY_OFFICE]))
    lent = select(deputy.c.deputy).where(deputy.c.office.in_([office, EVERY_OFFICE]))
    if role is not None:
        own, lent = own.where(membership.c.role == role), lent.where(deputy.c.role == role)
    query = (
        select(account.c.id, account.c.name, account.c.title)
        .where(account.c.active, or_(account.c.id.in_(own), account.c.id.in_(lent)))
        .order_by(account.c.title, account.c.name)
        .limit(MAX_OFFERED)
    )
    return [Colleague(account=r.id, name=r.name, title=r.title or r.name) for r in session().execute(query)]


def who_may_have(found: Seen) -> Sequence[Colleague]:
    """Those besides the person who looks to whom the open task could be given now."""
    task = found.case.task
    if task is None:
        return ()
    offered = (c for c in staff_of(task.office, task.role) if c.account != found.person.account)
    return [c for c in offered if _may_have(found, c)]


def _may_have(found: Seen, colleague: Colleague) -> bool:
    actor = cases.actor(session(), colleague.account, found.case, found.now)
    return refuse_task(found.book, found.case, actor, "claim") is None
