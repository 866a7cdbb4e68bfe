"""A new version of a calendar: what it would change for all live cases, and putting it in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from workflow.calendar import first_day
from workflow.calendar_change import Shift, shifts
from workflow.case import Case
from workflow.db import calendars, journal
from workflow.db.calendars import Version
from workflow.db.cases import Executor
from workflow.db.concerned import concerned, is_live, offices_of, page
from workflow.db.library import Library
from workflow.definition.calendar import Calendar
from workflow.rulebook import Rulebook

#: Shifts that a preview tells one by one.
MAX_TOLD = 100
PUBLISHED = "calendar_published"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a version would change, were it published now."""

    calendar: str
    version: int
    hash: str
    #: Offices that count by this calendar.
    offices: tuple[str, ...]
    #: First day on which it would hold: never a day that has begun.
    from_day: date
    #: Live cases that were looked at.
    cases: int
    #: Dues that come later, and earlier.
    later: int
    earlier: int
    #: Promises that are kept now and would be broken, and the other way round.
    newly_broken: int
    no_longer_broken: int
    #: The first of the dues that move, by case.
    told: tuple[Shift, ...]

    def numbers(self) -> dict[str, int]:
        """What the journal keeps."""
        names = ("cases", "later", "earlier", "newly_broken", "no_longer_broken")
        return {name: getattr(self, name) for name in names}


def preview(db: Executor, library: Library, new: Calendar, now: datetime) -> Preview:
    """What `new` would change if it were published at `now`, over all live cases that the caller may see."""
    pairs = concerned(db, library, new.name)
    library.calendars.refresh(db, [new.name])
    other, seen = _other_books(library, new, now), 0
    found: list[Shift] = []
    for case in _live(db, library, pairs):
        seen += 1
        book = library.book(case.definition, case.office)
        found += shifts(book, other(case.definition, case.office), case, now)
    offices = offices_of(db, library, new.name)
    return _preview(new, offices, _first_day(library, offices, new, now), seen, found)


def publish(db: Executor, library: Library, name: str, approver: str, now: datetime) -> tuple[Version, Preview]:
    """Publish the draft of `name` and journal it with the numbers of its preview.

    Raises `CalendarRefusedError`: `no_calendar_draft`, `calendar_four_eyes`. The clock process moves the stored dues.
    """
    chosen = calendars.draft(db, name)
    told = preview(db, library, calendars.read(db, chosen.hash), now)
    calendars.publish(db, chosen, approver, now)
    body = {
        "calendar": name,
        "version": chosen.version,
        "hash": chosen.hash,
        "valid_from": chosen.valid_from.isoformat(),
        "author": chosen.author,
        "preview": told.numbers(),
    }
    journal.record(db, actor=approver, type=PUBLISHED, body=body, at=now)
    return chosen, told


def _live(db: Executor, library: Library, pairs: list[tuple[str, str]]) -> Iterator[Case]:
    after = 0
    while found := page(db, library, pairs, after, lock=False):
        yield from (case for case in found if is_live(library, case))
        after = found[-1].id


def _other_books(library: Library, new: Calendar, now: datetime) -> Callable[[str, str], Rulebook]:
    """Rulebooks that count as if `new` were published at `now`."""

    @cache
    def book(hash_: str, office: str) -> Rulebook:
        known = library.book(hash_, office)
        counted = library.calendars.with_another(new, now, known.zone)
        return Rulebook(known.process, known.zone, lambda: counted)

    return book


def _first_day(library: Library, offices: Iterable[str], new: Calendar, now: datetime) -> date:
    """The first day on which `new` can hold at all of `offices`."""
    return max([new.valid_from, *(first_day(now, library.offices[office].zone) for office in offices)])


def _preview(new: Calendar, offices: Iterable[str], from_day: date, seen: int, found: Iterable[Shift]) -> Preview:
    moved = sorted(found, key=lambda s: (s.case, s.name))
    return Preview(
        calendar=new.name,
        version=new.version,
        hash=new.hash,
        offices=tuple(offices),
        from_day=from_day,
        cases=seen,
        later=sum(s.after > s.before for s in moved),
        earlier=sum(s.after < s.before for s in moved),
        newly_broken=sum(s.broken_after and not s.broken_before for s in moved),
        no_longer_broken=sum(s.broken_before and not s.broken_after for s in moved),
        told=tuple(moved[:MAX_TOLD]),
    )
