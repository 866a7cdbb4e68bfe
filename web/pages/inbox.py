"""An officer's queue: what waits, overdue first; searched, pulled, and done in bulk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import times, tones
from web.pages.answers import go, new_key, require_person, shown
from web.pages.bulk import MAX_BULK, secret_kind
from web.pages.handing import priority_words
from web.pages.words import _, local
from web.services import definitions, inbox, pulling, refusals
from web.services import tasks as holding
from web.services.inbox import Filter, Row
from web.services.sight import see
from workflow.db.cases import UnknownCaseError
from workflow.db.inbox import COUNT_CAP
from workflow.definition.process import Process

pages = Blueprint("inbox", __name__)
pages.before_request(require_person)

PAGE = 50
#: Cases that are shown where a search finds no task.
MAX_FOUND = 20


@pages.get("/inbox")
def tasks() -> Response:
    """One page of the queue."""
    person = here.signed_in()
    if not person.is_staff:
        raise WebError("forbidden")
    known = {p.name: p for p in definitions.known()}
    asked = _asked()
    queues = _queues(asked, known)
    asked = replace(asked, role=asked.role or queues[0].role)
    found = inbox.page(asked, after=request.args.get("after"), limit=PAGE)
    bulk = _bulk(found.tasks) if asked.role else None
    return shown(
        "staff/inbox.html",
        rows=[_row(r) for r in found.tasks],
        total=_capped(found.total),
        overdue=found.overdue,
        overdue_words=_capped(found.overdue),
        tabs=_tabs(asked, queues),
        offices=[(o, local(here.ports().library.offices[o].title)) for o in _offices()],
        asked=asked,
        filtered=bool(asked.q or asked.mine or asked.office),
        next_url=url_for("inbox.tasks", **_query(asked), after=found.next) if found.next else "",
        poll=request.full_path.rstrip("?"),
        bulk=bulk,
        every=_every(found) if bulk else 0,
        secret_kind=next(filter(None, (secret_kind(b["do"]) for b in bulk)), None) if bulk else None,
        may_assist=any(p.submit_assisted for p in known.values()) and _is_office_staff(known),
        others=_others(asked) if asked.q and not found.tasks else [],
        key=new_key(),
    )


@pages.post("/inbox/next")
def pull() -> Response:
    """Claim the first free task of the queue and open it."""
    asked = Filter(role=request.form.get("role", ""), office=request.form.get("office", ""))
    try:
        task = pulling.pull(asked)
    except WebError as error:
        return go(url_for("inbox.tasks", **_query(asked)), error.problem.sentence(language()), "act")
    commit()
    return go(url_for("case.show", case=holding.parse_id(task.id)[0]))


def _asked() -> Filter:
    args = request.args
    return Filter(
        role=args.get("role", ""),
        office=args.get("office", ""),
        q=args.get("q", "").strip(),
        mine=args.get("mine") == "1",
    )


def _query(asked: Filter) -> dict[str, Any]:
    query = {"role": asked.role, "office": asked.office, "q": asked.q, "mine": "1" if asked.mine else ""}
    return {name: value for name, value in query.items() if value}


@dataclass(frozen=True, kw_only=True, slots=True)
class Queue:
    #: Role whose tasks it holds; empty for all queues together.
    role: str
    title: str
    #: Tasks that wait, counted up to a limit.
    waiting: int


def _queues(asked: Filter, known: Mapping[str, Process]) -> list[Queue]:
    """Every queue of the person, and before them all together unless there is just one."""
    by_role: dict[str, int] = {}
    for (role, office), n in inbox.counts().items():
        if asked.office in ("", office):
            by_role[role] = by_role.get(role, 0) + n
    titles = {role.name: local(role.title) for p in known.values() for role in p.roles.values()}
    queues = [
        Queue(role=role, title=titles[role], waiting=n)
        for role, n in by_role.items()
        if role in titles and (n or _has_tasks(role, known))
    ]
    if len(queues) != 1:
        queues.insert(0, Queue(role="", title=_("Semua"), waiting=sum(q.waiting for q in queues)))
    return queues


def _tabs(asked: Filter, queues: list[Queue]) -> list[dict[str, Any]]:
    return [
        {
            "title": queue.title,
            "n": _capped(queue.waiting),
            "url": url_for("inbox.tasks", role=queue.role or None, office=asked.office or None),
            "current": queue.role == asked.role,
        }
        for queue in queues
    ]


def _has_tasks(role: str, known: Mapping[str, Process]) -> bool:
    return any(s.task and s.task.role == role for p in known.values() for s in p.states.values())


def _offices() -> tuple[str, ...]:
    return here.signed_in().offices(here.ports().library.offices)


def _is_office_staff(known: Mapping[str, Process]) -> bool:
    staff = {r.name for p in known.values() for r in p.roles.values() if not r.party}
    return any(role in staff for role, _office in here.signed_in().memberships)


def _row(row: Row) -> dict[str, Any]:
    zone = here.ports().library.offices[row.office].zone
    now = here.ports().clock()
    held = row.holder is not None and (row.until is None or row.until > now)
    return {
        "id": row.id,
        "case": row.case,
        "state": local(row.state_title),
        "tone": tones.tone(definitions.pinned(row.definition), row.state),
        "office": local(row.office_title),
        "due": row.due and times.due(row.due, now, zone),
        "arrived": times.moment(row.arrived, zone),
        "holder": local(row.holder) if held else "",
        "deputy_of": local(row.deputy_of) if held and row.deputy_of else "",
        "priority": "" if row.priority == "normal" else priority_words(row.priority),
        "urgent": row.priority == "urgent",
        "mine": row.mine and held,
        "free": not held,
        "bulk": row.bulk,
        "incident": row.incident,
    }


def _bulk(rows: Any) -> list[dict[str, str]]:
    """Transitions that may be done for many of these rows at once."""
    states = {(r.definition, r.state) for r in rows if r.bulk}
    found: dict[str, str] = {}
    for hash_, state in sorted(states):
        spec = definitions.pinned(hash_)
        role = spec.states[state].task
        for move in spec.moves_from(state):
            if role and move.by == role.role and not move.input:
                found[move.name] = local(move.title)
    return [{"do": do, "title": title} for do, title in found.items()]


def _every(found: inbox.Page) -> int:
    """How many tasks one bulk request takes beyond those of this page; 0 where this page has all of them."""
    return min(found.total, MAX_BULK) if found.next or request.args.get("after") else 0


def _others(asked: Filter) -> list[dict[str, Any]]:
    """Cases that a search finds although nothing waits there: drafts, and those that are done."""
    out = []
    for case in inbox.cases_named(asked.q)[:MAX_FOUND]:
        try:
            found = see(case)
        except (UnknownCaseError, WebError):
            continue
        state = found.case.state
        title = local(refusals.state_title(found, state))
        out.append({"case": case, "state": title, "tone": tones.tone(found.process, state)})
    return out


def _capped(n: int) -> str:
    return f"{COUNT_CAP - 1}+" if n >= COUNT_CAP else str(n)
