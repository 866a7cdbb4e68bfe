"""Published definitions, read once per process and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from workflow.db.calendar_shelf import Calendars
from workflow.db.tables import definition
from workflow.db.versions import newest
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.definition.reader import load_process
from workflow.errors import UnknownDefinitionError
from workflow.evolve import Books
from workflow.rulebook import Rulebook, counts_office_time


class Library:
    """Definitions by hash, made ready for deciding. Immutable content, so it is never out of date.

    Calendars may get new versions at any time: whoever counts office time calls `keep_time` first, once a batch.
    """

    def __init__(self, offices: Mapping[str, Office]) -> None:
        self.offices = offices
        self.calendars = Calendars()
        self._processes: dict[str, Process] = {}
        self._working: dict[str, bool] = {}
        self._books: dict[tuple[str, ...], Rulebook] = {}

    def process(self, connection: Connection | Session, hash_: str) -> Process:
        """The definition with this hash; raises `UnknownDefinitionError`."""
        known = self._processes.get(hash_)
        if known is None:
            body = connection.execute(select(definition.c.body).where(definition.c.hash == hash_)).scalar()
            if body is None:
                raise UnknownDefinitionError(f"No definition has the hash {hash_}.")
            known = self._processes[hash_] = load_process(body)
        return known

    def add(self, process: Process) -> None:
        """Know `process` without asking the database."""
        self._processes[process.hash] = process

    def knows(self, hash_: str) -> bool:
        """True when `book` needs no database for this hash."""
        return hash_ in self._processes

    def counts_office_time(self, hash_: str) -> bool:
        """True when cases of a known definition need a calendar."""
        if hash_ not in self._working:
            self._working[hash_] = counts_office_time(self._processes[hash_])
        return self._working[hash_]

    def calendar_of(self, hash_: str, office: str) -> str:
        """Name of the calendar by which cases of a known definition are counted at an office."""
        return self.offices[office].calendar or self._processes[hash_].calendar

    def look_up(self, connection: Connection | Session, office: str) -> Books:
        """Rulebooks at an office by hash, read where they are not known yet: for histories that change definitions."""

        def book(hash_: str) -> Rulebook:
            self.process(connection, hash_)
            return self.book(hash_, office)

        return book

    def keep_time(self, connection: Connection | Session, pairs: Iterable[tuple[str, str]]) -> None:
        """Learn of versions published meanwhile, where one of `pairs` (known definition, office) counts office time."""
        names = {self.calendar_of(hash_, office) for hash_, office in pairs if self.counts_office_time(hash_)}
        if names:
            self.calendars.refresh(connection, names)

    def book_as_of(self, hash_: str, office: str, at: datetime) -> Rulebook:
        """Like `book`, with the versions of the calendar that were published by `at`; made anew at each call."""
        zone, name = self.offices[office].zone, self.calendar_of(hash_, office)
        state = self.calendars.state(name)
        return Rulebook(self._processes[hash_], zone, partial(self.calendars.counted_with, name, state, zone, at))

    def book(self, hash_: str, office: str) -> Rulebook:
        """The rulebook of a known definition at an office, with the calendar as `keep_time` last found it."""
        zone = self.offices[office].zone
        name = self.calendar_of(hash_, office) if self.counts_office_time(hash_) else ""
        state = self.calendars.state(name)
        key = (hash_, zone.key, name, *state)
        book = self._books.get(key)
        if book is None:
            calendar = partial(self.calendars.counted_with, name, state, zone)
            book = self._books[key] = Rulebook(self._processes[hash_], zone, calendar)
        return book


def current(connection: Connection | Session, process: str) -> str:
    """Hash of the newest published version of `process`; raises `UnknownDefinitionError`."""
    found = newest(connection, process)
    if found is None:
        raise UnknownDefinitionError(f"There is no published process named {process}.")
    return found.hash
