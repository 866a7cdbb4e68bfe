"""In what everybody stood before a case at a past moment: memberships and deputyships as the journal tells them.

Declarations that an officer and a person are relatives count as they stand today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from workflow.case import Case
from workflow.commands import Actor
from workflow.db.cases import Executor
from workflow.db.memberships import ADDED, DISABLED, ENABLED, REMOVED
from workflow.db.tables import account, deputy, journal, membership
from workflow.events import stamp
from workflow.standing import EVERY_OFFICE, actor_on, is_bar

_Place = tuple[str, str, str]


def people_at(db: Executor, case: Case, at: datetime) -> list[Actor]:
    """The party and everybody who had a role anywhere at `at`, as they stood before `case` (folded up to then)."""
    places, disabled = _memberships(db, at)
    entries: dict[str, list[str]] = defaultdict(list)
    for who, role, office in sorted(places):
        entries[who].append(f"{role}@{office}")
    for who, entry in _deputyships(db, at, places):
        entries[who].append(entry)
    for who, bar in _bars(db, case, list(entries)):
        entries[who].append(bar)
    if case.owner is not None:
        entries.setdefault(case.owner, [])
    staff = sorted(entries.keys() - disabled, key=int)
    return [actor_on(case, who, entries[who], at) for who in staff]


def _memberships(db: Executor, at: datetime) -> tuple[set[_Place], set[str]]:
    """Who had which role at `at`, and whose account was closed: today's, with what was changed since undone."""
    places = {(str(r.account), r.role, r.office) for r in db.execute(select(membership))}
    disabled = {str(id_) for id_ in db.execute(select(account.c.id).where(~account.c.active)).scalars()}
    changed = select(journal.c.type, journal.c.body).where(
        journal.c.type.in_([ADDED, REMOVED, DISABLED, ENABLED]), journal.c.at > at
    )
    for kind, body in db.execute(changed.order_by(journal.c.seq.desc())):
        if kind in (ADDED, REMOVED):
            place = (body["account"], body["role"], body["office"])
            (places.discard if kind == ADDED else places.add)(place)
        else:
            (disabled.discard if kind == DISABLED else disabled.add)(body["account"])
    return places, disabled


def _deputyships(db: Executor, at: datetime, places: set[_Place]) -> Iterable[tuple[str, str]]:
    """Lent roles whose lender had them then; the windows are judged by the reader of the entries."""
    for r in db.execute(select(deputy).where(deputy.c.named_at <= at)):
        absent = str(r.absent)
        if {(absent, r.role, r.office), (absent, r.role, EVERY_OFFICE)} & places:
            yield str(r.deputy), f">{absent}|{stamp(r.from_at)}|{stamp(r.until_at)}|{r.role}@{r.office}"


def _bars(db: Executor, case: Case, people: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Asked of the database's own function: nobody may read another person's relatives."""
    for who in people:
        entries = db.execute(select(func.standing(int(who), case.id))).scalar_one() or ()
        yield from ((who, entry) for entry in entries if is_bar(entry))
