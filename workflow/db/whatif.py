"""Past cases led through a draft, page by page; memory does not grow with them, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, and_, select

from workflow.case import Case
from workflow.db import histories
from workflow.db.cases import stored
from workflow.db.library import Library
from workflow.db.material import place
from workflow.db.tables import case_, case_data, event, person_key
from workflow.definition.process import Process
from workflow.events import Event
from workflow.rulebook import Rulebook
from workflow.vault import Vault
from workflow.whatif.acts import acts_of
from workflow.whatif.compare import Outcome, compare, lived, untold
from workflow.whatif.walk import Content, Unknown, walk

#: Cases read at once.
PAGE = 250
#: No zone is further ahead: what began on a day anywhere began no earlier than this before the day in UTC.
_AHEAD = timedelta(hours=14)


@dataclass(slots=True)
class _Run:
    db: Connection
    library: Library
    vault: Vault
    draft: Process
    now: datetime
    #: Definitions by hash → whether form and documents are those of the draft.
    alike: dict[str, bool] = field(default_factory=dict)


def whatif(
    db: Connection,
    library: Library,
    vault: Vault,
    draft: Process,
    since: date,
    now: datetime,
    told: Callable[[int], None] | None = None,
) -> Iterator[Outcome]:
    """What `draft` would have made of each case of its process that was submitted on `since` or later, by case.

    Days are those of the office. `told` hears how many cases were read. A calendar counts as it is known now.
    """
    library.add(draft)
    library.keep_time(db, [(draft.hash, office) for office in library.offices])
    run = _Run(db, library, vault, draft, now)
    for page in _pages(run, since):
        yield from _page(run, page, since)
        if told is not None:
            told(len(page))


def count(db: Connection, draft: Process, since: date) -> int:
    """About how many cases `whatif` reads."""
    return len(db.execute(_chosen(draft, since).with_only_columns(case_.c.id)).all())


def _chosen(draft: Process, since: date) -> Any:
    earliest = datetime.combine(since, time.min, UTC) - _AHEAD
    first = and_(event.c.case_id == case_.c.id, event.c.seq == 1, event.c.at >= earliest)
    return select(case_).join(event, first).where(case_.c.process == draft.name)


def _pages(run: _Run, since: date) -> Iterator[Sequence[tuple[Case, int]]]:
    after = 0
    while True:
        query = _chosen(run.draft, since).where(case_.c.id > after).order_by(case_.c.id).limit(PAGE)
        found = [stored(dict(row)) for row in run.db.execute(query).mappings()]
        if found:
            yield [(s.case, s.person) for s in found]
            after = found[-1].case.id
        if len(found) < PAGE:
            return


def _page(run: _Run, page: Sequence[tuple[Case, int]], since: date) -> Iterator[Outcome]:
    cases = {case.id: case for case, _ in page}
    stream = histories.stream(run.db, page[0][0].id - 1, page[-1][0].id, lambda _: None)
    past = {id_: list(events) for id_, events in groupby(stream, key=attrgetter("case")) if id_ in cases}
    wanted = [id_ for id_, events in past.items() if _needs_data(run, cases[id_], events)]
    data = _data(run, wanted)
    for id_, events in past.items():
        case = cases[id_]
        if events[0].at.astimezone(run.library.offices[case.office].zone).date() >= since:
            yield _outcome(run, case, events, data.get(id_, {}))


def _outcome(run: _Run, case: Case, events: Sequence[Event], data: Mapping[int, Mapping[str, Any]]) -> Outcome:
    books = run.library.look_up(run.db, case.office)
    start = Case(case.id, case.process, case.definition, case.office, case.owner)
    old, was = lived(books, start, events)
    new = books(run.draft.hash)
    content = Content(data=data, as_accepted=_alike(run, events[0].body["definition"]))
    try:
        would = walk(new, start._replace(definition=run.draft.hash), acts_of(events), content, run.now)
    except Unknown as unknown:
        return untold(case.id, unknown.code)
    assert old is not None
    return compare(_kept(run, old, case), was, new, would, run.now)


def _kept(run: _Run, book: Rulebook, case: Case) -> Rulebook:
    """The rules with a calendar, which folding does not need and promises do."""
    run.library.keep_time(run.db, [(book.process.hash, case.office)])
    return run.library.book(book.process.hash, case.office)


def _needs_data(run: _Run, case: Case, events: Sequence[Event]) -> bool:
    reads = run.library.book(run.draft.hash, case.office).reads_data
    return bool(reads) or not _alike(run, events[0].body["definition"])


def _alike(run: _Run, hash_: str) -> bool:
    known = run.alike.get(hash_)
    if known is None:
        body = run.library.process(run.db, hash_).body
        known = run.alike[hash_] = _asked(body) == _asked(run.draft.body)
    return known


def _asked(body: Mapping[str, Any]) -> tuple[Any, Any]:
    """What a definition asks a person for."""
    return body.get("form"), body.get("process", {}).get("documents")


def _data(run: _Run, ids: Sequence[int]) -> dict[int, dict[int, Mapping[str, Any]]]:
    """Data by case and version, where it was not erased."""
    out: dict[int, dict[int, Mapping[str, Any]]] = {}
    query = (
        select(case_data.c.case_id, case_data.c.version, case_data.c.cipher, person_key.c.wrapped)
        .join(case_, case_.c.id == case_data.c.case_id)
        .join(person_key, person_key.c.id == case_.c.person)
        .where(case_data.c.case_id.in_(ids), case_data.c.kind == "data")
        .where(case_data.c.cipher.is_not(None), person_key.c.wrapped.is_not(None))
    )
    for row in run.db.execute(query) if ids else ():
        opened = run.vault.person(row.wrapped).open_json(row.cipher, place(row.case_id, row.version))
        out.setdefault(row.case_id, {})[row.version] = opened["data"]
    return out
