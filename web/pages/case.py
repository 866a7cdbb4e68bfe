"""One case, one address: what it shows depends on who looks and where the case is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web.database import commit
from web.language import language
from web.pages import fields, officer, times
from web.pages.answers import require_person, shown
from web.pages.frame import Link
from web.pages.glance import glance, gone, stamp
from web.pages.journey import stages
from web.pages.sheets import parts, places, saved_words
from web.pages.words import _, local
from web.services import actions, cases, corrections, history, notices, waiting
from web.services.actions import Action
from web.services.history import Entry
from web.services.sight import Seen, see
from web.services.views import CaseView
from workflow.case import DRAFT

pages = Blueprint("case", __name__)
pages.before_request(require_person)

#: Events that tell an applicant something.
TOLD = ("submitted", "moved", "data_erased")


@pages.get("/cases/<int:case>")
def show(case: int) -> Response:
    """The case as it concerns the person: fill in, follow, or work on it."""
    found = see(case)
    if found.is_staff and not found.is_owner and found.case.state != DRAFT:
        return officer.page(found)
    view = cases.show(found)
    if view.editable:
        return _overview(found, view)
    return _status(found, view)


@pages.get("/cases/<int:case>/fill")
def fill(case: int) -> Response:
    """The task list, also for an officer who fills in for the person."""
    found = see(case)
    view = cases.show(found)
    if not view.editable:
        return redirect(url_for("case.show", case=case), code=303)
    return _overview(found, view)


def _overview(found: Seen, view: CaseView) -> Response:
    mend = corrections.correction(found)
    listed = parts(found, view, mend)
    done = sum(1 for p in listed if p.done)
    return shown(
        "mine/overview.html",
        c=glance(found, view),
        title=_("Perbaiki permohonan") if mend else local(view.process_title),
        saved=saved_words(found, view.saved_at),
        parts=listed,
        done=done,
        ready=done == len(listed),
        mend=mend and _mend(found, view, mend),
        moves=_links(found),
    )


def _mend(found: Seen, view: CaseView, mend: corrections.Correction) -> dict[str, Any]:
    return {
        "reason": mend.reason,
        "items": places(found, sorted(mend.marked), mend=True),
        "until": view.deadline and times.moment(view.deadline, found.zone),
    }


def _status(found: Seen, view: CaseView) -> Response:
    slow = waiting.slow(found)
    busy = view.step is not None and not view.step.failed
    told = _told(found)
    news = [n for n in notices.notices(limit=50) if n.case == view.id][:5] if found.is_owner else []
    for notice in news:
        if notice.read_at is None:
            notices.mark_read(notice.id)
    commit()
    return shown(
        "mine/status.html",
        c=glance(found, view),
        gone=gone(found, view),
        live=url_for("case.show", case=view.id) if busy or waiting.commands(found) else "",
        waiting=slow,
        reason=_reason(view),
        clock=_clock(found, view),
        stages=stages(found.process, view.state),
        history=told,
        links=_links(found),
        notices=[{"subject": local(n.subject), **_when(found, n.at)} for n in news],
        rows=_rows(found, view),
    )


def _told(found: Seen) -> list[dict[str, Any]]:
    entries = [e for e in history.history(found).entries if e.type in TOLD]
    return [{"words": _entry_words(e), "who": local(e.who), **_when(found, e.at)} for e in reversed(entries)]


def _entry_words(entry: Entry) -> str:
    if entry.type == "submitted":
        return _("Diajukan")
    if entry.type == "data_erased":
        return _("Data pribadi dihapus")
    return local(entry.to_title)


def _when(found: Seen, at: Any) -> dict[str, str]:
    made = stamp(at, found)
    return {"at": made.at, "iso": made.iso}


def _reason(view: CaseView) -> str:
    return str(view.note.inputs.get("reason", "")) if view.note and view.final else ""


def _clock(found: Seen, view: CaseView) -> dict[str, str] | None:
    """The first promise, in words: what is left, or that it was kept or not."""
    if not view.clocks:
        return None
    clock = view.clocks[0]
    if clock.stopped is not None:
        words = _("tidak ditepati, mohon maaf") if clock.breached else _("ditepati")
    elif clock.paused_at is not None:
        words = _("berhenti sementara menunggu Anda")
    elif clock.due is not None:
        chip = times.due(clock.due, found.now, found.zone)
        words = f"{chip.words} ({chip.exactly})"
    else:
        return None
    return {"title": local(clock.title), "words": words}


def _links(found: Seen) -> list[Link]:
    """What the party may do now besides filling in."""
    return [
        Link(url=url_for("moves.confirm", case=found.case.id, do=a.do), words=local(a.title))
        for a in actions.actions(found)
        if a.allowed and _is_extra(found, a)
    ]


def _is_extra(found: Seen, action: Action) -> bool:
    transition = found.process.transitions.get(action.do)
    if transition is None or transition.by != found.book.party or found.book.submits(transition):
        return False
    return found.case.state in transition.sources


def _rows(found: Seen, view: CaseView) -> list[dict[str, Any]]:
    data = view.data or {}
    return [
        {"title": local(f.title), "words": fields.words(f, data.get(f.name), language()), "mark": False}
        for section in fields.sections(found.process)
        for f in section.fields
    ]
