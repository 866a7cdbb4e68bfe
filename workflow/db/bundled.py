"""Reading everything that an evidence bundle of a case holds, as of one moment of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from workflow.bundle import ledgers
from workflow.bundle.verdicts import definitions
from workflow.case import Case, Reading
from workflow.db import card_reports, cases, drawings, log
from workflow.db.card_reports import Reported
from workflow.db.cases import Stored
from workflow.db.history import read_events
from workflow.db.library import Library
from workflow.db.log import Proven
from workflow.db.snapshot import snapshot
from workflow.db.tables import calendar, card, case_data, definition, document
from workflow.definition.process import Process, Text
from workflow.errors import AlurError
from workflow.events import Event
from workflow.finding import Finding
from workflow.replay import check


class BundleRefusedError(AlurError):
    """There is nothing of the case that could be proven."""

    code = "bundle_refused"


@dataclass(frozen=True, kw_only=True)
class Material:
    """What is stored of one case."""

    found: Stored
    #: The whole history; it verifies.
    events: Sequence[Event]
    #: The last leaf of the case under the newest checkpoint; None where nothing of it is sealed.
    proven: Proven | None
    #: Definitions that the history names, by hash.
    processes: Mapping[str, Process]
    #: Bodies of definitions as they are stored, by hash.
    bodies: Mapping[str, Any]
    #: Published versions of the calendars by which the case is counted.
    calendars: Sequence[Row[Any]]
    clocks: Sequence[Mapping[str, Any]]
    #: Versions of data and inputs of which the history tells.
    versions: Sequence[Row[Any]]
    #: Documents by kind and digest, of which the history tells.
    documents: Mapping[tuple[str, str], Row[Any]]
    #: Drawings by digest; which of them inputs name, only their content tells.
    drawings: Mapping[str, Row[Any]]
    #: The register's row of the card; None without one.
    card: Row[Any] | None
    #: What a valid card is reported as.
    reported: Sequence[Reported]


def read_material(db: Connection, library: Library, id_: int, now: datetime) -> Material:
    """Everything about the case `id_`; raises `UnknownCaseError`, and `BundleRefusedError` for a case without a
    history or with one that does not verify."""
    with snapshot(db):
        found = cases.get(db, id_)
        events = read_events(db, id_)
        _require(check(library.look_up(db, found.case.office), found.case, events), events, id_)
        hashes = sorted(set(definitions(events)))
        sealed = log.latest(db)
        row = db.execute(select(card).where(card.c.case_id == id_)).one_or_none()
        return Material(
            found=found,
            events=events,
            proven=None if sealed is None else log.prove(db, id_, sealed),
            processes={hash_: library.process(db, hash_) for hash_ in hashes},
            bodies={row.hash: row.body for row in db.execute(select(definition).where(definition.c.hash.in_(hashes)))},
            calendars=_calendars(db, library, found.case, hashes),
            clocks=[_clock(db, library, found.case, events, name, now) for name in sorted(found.case.clocks)],
            versions=_versions(db, id_, events),
            documents=_documents(db, id_, events),
            drawings=_drawings(db, id_),
            card=row,
            reported=card_reports.reported(db, row.code) if row is not None else (),
        )


def told_documents(events: Sequence[Event]) -> Mapping[tuple[str, str], int]:
    """Kind and digest of each document of which the history tells, with the number of the first event that does."""
    found: dict[tuple[str, str], int] = {}
    for event in events:
        # An erasure tells of documents, too: how many they were.
        documents = event.body.get("documents")
        for kind, digest in sorted(documents.items()) if isinstance(documents, dict) else ():
            found.setdefault((kind, digest), event.seq)
    return found


def told_card(events: Sequence[Event]) -> tuple[int, Mapping[str, Any]] | None:
    """The last event that tells of a card's file, and what it says; a second signature makes another file."""
    for event in reversed(events):
        result = event.body.get("result")
        if isinstance(result, dict) and "sha256" in result and "card" in result:
            return event.seq, result
    return None


def _require(finding: Finding | None, events: Sequence[Event], id_: int) -> None:
    if finding is not None:
        raise BundleRefusedError(
            f"The history of case {id_} does not verify, so it proves nothing: {finding.sentence()} "
            f"`alur audit verify {id_}` tells what is sealed of it."
        )
    if not events:
        raise BundleRefusedError(f"Case {id_} was never submitted, so it has no history yet.")


def _clock(
    db: Connection, library: Library, case: Case, events: Sequence[Event], name: str, now: datetime
) -> Mapping[str, Any]:
    """One clock with its ledger, counted with the calendar that was known when it stopped, or now while it runs."""
    reading: Reading = case.clocks[name]
    library.keep_time(db, [(case.definition, case.office)])
    book = library.book_as_of(case.definition, case.office, reading.stopped or now)
    told = ledgers.told(book.time, book.process.clocks[name], reading, _stood(db, library, events))
    counted = library.calendar_of(case.definition, case.office) if told["working"] else None
    return {**told, "zone": book.zone.key, "calendar": counted}


def _stood(db: Connection, library: Library, events: Sequence[Event]) -> Iterator[tuple[datetime, Text]]:
    """When each state was entered, and what it was called then."""
    for event, hash_ in zip(events, definitions(events), strict=True):
        state = str(event.body.get("into") or event.body.get("to"))
        states = library.process(db, hash_).states
        if state in states:
            yield event.at, states[state].title


def _calendars(db: Connection, library: Library, case: Case, hashes: Sequence[str]) -> Sequence[Row[Any]]:
    names = {library.calendar_of(hash_, case.office) for hash_ in hashes if library.counts_office_time(hash_)}
    query = select(calendar).where(calendar.c.name.in_(names), calendar.c.published_at.is_not(None))
    return db.execute(query.order_by(calendar.c.name, calendar.c.version)).all()


def _versions(db: Connection, id_: int, events: Sequence[Event]) -> Sequence[Row[Any]]:
    told = {e.body["data"]["digest"] for e in events if "data" in e.body}
    told |= {e.body["input"] for e in events if "input" in e.body}
    query = select(case_data).where(case_data.c.case_id == id_, case_data.c.digest.in_(told))
    return db.execute(query.order_by(case_data.c.version)).all()


def _documents(db: Connection, id_: int, events: Sequence[Event]) -> Mapping[tuple[str, str], Row[Any]]:
    told = told_documents(events)
    found = {(row.kind, row.digest): row for row in db.execute(select(document).where(document.c.case_id == id_))}
    return {key: row for key, row in found.items() if key in told}


def _drawings(db: Connection, id_: int) -> Mapping[str, Row[Any]]:
    query = select(document).where(document.c.case_id == id_, document.c.kind == drawings.KIND)
    return {row.digest: row for row in db.execute(query)}
