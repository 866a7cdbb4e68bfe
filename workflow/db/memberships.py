"""Who works where: every change is journaled, and one that leaves an office unable to meet four eyes is refused."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.db import journal, staff
from workflow.db.cases import Executor
from workflow.db.library import Library
from workflow.db.staff import Unmet
from workflow.db.tables import account, membership, token
from workflow.db.versions import PUBLISHED, versions
from workflow.definition.process import Process
from workflow.refusals import Refusal, RefusedError

ADDED, REMOVED = "membership_added", "membership_removed"
DISABLED, ENABLED = "account_disabled", "account_enabled"


class MembershipRefusedError(RefusedError):
    """A change of membership would leave a published process without somebody to go on with it."""

    code = "membership_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class By:
    """Who changes a membership."""

    #: Account id as text, or a name that says which part of Alur acts.
    actor: str
    #: Why it is done although an office cannot meet four eyes afterwards; None lets it be refused.
    forced: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a change did."""

    #: False when it was so already.
    changed: bool
    #: What the offices concerned cannot meet now, for whatever reason.
    unmet: tuple[Unmet, ...]


def put(db: Executor, account_: int, role: str, office: str, actor: str, now: datetime) -> bool:
    """Give a role without asking for four eyes, as a new house is furnished; False when it was had already."""
    staff.take_turns(db)
    if not _insert(db, account_, role, office):
        return False
    journal.record(db, actor=actor, type=ADDED, body=_body(account_, role, office), at=now)
    return True


def join(db: Executor, library: Library, account_: int, role: str, office: str, by: By, now: datetime) -> Outcome:
    """Give an account a role at an office (`*`: every one). Raises `MembershipRefusedError`."""
    look = _Look(db, library, {role})
    before = look()
    # An office that is being built up meets nothing until the last one has joined.
    spoilt = {(u.process, u.office) for u in before}
    with db.begin_nested():
        if not _insert(db, account_, role, office):
            return Outcome(changed=False, unmet=tuple(before))
        after = look()
        _judge([u for u in after if (u.process, u.office) not in spoilt], after, by)
    journal.record_said(db, actor=by.actor, type=ADDED, body=_body(account_, role, office), said=by.forced, at=now)
    return Outcome(changed=True, unmet=tuple(after))


def leave(db: Executor, library: Library, account_: int, role: str, office: str, by: By, now: datetime) -> Outcome:
    """Take a role back. Raises `MembershipRefusedError`."""

    def take() -> bool:
        m = membership.c
        rows = delete(membership).where(m.account == account_, m.role == role, m.office == office)
        return db.execute(rows.returning(m.account)).first() is not None

    return _take_away(db, library, {role}, take, by, REMOVED, _body(account_, role, office), now)


def disable(db: Executor, library: Library, account_: int, by: By, now: datetime) -> Outcome:
    """Let nobody sign in with an account any more; its memberships stay and count for nothing.

    Raises `MembershipRefusedError`.
    """
    staff.take_turns(db)
    roles = set(db.execute(select(membership.c.role).where(membership.c.account == account_)).scalars())

    def close() -> bool:
        rows = update(account).where(account.c.id == account_, account.c.active).values(active=False)
        db.execute(delete(token).where(token.c.account == account_))
        return db.execute(rows.returning(account.c.id)).first() is not None

    return _take_away(db, library, roles, close, by, DISABLED, {"account": str(account_)}, now)


def enable(db: Executor, account_: int, by: By, now: datetime) -> bool:
    """Let an account that was disabled sign in again; False when it could already."""
    staff.take_turns(db)
    rows = update(account).where(account.c.id == account_, ~account.c.active).values(active=True)
    if db.execute(rows.returning(account.c.id)).first() is None:
        return False
    journal.record(db, actor=by.actor, type=ENABLED, body={"account": str(account_)}, at=now)
    return True


class _Look:
    """What the current versions that know one of `roles` lack, looked at twice under one lock."""

    def __init__(self, db: Executor, library: Library, roles: Set[str]) -> None:
        staff.take_turns(db)
        self._db, self._offices = db, library.offices
        self._processes = [p for p in _current(db, library) if roles & set(p.roles)]

    def __call__(self) -> list[Unmet]:
        return [u for p in self._processes for u in staff.unmet(self._db, p, self._offices)]


def _take_away(
    db: Executor,
    library: Library,
    roles: Set[str],
    take: Callable[[], bool],
    by: By,
    type_: str,
    body: dict[str, str],
    now: datetime,
) -> Outcome:
    look = _Look(db, library, roles)
    before = look()
    known = {(u.process, u.office, u.state, u.role) for u in before}
    with db.begin_nested():
        if not take():
            return Outcome(changed=False, unmet=tuple(before))
        after = look()
        _judge([u for u in after if (u.process, u.office, u.state, u.role) not in known], after, by)
    journal.record_said(db, actor=by.actor, type=type_, body=body, said=by.forced, at=now)
    return Outcome(changed=True, unmet=tuple(after))


def _judge(worse: list[Unmet], after: list[Unmet], by: By) -> None:
    if worse and by.forced is None:
        details = {**worse[0].details(), "problems": [u.details() for u in after]}
        raise MembershipRefusedError(Refusal("staff_worsened", details))


def _insert(db: Executor, account_: int, role: str, office: str) -> bool:
    row = upsert(membership).values(account=account_, role=role, office=office).on_conflict_do_nothing()
    return db.execute(row.returning(membership.c.account)).first() is not None


def _body(account_: int, role: str, office: str) -> dict[str, str]:
    return {"account": str(account_), "role": role, "office": office}


def _current(db: Executor, library: Library) -> list[Process]:
    """The versions that new cases use."""
    newest = {v.process: v.hash for v in versions(db) if v.status == PUBLISHED}
    return [library.process(db, hash_) for hash_ in newest.values()]
