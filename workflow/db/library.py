"""Published definitions, read once per process and kept."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from workflow.db.tables import definition
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.definition.reader import load_process
from workflow.errors import UnknownDefinitionError
from workflow.rulebook import Rulebook

PUBLISHED = "published"


class Library:
    """Definitions by hash, made ready for deciding. Immutable content, so it is never out of date."""

    def __init__(self, offices: Mapping[str, Office]) -> None:
        self.offices = offices
        self._processes: dict[str, Process] = {}
        self._books: dict[tuple[str, str], Rulebook] = {}

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

    def book(self, hash_: str, office: str) -> Rulebook:
        """The rulebook of a known definition at an office."""
        zone = self.offices[office].zone
        book = self._books.get((hash_, zone.key))
        if book is None:
            book = self._books[hash_, zone.key] = Rulebook(self._processes[hash_], zone)
        return book


def current(connection: Connection | Session, process: str) -> str:
    """Hash of the newest published version of `process`; raises `UnknownDefinitionError`."""
    hash_ = connection.execute(
        select(definition.c.hash)
        .where(definition.c.process == process, definition.c.status == PUBLISHED)
        .order_by(definition.c.version.desc())
        .limit(1)
    ).scalar()
    if hash_ is None:
        raise UnknownDefinitionError(f"There is no published process named {process}.")
    return str(hash_)


def publish_shipped(connection: Connection | Session, process: Process) -> int | None:
    """Publish a definition that came with Alur; the version it got, or None when it was there already."""
    if connection.execute(select(definition.c.hash).where(definition.c.hash == process.hash)).scalar():
        return None
    last = connection.execute(
        select(func.max(definition.c.version)).where(definition.c.process == process.name)
    ).scalar()
    version = (last or 0) + 1
    connection.execute(
        insert(definition).values(
            hash=process.hash,
            process=process.name,
            version=version,
            body=process.body,
            status=PUBLISHED,
            author="shipped",
            approver="shipped",
        )
    )
    return version
