"""Who looked at the personal data of a case: for auditors, and for the party itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from web.database import session
from web.errors import WebError
from web.person import AUDITOR
from web.services.names import names_of
from web.services.sight import MAX_ID, see
from workflow.db.tables import access_log
from workflow.definition.process import Text

MAX_PAGE = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessView:
    id: int
    who: Text
    #: `data`, `input`, `document/KIND`, `card`, `print`, `dossier`, `search` or `bundle`.
    what: str
    at: datetime


def accesses(case: int, *, before: int | None = None, limit: int = MAX_PAGE) -> Sequence[AccessView]:
    """Looks at the data of `case`, the newest first, below the number `before`; raises `WebError` (`forbidden`,
    `unknown_case`, `bad_cursor`)."""
    found = see(case)
    if not found.is_owner and AUDITOR not in found.actor.roles:
        raise WebError("forbidden")
    if before is not None and not 0 < before <= MAX_ID:
        raise WebError("bad_cursor")
    query = select(access_log).where(access_log.c.case_id == case)
    query = query.where(access_log.c.id < before) if before else query
    rows = session().execute(query.order_by(access_log.c.id.desc()).limit(max(1, min(limit, MAX_PAGE)))).all()
    names = names_of(str(row.account) for row in rows)
    return [AccessView(id=r.id, who=names[str(r.account)], what=r.what, at=r.at) for r in rows]
