"""Making reports from the events in the database: one row a case, read in a stream, nothing of it kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, select, text

from workflow.db import versions
from workflow.db.cases import Executor
from workflow.db.library import Library
from workflow.db.tables import account
from workflow.definition.process import Process
from workflow.refusals import Refusal
from workflow.reports import catalog
from workflow.reports.ground import Ground
from workflow.reports.journey import Happening, History
from workflow.reports.period import ReportRefusedError, read_period
from workflow.reports.report import Report
from workflow.rulebook import Rulebook

#: Cases that are fetched together.
_BATCH = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: Events without what no report reads: versions of data, digests, what guards saw.
_HISTORIES = text(
    """
    SELECT c.id, c.office, c.process, CAST(json_agg(json_build_array(
        e.seq, e.type, e.actor, (extract(epoch FROM e.at) * 1000000)::bigint,
        e.body - '{data,documents,complete,guards,input,checklist,step,fired,line,beside}'::text[])
        ORDER BY e.seq) AS text) AS told
    FROM case_ c JOIN event e ON e.case_id = c.id
    WHERE c.office IN :offices AND c.process IN :processes AND e.at < :until AND e.type IN :types
    GROUP BY c.id ORDER BY c.id
    """
).bindparams(*(bindparam(name, expanding=True) for name in ("offices", "processes", "types")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    #: Name of the report.
    name: str
    #: Offices that are counted together, at least one.
    offices: Sequence[str]
    #: First and last month, `2026-01`; None for the running month, or year.
    first: str | None = None
    last: str | None = None
    #: The only process that is counted; None counts all.
    process: str | None = None
    #: `section/row/column` of the number whose events are wanted.
    behind: str | None = None


def make(db: Executor, library: Library, asked: Asked, now: datetime) -> Report:
    """The report asked for, counted until `now` at most.

    Whoever asks sees what their database role sees. Raises ReportRefusedError: `unknown_report`, `bad_period`,
    `report_process`, `report_office`, `unknown_number`.
    """
    kind = catalog.kind_of(asked.name)
    offices = {name: library.offices[name] for name in asked.offices if name in library.offices}
    if not offices or len(offices) < len(set(asked.offices)):
        raise ReportRefusedError(Refusal("report_office", {}))
    zone = next(iter(offices.values())).zone
    newest = _newest(db, library)
    ground = Ground(
        offices=offices,
        newest=newest,
        period=read_period(asked.first, asked.last, now, zone, whole_year=kind.yearly),
        now=now,
        books=_books(db, library),
        watch=catalog.watched(asked.behind),
        officer=_officers(db),
    )
    if asked.process is not None and asked.process not in newest:
        raise ReportRefusedError(Refusal("report_process", {"process": asked.process}))
    processes = [n for n, p in newest.items() if kind.concerns(p) and asked.process in (None, n)]
    _learn(db, library, processes, offices)
    return catalog.make(kind, ground, histories(db, ground, processes, kind.types), asked.process)


def histories(db: Executor, ground: Ground, processes: Sequence[str], types: Sequence[str]) -> Iterator[History]:
    """Events of `types` of the cases of `processes` at the offices of `ground`, until each office's last moment."""
    if not processes:
        return
    until = {name: ground.until(name) for name in ground.offices}
    values: dict[str, Any] = {"offices": list(ground.offices), "processes": list(processes), "types": list(types)}
    values["until"] = max(until.values())
    for row in db.execute(_HISTORIES, values, execution_options={"yield_per": _BATCH}):
        # As text, since the driver's own reading of JSON takes three times as long.
        told = orjson.loads(row.told)
        events = [Happening(seq, type_, actor, _moment(at), body) for seq, type_, actor, at, body in told]
        counted = [event for event in events if event.at < until[row.office]]
        if counted:
            yield History(row.id, row.office, row.process, counted)


def _moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _newest(db: Executor, library: Library) -> Mapping[str, Process]:
    """The newest version of every process, retired or not."""
    hashes = {v.process: v.hash for v in versions.versions(db)}
    return {name: library.process(db, hash_) for name, hash_ in hashes.items()}


def _learn(db: Executor, library: Library, processes: Iterable[str], offices: Iterable[str]) -> None:
    """Know every definition that a case may pin, and the calendars as they are now, before the stream is opened."""
    hashes = [v.hash for name in processes for v in versions.versions(db, name)]
    for hash_ in hashes:
        library.process(db, hash_)
    library.keep_time(db, [(hash_, office) for hash_ in hashes for office in offices])


def _books(db: Executor, library: Library) -> Callable[[str, str], Rulebook]:
    """Rulebooks by hash and office, each looked up once a report."""
    known: dict[tuple[str, str], Rulebook] = {}

    def book(hash_: str, office: str) -> Rulebook:
        found = known.get((hash_, office))
        if found is None:
            library.process(db, hash_)
            found = known[(hash_, office)] = library.book(hash_, office)
        return found

    return book


def _officers(db: Executor) -> Callable[[str], str]:
    """Names of officers by account, as colleagues read them."""
    known: dict[str, str] = {}

    def name(who: str) -> str:
        if who not in known:
            query = select(account.c.title, account.c.name).where(account.c.id == int(who))
            row = db.execute(query).one_or_none()
            known[who] = (row.title or row.name) if row else who
        return known[who]

    return name
