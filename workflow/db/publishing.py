"""The life of a definition: submitted for review, published by somebody who did not write it, retired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from workflow.db import drafts, journal, staff
from workflow.db.cases import Executor
from workflow.db.drafts import DRAFT, IN_REVIEW, SHIPPED, Draft, DraftRefusedError
from workflow.db.tables import definition, definition_text, draft
from workflow.db.tables import journal as journal_table
from workflow.db.versions import PUBLISHED, RETIRED, Version, find, newest, versions
from workflow.definition.draft import check_files, require_sound
from workflow.definition.errors import DefinitionError
from workflow.definition.offices import Office
from workflow.definition.process import Process
from workflow.errors import UnknownDefinitionError
from workflow.refusals import Refusal

#: Any number; whoever changes the life of a definition holds this lock until its transaction ends.
_LOCK = 4130
#: Types of events in the journal.
SUBMITTED, ISSUED, GONE = "definition_submitted", "definition_published", "definition_retired"
OFFERED = "definition_offered"
Files = Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What became of a draft."""

    draft: Draft
    #: The version that has its content: the new one, or one that was there already. None: it waits for its review.
    version: Version | None
    #: The content had been published before, so nothing changed.
    known: bool = False


def submit(db: Executor, id_: int, seen: int | None, actor: str, now: datetime) -> Settled:
    """Freeze a draft for its review; content that is published already is told, and the draft stays open.

    Raises DefinitionError with all problems, and `DraftRefusedError`: `stale_draft`, `draft_in_review`,
    `draft_published`, `draft_outdated`.
    """
    take_turns(db)
    found = drafts.require(drafts.get(db, id_, lock=True), DRAFT)
    drafts.require_revision(db, found, seen)
    process = _sound(found)
    if there := find(db, process.hash):
        return Settled(draft=found, version=there, known=True)
    _require_base(db, found)
    values = {"status": IN_REVIEW, "hash": process.hash, "submitted_by": actor, "submitted_at": now}
    db.execute(update(draft).where(draft.c.id == id_).values(**values))
    body = {"draft": id_, "process": process.name, "hash": process.hash, "revision": found.revision}
    journal.record(db, actor=actor, type=SUBMITTED, body=body, at=now)
    return Settled(draft=drafts.get(db, id_), version=None)


def publish(db: Executor, offices: Mapping[str, Office], id_: int, approver: str, now: datetime) -> Settled:
    """Publish a draft in review as the next version; new cases use it once the transaction ends.

    Raises DefinitionError, and `DraftRefusedError`: `draft_not_in_review`, `draft_published`, `definition_four_eyes`,
    `draft_outdated`, `staff_unmet`.
    """
    take_turns(db)
    found = drafts.require(drafts.get(db, id_, lock=True), IN_REVIEW)
    if approver in found.authors:
        raise DraftRefusedError(Refusal("definition_four_eyes", {"draft": id_, "process": found.process}))
    process = _sound(found)
    there = find(db, process.hash)
    if there is None:
        _require_base(db, found)
        staff.require_met(db, process, offices)
        there = _add(db, process, found.authors, approver, now, files=found.files, draft=id_)
        _close(db, id_)
        return Settled(draft=drafts.get(db, id_), version=there)
    _close(db, id_)
    return Settled(draft=drafts.get(db, id_), version=there, known=True)


def retire(
    db: Executor, process: str, version: int | None, actor: str, now: datetime, *, said: str | None = None
) -> Sequence[Version]:
    """Open no new cases of a version any more, or of the whole process when `version` is None; running cases go on.

    The versions that this retired; none when they were retired before. Raises `UnknownDefinitionError`, and
    `DraftRefusedError` (`unknown_version`).
    """
    take_turns(db)
    c = definition.c
    known = {v.version: v.status for v in versions(db, process)}
    if not known:
        raise UnknownDefinitionError(f"There is no process named {process}.")
    if version is not None and version not in known:
        raise DraftRefusedError(Refusal("unknown_version", {"process": process, "version": version}))
    chosen = [v for v in sorted(known) if known[v] == PUBLISHED and version in (None, v)]
    rows = update(definition).where(c.process == process, c.version.in_(chosen)).values(status=RETIRED)
    hashes = db.execute(rows.returning(c.hash, c.version)).all()
    for hash_, number in sorted(hashes, key=lambda row: row.version):
        body = {"process": process, "version": number, "hash": hash_}
        journal.record_said(db, actor=actor, type=GONE, body=body, said=said, at=now)
    return [v for v in (find(db, h) for h, _ in hashes) if v is not None]


def publish_shipped(db: Executor, process: Process, now: datetime, files: Files | None = None) -> int | None:
    """Publish a definition that came with Alur; the version it got, or None when nothing was published.

    Where a supervisor published a version or retired the process, what ships is offered as a draft in review, once.
    Raises DefinitionError where a proof fails.
    """
    take_turns(db)
    if find(db, process.hash) is not None:
        if files:
            _keep_text(db, process.hash, files)
        return None
    require_sound(process)
    if _in_own_hands(db, process.name):
        _offer(db, process, files, now)
        return None
    return _add(db, process, (SHIPPED,), SHIPPED, now, files=files).version


def texts(db: Executor, hash_: str) -> Files | None:
    """The files from which a version was made, as they were written; None where they were not kept."""
    return db.execute(select(definition_text.c.files).where(definition_text.c.hash == hash_)).scalar()


def take_turns(db: Executor) -> None:
    """Let nobody else change the life of a definition until the transaction ends."""
    db.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _sound(found: Draft) -> Process:
    checked = check_files(found.process, found.files)
    if checked.process is None:
        raise DefinitionError(checked.problems)
    return checked.process


def _require_base(db: Executor, found: Draft) -> None:
    """What was published while the draft was written must have been taken into account."""
    now = newest(db, found.process)
    if now is not None and now.hash != found.base:
        details = {"process": found.process, "version": now.version, "hash": now.hash}
        raise DraftRefusedError(Refusal("draft_outdated", details))


def _add(
    db: Executor,
    process: Process,
    authors: Sequence[str],
    approver: str,
    now: datetime,
    *,
    files: Files | None,
    draft: int | None = None,
) -> Version:
    last = db.execute(select(func.max(definition.c.version)).where(definition.c.process == process.name)).scalar()
    row: dict[str, Any] = {"hash": process.hash, "process": process.name, "version": (last or 0) + 1}
    more = {"body": process.body, "status": PUBLISHED, "author": authors[-1], "approver": approver, "draft": draft}
    db.execute(insert(definition).values(**row, **more, created_at=now))
    if files:
        _keep_text(db, process.hash, files)
    body = {**row, "authors": list(authors)} | ({"draft": draft} if draft else {})
    journal.record(db, actor=approver, type=ISSUED, body=body, at=now)
    found = find(db, process.hash)
    assert found is not None
    return found


def _keep_text(db: Executor, hash_: str, files: Files) -> None:
    db.execute(upsert(definition_text).values(hash=hash_, files=dict(files)).on_conflict_do_nothing())


def _close(db: Executor, id_: int) -> None:
    db.execute(update(draft).where(draft.c.id == id_).values(status=drafts.PUBLISHED))


def _in_own_hands(db: Executor, process: str) -> bool:
    """True when persons decided about `process`: a version is theirs, or was retired."""
    c = definition.c
    theirs = (c.author != SHIPPED) | (c.approver != SHIPPED) | (c.status != PUBLISHED)
    return db.execute(select(c.hash).where(c.process == process, theirs).limit(1)).first() is not None


def _offer(db: Executor, process: Process, files: Files | None, now: datetime) -> None:
    c = journal_table.c
    offered = select(c.seq).where(c.type == OFFERED, c.body["hash"].astext == process.hash)
    if not files or db.execute(offered.limit(1)).first():
        return
    base = newest(db, process.name)
    made = drafts.open_draft(db, process.name, files, SHIPPED, now, base=base.hash if base else None)
    values = {"status": IN_REVIEW, "hash": process.hash, "submitted_by": SHIPPED, "submitted_at": now}
    db.execute(update(draft).where(draft.c.id == made.id).values(**values))
    body = {"draft": made.id, "process": process.name, "hash": process.hash}
    journal.record(db, actor=SHIPPED, type=OFFERED, body=body, at=now)
