"""Breaking the glass: one case in an emergency, for an hour, with a reason; and the review that must follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from web import here
from web.database import session
from web.errors import ProblemError, WebError
from web.person import AUDITOR, SUPERVISOR
from web.services import access, refusals
from web.services.names import names_of
from web.services.sight import MAX_ID, Seen, see
from web.services.tasks import reason_of
from workflow.case import Case
from workflow.db import cases, history
from workflow.db import glass as store
from workflow.db.tables import case_, glass
from workflow.db.tasks import TaskRefusedError
from workflow.definition.process import Text
from workflow.refusals import Refusal

#: Reviews that a list holds, at most.
MAX_LISTED = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewView:
    """A broken glass and its review."""

    id: int
    case: int
    #: Who broke it.
    by: Text
    role: str
    role_title: Text
    #: What was said; only those who may review read it.
    reason: str
    at: datetime
    until: datetime
    #: When the review is due.
    review_by: datetime
    overdue: bool
    #: None while nobody reviewed it.
    verdict: str | None
    reviewer: Text | None
    reviewed_at: datetime | None
    #: The person who looks broke it, so somebody else must review it.
    mine: bool


def break_(case: int, role: str, reason: str) -> int:
    """Open a case for an hour in `role`; the number of the broken glass.

    Raises `WebError` (`forbidden` for those who are no staff, `reason_missing`, `unknown_case`) and refusals.
    """
    person, now = here.signed_in(), here.ports().clock()
    if not person.own:
        raise WebError("forbidden")
    said = reason_of(reason)
    if not 0 < case <= MAX_ID or "\0" in role:
        raise WebError("unknown_case")
    id_ = store.open_eyes(session(), case, person.account, role, now)
    found = see(case, lock=True)
    _kept(found, lambda digest: _break(found, id_, role, digest), said)
    return id_


def review(id_: int, verdict: str, remark: str) -> None:
    """Say whether a broken glass was justified; raises refusals, `unknown_review` and `reason_missing`."""
    person = here.signed_in()
    row = session().execute(select(glass).where(glass.c.id == id_)).one_or_none() if 0 < id_ <= MAX_ID else None
    if row is None or verdict not in store.VERDICTS:
        raise WebError("unknown_review")
    found = see(row.case_id, lock=True)
    if row.account == person.account:
        raise ProblemError(refusals.told(Refusal("own_glass"), found))
    _kept(found, lambda digest: _review(found, id_, verdict, digest), reason_of(remark))


def reviews(*, done: bool = False) -> Sequence[ReviewView]:
    """Broken glass at the offices that the person watches over: what waits for a review, the first due first; or what
    was reviewed, the last first. Raises `forbidden`."""
    person, now = here.signed_in(), here.ports().clock()
    watched = [o for o in here.ports().library.offices if person.roles_at(o) & {SUPERVISOR, AUDITOR}]
    if not watched:
        raise WebError("forbidden")
    query = select(glass).join(case_, case_.c.id == glass.c.case_id).where(case_.c.office.in_(watched))
    if done:
        query = query.where(glass.c.verdict.is_not(None)).order_by(glass.c.reviewed_at.desc())
    else:
        query = query.where(glass.c.verdict.is_(None)).order_by(glass.c.review_by, glass.c.id)
    found = session().execute(query.limit(MAX_LISTED)).all()
    names = names_of(str(a) for row in found for a in (row.account, row.reviewer) if a)
    return [_view(row, names, person.account, now) for row in found]


def _view(row: Row[Any], names: Any, me: int, now: datetime) -> ReviewView:
    found = see(row.case_id)
    return ReviewView(
        id=row.id,
        case=row.case_id,
        by=names[str(row.account)],
        role=row.role,
        role_title=refusals.role_title(found, row.role),
        reason=_reason(found, row.id),
        at=row.at,
        until=row.until_at,
        review_by=row.review_by,
        overdue=row.verdict is None and row.review_by <= now,
        verdict=row.verdict,
        reviewer=names[str(row.reviewer)] if row.reviewer else None,
        reviewed_at=row.reviewed_at,
        mine=row.account == me,
    )


def _reason(found: Seen, id_: int) -> str:
    event = history.last_event(session(), found.case.id, "glass_broken", body={"glass": id_})
    if event is None:
        return ""
    given = history.read_input(session(), here.ports().vault, found.found, event.body["input"])
    if given:
        access.note(found, "input")
    return str(given.get("reason", ""))


def _kept(found: Seen, what: Any, said: str) -> None:
    """Do it with the digest of what was said, or tell the refusal."""
    digest = cases.seal_input(session(), here.ports().vault, found.found, {"reason": said})
    try:
        what(digest)
    except TaskRefusedError as error:
        raise ProblemError(refusals.told(error.refusal, found)) from None


def _break(found: Seen, id_: int, role: str, digest: str) -> Case:
    return store.break_(session(), found.book, found.found, id_, role, found.actor, found.now, reason=digest)


def _review(found: Seen, id_: int, verdict: str, digest: str) -> Case:
    return store.review(session(), found.book, found.found, id_, verdict, found.actor, found.now, remark=digest)
