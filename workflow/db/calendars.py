"""Versions of calendars: submitted by one person, published by another, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from workflow.db.cases import Executor
from workflow.db.tables import calendar
from workflow.definition.calendar import Calendar, UnknownCalendarError
from workflow.refusals import Refusal, RefusedError

#: Author and approver of what comes with Alur.
SHIPPED = "shipped"
#: Any number; whoever gives a version its number holds this lock until its transaction ends.
_LOCK = 4119


class CalendarRefusedError(RefusedError):
    """A version cannot be submitted or published; `refusal` tells why."""

    code = "calendar_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A row of `calendar` without its body."""

    hash: str
    name: str
    version: int
    valid_from: date
    #: Account id as text, or `shipped`.
    author: str
    #: Like `author`; None until it is published.
    approver: str | None
    submitted_at: datetime
    published_at: datetime | None


def _versions() -> Select[Any]:
    return select(*(calendar.c[f.name] for f in fields(Version)))


def _read(db: Executor, query: Select[Any]) -> list[Version]:
    return [Version(**row) for row in db.execute(query).mappings()]


def published(db: Executor, names: Iterable[str] | None = None) -> list[Version]:
    """Published versions of the calendars `names` (all when None), in the order of their publication."""
    query = _versions().where(calendar.c.published_at.is_not(None))
    if names is not None:
        query = query.where(calendar.c.name.in_(sorted(names)))
    return _read(db, query.order_by(calendar.c.name, calendar.c.version))


def versions(db: Executor, name: str) -> list[Version]:
    """Every version of `name`, drafts last; UnknownCalendarError when there is none."""
    query = _versions().where(calendar.c.name == name)
    found = _read(db, query.order_by(calendar.c.published_at.nulls_last(), calendar.c.submitted_at))
    if not found:
        raise UnknownCalendarError(f"There is no calendar `{name}`.")
    return found


def draft(db: Executor, name: str) -> Version:
    """The draft of `name` that was submitted last; raises `CalendarRefusedError` (`no_calendar_draft`).

    Nobody else submits or publishes until the transaction ends.
    """
    _take_turns(db)
    c = calendar.c
    query = _versions().where(c.name == name, c.published_at.is_(None)).order_by(c.submitted_at.desc()).limit(1)
    found = _read(db, query)
    newest = _newest(db, name)
    if not found or found[0].version <= newest:
        raise CalendarRefusedError(Refusal("no_calendar_draft", {"calendar": name}))
    return found[0]


def read(db: Executor, hash_: str) -> Calendar:
    """The calendar with this hash; UnknownCalendarError."""
    # Read here: a process that counts no office time never loads the reader.
    from workflow.definition.calendars import load_calendar

    body = db.execute(select(calendar.c.body).where(calendar.c.hash == hash_)).scalar()
    if body is None:
        raise UnknownCalendarError(f"No calendar has the hash {hash_}.")
    return load_calendar(body)


def submit(db: Executor, new: Calendar, author: str, now: datetime) -> None:
    """Keep `new` as a draft. Raises `CalendarRefusedError`: `calendar_known`, `calendar_version`."""
    _take_turns(db)
    if db.execute(select(calendar.c.hash).where(calendar.c.hash == new.hash)).scalar():
        raise CalendarRefusedError(Refusal("calendar_known", {"calendar": new.name, "version": new.version}))
    newest = _newest(db, new.name)
    if new.version != newest + 1:
        raise CalendarRefusedError(
            Refusal("calendar_version", {"calendar": new.name, "version": new.version, "next": newest + 1})
        )
    db.execute(insert(calendar).values(**_row(new), author=author, submitted_at=now))


def publish(db: Executor, chosen: Version, approver: str, now: datetime) -> None:
    """Publish what `draft` found. Raises `CalendarRefusedError` (`calendar_four_eyes`): nobody approves their own."""
    if chosen.author == approver:
        raise CalendarRefusedError(Refusal("calendar_four_eyes", {"calendar": chosen.name, "version": chosen.version}))
    db.execute(update(calendar).where(calendar.c.hash == chosen.hash).values(approver=approver, published_at=now))


def publish_shipped(db: Executor, new: Calendar, now: datetime) -> bool:
    """Publish a calendar that came with Alur; False when it, a newer one, or one of the office's own is there.

    An office that published a version of its own keeps the calendar in its hands.
    """
    _take_turns(db)
    known = published(db, [new.name])
    if any(v.author != SHIPPED for v in known) or any(v.version >= new.version for v in known):
        return False
    row = _row(new) | {"author": SHIPPED, "approver": SHIPPED, "submitted_at": now, "published_at": now}
    db.execute(insert(calendar).values(**row))
    return True


def _take_turns(db: Executor) -> None:
    db.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _row(new: Calendar) -> dict[str, object]:
    return {
        "hash": new.hash,
        "name": new.name,
        "version": new.version,
        "valid_from": new.valid_from,
        "body": dict(new.body),
    }


def _newest(db: Executor, name: str) -> int:
    """Number of the newest published version; 0 when there is none."""
    query = select(func.max(calendar.c.version)).where(calendar.c.name == name, calendar.c.published_at.is_not(None))
    return int(db.execute(query).scalar() or 0)
