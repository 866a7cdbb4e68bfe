"""Deputies: who has whose role at which office, from when until when. Every change is journaled; it ends by itself.

Who may name whom is asked by the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.tables import account, deputy, membership
from workflow.events import stamp
from workflow.standing import EVERY_OFFICE


def name(
    db: Executor,
    *,
    absent: int,
    stands_in: int,
    role: str,
    office: str,
    begins: datetime,
    ends: datetime,
    by: int,
    now: datetime,
) -> int:
    """Give `stands_in` the role of `absent` at `office` (or `*`) from `begins` until just before `ends`; its number."""
    row = {"absent": absent, "deputy": stands_in, "role": role, "office": office, "from_at": begins, "until_at": ends}
    values = insert(deputy).values(**row, named_by=by, named_at=now).returning(deputy.c.id)
    id_ = int(db.execute(values).scalar_one())
    body = {"deputy": id_, "absent": absent, "to": stands_in, "role": role, "office": office}
    window = {"from": stamp(begins), "until": stamp(ends)}
    journal.record(db, actor=str(by), type="deputy_named", body=body | window, at=now)
    return id_


def end(db: Executor, id_: int, *, by: int, now: datetime) -> bool:
    """End a deputyship now, or before it began; False when it is over or is not this person's to end."""
    ended = update(deputy).where(deputy.c.id == id_, deputy.c.until_at > now, deputy.c.until_at > deputy.c.from_at)
    done = db.execute(ended.values(until_at=func.greatest(deputy.c.from_at, now)).returning(deputy.c.until_at))
    until = done.scalar()
    if until is None:
        return False
    journal.record(db, actor=str(by), type="deputy_ended", body={"deputy": id_, "until": stamp(until)}, at=now)
    return True


def running(db: Executor, person: int, offices: Collection[str], now: datetime) -> Sequence[Row[Any]]:
    """Deputyships that are not over: those that concern the person, and all at `offices`; the first to begin first."""
    who, whose = aliased(account), aliased(account)
    query = (
        select(
            deputy,
            func.coalesce(func.nullif(who.c.title, ""), who.c.name).label("deputy_title"),
            func.coalesce(func.nullif(whose.c.title, ""), whose.c.name).label("absent_title"),
        )
        .join(who, who.c.id == deputy.c.deputy)
        .join(whose, whose.c.id == deputy.c.absent)
        .where(
            deputy.c.until_at > now,
            deputy.c.until_at > deputy.c.from_at,
            or_(
                deputy.c.deputy == person,
                deputy.c.absent == person,
                deputy.c.office.in_([*offices, EVERY_OFFICE] if offices else []),
            ),
        )
        .order_by(deputy.c.from_at, deputy.c.id)
    )
    return db.execute(query).all()


def lenders(
    db: Executor, holders: Collection[int], now: datetime
) -> Mapping[tuple[int, str], Sequence[tuple[str, int]]]:
    """By deputy and role: office and account of those in whose stead they act now, where the role is not their own."""
    own = select(membership.c.account).where(
        and_(
            membership.c.account == deputy.c.deputy,
            membership.c.role == deputy.c.role,
            membership.c.office.in_([deputy.c.office, EVERY_OFFICE]),
        )
    )
    query = select(deputy.c.deputy, deputy.c.role, deputy.c.office, deputy.c.absent).where(
        deputy.c.deputy.in_(list(holders)), deputy.c.from_at <= now, deputy.c.until_at > now, ~own.exists()
    )
    out: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for who, role, office, absent in db.execute(query) if holders else ():
        out.setdefault((who, role), []).append((office, absent))
    return out
