"""Drafts of definitions: kept as text, saved under an optimistic lock, every save remembered with its author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from workflow.db import journal
from workflow.db.cases import Executor
from workflow.db.tables import account, draft, draft_save
from workflow.errors import AlurError
from workflow.events import stamp
from workflow.refusals import Refusal, RefusedError

DRAFT, IN_REVIEW, PUBLISHED = "draft", "in_review", "published"
#: Author of what comes with Alur.
SHIPPED = "shipped"
RETURNED = "definition_returned"
#: Drafts that a list holds, at most.
MAX_LISTED = 100


class DraftRefusedError(RefusedError):
    """A draft, or the life of a definition, is not changed."""

    code = "definition_refused"


class UnknownDraftError(AlurError):
    """There is no such draft."""

    code = "unknown_draft"


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A draft as it was saved last."""

    id: int
    process: str
    #: Hash of the version on top of which it was written; None where the process is new.
    base: str | None
    #: `draft`, `in_review` or `published`.
    status: str
    #: Counts saves from 1; what `If-Match` names.
    revision: int
    #: Of the content in review or published.
    hash: str | None
    submitted_by: str | None
    submitted_at: datetime | None
    #: Event of the journal by which it was sent back last.
    returned: int | None
    #: Name of the file → its text.
    files: Mapping[str, str]
    #: Account of the last save, as text.
    saved_by: str
    saved_at: datetime
    #: Accounts that saved it, as text; none of them may publish it.
    authors: tuple[str, ...]


def open_draft(
    db: Executor, process: str, files: Mapping[str, str], author: str, now: datetime, *, base: str | None
) -> Draft:
    """Keep a new draft, sound or not."""
    id_ = db.execute(insert(draft).values(process=process, base=base).returning(draft.c.id)).scalar_one()
    _keep(db, id_, 1, files, author, now)
    return get(db, id_)


def get(db: Executor, id_: int, *, lock: bool = False) -> Draft:
    """The draft `id_`, locked until the transaction ends when asked; raises `UnknownDraftError`."""
    query = select(draft).where(draft.c.id == id_)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownDraftError(f"There is no draft {id_}.")
    return _whole(db, row)


def open_ones(db: Executor, process: str | None = None) -> Sequence[Draft]:
    """Drafts of a process, or of all, that are not published, the newest first."""
    query = select(draft).where(draft.c.status != PUBLISHED)
    if process is not None:
        query = query.where(draft.c.process == process)
    return [_whole(db, row) for row in db.execute(query.order_by(draft.c.id.desc()).limit(MAX_LISTED)).all()]


def in_review(db: Executor, process: str) -> Sequence[Draft]:
    """Drafts of `process` that wait for review, the one submitted first at the front."""
    query = select(draft).where(draft.c.process == process, draft.c.status == IN_REVIEW)
    return [_whole(db, row) for row in db.execute(query.order_by(draft.c.submitted_at, draft.c.id)).all()]


def waiting(db: Executor, process: str, id_: int | None = None) -> Draft:
    """The draft of `process` that waits for review: the only one, or `id_`.

    Where several wait, nobody publishes one that they did not name: it may not be the one that was read. Raises
    `DraftRefusedError`: `no_draft_in_review`, `several_drafts`.
    """
    found = [d for d in in_review(db, process) if id_ in (None, d.id)]
    if not found:
        raise DraftRefusedError(Refusal("no_draft_in_review", {"process": process}))
    if len(found) > 1:
        raise DraftRefusedError(Refusal("several_drafts", {"process": process, "drafts": [str(d.id) for d in found]}))
    return found[0]


def save(
    db: Executor,
    id_: int,
    files: Mapping[str, str],
    seen: int | None,
    author: str,
    now: datetime,
    *,
    base: str | None = None,
) -> Draft:
    """Save new texts over the revision `seen` (None: whatever it is); the author is one of its authors from then on.

    `base` names the version that the author has taken into account meanwhile. Raises `DraftRefusedError`:
    `stale_draft`, `draft_in_review`, `draft_published`.
    """
    found = require(get(db, id_, lock=True), DRAFT)
    require_revision(db, found, seen)
    values: dict[str, Any] = {"revision": found.revision + 1} | ({"base": base} if base else {})
    db.execute(update(draft).where(draft.c.id == id_).values(**values))
    _keep(db, id_, found.revision + 1, files, author, now)
    return get(db, id_)


def send_back(db: Executor, id_: int, said: str, reviewer: str, now: datetime) -> Draft:
    """Let the authors go on with a draft in review; `said` is why. Raises `DraftRefusedError`."""
    found = require(get(db, id_, lock=True), IN_REVIEW)
    body = {"draft": id_, "process": found.process, "hash": found.hash, "revision": found.revision}
    seq = journal.record_said(db, actor=reviewer, type=RETURNED, body=body, said=said, at=now)
    values = {"status": DRAFT, "hash": None, "submitted_by": None, "submitted_at": None, "returned": seq}
    db.execute(update(draft).where(draft.c.id == id_).values(**values))
    return get(db, id_)


def require(found: Draft, status: str) -> Draft:
    """`found`, when it is in `status`; raises `DraftRefusedError`."""
    if found.status != status:
        code = {DRAFT: "draft_not_in_review", IN_REVIEW: "draft_in_review", PUBLISHED: "draft_published"}[found.status]
        raise DraftRefusedError(Refusal(code, {"draft": found.id}))
    return found


def require_revision(db: Executor, found: Draft, seen: int | None) -> None:
    """Raise `DraftRefusedError` (`stale_draft`, with who saved when) unless `found` is still what was seen."""
    if seen is not None and seen != found.revision:
        details = {"by": _name(db, found.saved_by), "at": stamp(found.saved_at), "revision": found.revision}
        raise DraftRefusedError(Refusal("stale_draft", details))


def _keep(db: Executor, id_: int, revision: int, files: Mapping[str, str], author: str, now: datetime) -> None:
    db.execute(insert(draft_save).values(draft=id_, revision=revision, author=author, at=now, files=dict(files)))


def _whole(db: Executor, row: Row[Any]) -> Draft:
    saves = draft_save.c
    last = db.execute(select(draft_save).where(saves.draft == row.id, saves.revision == row.revision)).one()
    first = func.min(saves.revision)
    query = select(saves.author).where(saves.draft == row.id).group_by(saves.author).order_by(first)
    return Draft(
        **row._mapping,
        files=last.files,
        saved_by=last.author,
        saved_at=last.at,
        authors=tuple(db.execute(query).scalars()),
    )


def _name(db: Executor, who: str) -> str:
    """Name by which an account signs in; who is no account keeps its name."""
    if not who.isdecimal():
        return who
    return str(db.execute(select(account.c.name).where(account.c.id == int(who))).scalar() or who)
