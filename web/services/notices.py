"""Notices: what a person was told, with its places filled when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from web import here
from web.database import session
from web.errors import WebError
from web.services import cards, clocks, moments, notes, refusals
from web.services.sight import MAX_ID, Seen, seen
from workflow import lateness
from workflow.db.cases import stored
from workflow.db.history import definition_at
from workflow.db.tables import case_, event, notice
from workflow.definition.notices import format_notice
from workflow.definition.process import Process, Text
from workflow.house_notices import NOTICES, notice_of

MAX_PAGE = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeView:
    id: int
    case: int
    #: Name in the definition, such as `card_ready`.
    name: str
    subject: Text
    body: Text
    at: datetime
    #: When the person read it.
    read_at: datetime | None


def notices(*, before: int | None = None, limit: int = 20) -> Sequence[NoticeView]:
    """The signed-in person's notices, newest first; page on with `before`, the last id."""
    person = here.signed_in()
    query = (
        select(notice, case_, event.c.body["late"].as_integer().label("late"))
        .join(case_, case_.c.id == notice.c.case_id)
        .outerjoin(
            event,
            (event.c.case_id == notice.c.case_id) & (event.c.seq == notice.c.seq) & (event.c.type == "clock_reached"),
        )
        .where(notice.c.account == person.account)
        .order_by(notice.c.id.desc())
        .limit(max(1, min(limit, MAX_PAGE)))
    )
    if before is not None:
        if not 0 < before <= MAX_ID:
            raise WebError("bad_cursor")
        query = query.where(notice.c.id < before)
    found = session().execute(query).all()
    return tuple(_view(row, seen(stored({c.name: row._mapping[c] for c in case_.c}), person)) for row in found)


def unread() -> int:
    """How many notices the signed-in person has not read."""
    person = here.signed_in()
    query = select(func.count()).where(notice.c.account == person.account, notice.c.read_at.is_(None))
    return int(session().execute(query).scalar_one())


def mark_read(id_: int) -> None:
    """Note that the person has read a notice; raises `WebError` (`unknown_notice`)."""
    person = here.signed_in()
    if not 0 < id_ <= MAX_ID:
        raise WebError("unknown_notice")
    query = update(notice).where(notice.c.id == id_, notice.c.account == person.account)
    done = session().execute(query.values(read_at=func.coalesce(notice.c.read_at, func.now())).returning(notice.c.id))
    if done.first() is None:
        raise WebError("unknown_notice")


def _view(row: object, found: Seen) -> NoticeView:
    told = row._mapping  # type: ignore[attr-defined]
    name = told[notice.c.name]
    spec = notice_of(_process(found, name, told[notice.c.seq]), name)
    values = _values(found)
    return NoticeView(
        id=told[notice.c.id],
        case=found.case.id,
        name=name,
        subject={language: format_notice(text, values[language]) for language, text in spec.subject.items()},
        body={
            language: format_notice(text, values[language]) + _late(told["late"], language)
            for language, text in spec.body.items()
        },
        at=told[notice.c.at],
        read_at=told[notice.c.read_at],
    )


def _process(found: Seen, name: str, seq: int) -> Process:
    """The case's process; where that no longer knows the notice, the one that the case had when it was told."""
    if name in found.process.notices or name in NOTICES:
        return found.process
    return here.ports().library.process(session(), definition_at(session(), found.case, seq))


def _late(seconds: int | None, language: str) -> str:
    """A promise's notice that was sent long after it was due says so."""
    if seconds is None:
        return ""
    told = lateness.told(seconds)
    return f" ({told.get(language) or told['id']})"


def _values(found: Seen) -> Mapping[str, Mapping[str, str]]:
    card = cards.show(found)
    moment = clocks.deadline(found)
    state = refusals.state_title(found, found.case.state)
    common = {
        "name": found.person.called if found.is_owner else "",
        "case": str(found.case.id),
        "number": card.number if card else "",
        "link": f"{here.ports().public_url}/cases/{found.case.id}",
        "reason": notes.reason(found) if found.is_owner else "",
    }
    return {
        language: {
            **common,
            "process": found.process.title.get(language) or found.process.title["id"],
            "office": found.office.title.get(language) or found.office.title["id"],
            "state": state.get(language) or state["id"],
            "due": moments.told(moment, found.zone)[language] if moment else "",
        }
        for language in ("id", "en")
    }
