"""Checking the answers and giving them to the office, once; and the receipt."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web.errors import Problem, WebError
from web.language import language
from web.pages import fields, sheets, times
from web.pages.answers import go, key_sent, new_key, require_person, revision_sent, shown
from web.pages.journey import stages
from web.pages.settled import require_open
from web.pages.words import _, local
from web.services import actions, cases, corrections, outcomes, transitions
from web.services.actions import Action
from web.services.sight import Seen, see
from web.services.views import CaseView
from workflow.commands import SUBMIT

pages = Blueprint("submitting", __name__)
pages.before_request(require_person)

#: How long a page waits for the engine before it says that the application waits, in seconds.
PATIENCE = 6.0


@pages.get("/cases/<int:case>/check")
def check(case: int) -> Response:
    """All answers at a glance, each with its way to change it."""
    found = see(case)
    require_open(found)
    return _page(found, None, 200)


@pages.post("/cases/<int:case>/check")
def send(case: int) -> Response:
    """Submit, or submit again. Pressed twice it happens once."""
    key, revision = key_sent(), revision_sent()
    found = see(case)
    do = _move(found).do if found.book.editable(found.case.state) else SUBMIT
    outcome = transitions.perform(case, do, seconds=PATIENCE, revision=revision, key=f"check/{key}")
    if outcome.status == "refused" and outcome.problem is not None:
        found = see(case)
        require_open(found)
        return _page(found, outcome.problem, 409)
    return go(url_for("submitting.sent", case=case, command=outcome.command))


@pages.get("/cases/<int:case>/sent/<int:command>")
def sent(case: int, command: int) -> Response:
    """The receipt: number, what happens next and when; or why it was not taken."""
    found, outcome = see(case), outcomes.of_command(command)
    if outcome.case != case:
        raise WebError("unknown_command")
    view = cases.show(found, personal=False)
    settled = outcome.status != "pending"
    clock = next((c for c in view.clocks if c.due), None)
    return shown(
        "mine/sent.html",
        case=case,
        live="" if settled else request.path,
        refused=outcome.problem.sentence(language()) if outcome.problem else "",
        tone="ok" if settled else "work",
        head=_("Permohonan diajukan") if settled else _("Permohonan diterima dan menunggu"),
        says=_says(settled),
        office=local(view.office_title),
        promise=local(clock.title) if clock else "",
        due=clock and clock.due and times.moment(clock.due, found.zone),
        stages=stages(found.process, view.state),
    )


def _says(settled: bool) -> str:
    if settled:
        return _("Simpan nomor ini. Tidak perlu mengirim ulang.")
    return _("Permohonan Anda sudah tersimpan dan diproses begitu antrean bergerak. Tidak perlu mengirim ulang.")


def _move(found: Seen) -> Action:
    """The transition by which the party gives its working copy; raises `WebError` when there is none."""
    for action in actions.actions(found):
        transition = found.process.transitions.get(action.do)
        gives = transition and found.book.submits(transition) and found.case.state in transition.sources
        if action.do == SUBMIT or gives:
            return action
    raise WebError("not_found")


def _page(found: Seen, problem: Problem | None, status: int) -> Response:
    view = cases.show(found)
    mend = corrections.correction(found)
    move = _move(found)
    problem = problem or (move.problem if not move.allowed else None)
    return shown(
        "mine/check.html",
        status,
        case=view.id,
        office=local(view.office_title),
        sections=_sections(found, view, mend),
        papers=_papers(view, mend),
        refused=problem and _refused(found, problem),
        errors={"": ""} if problem else {},
        revision=view.revision,
        submit_words=_("Ajukan permohonan") if move.do == SUBMIT else local(move.title),
        key=new_key(),
    )


def _refused(found: Seen, problem: Problem) -> dict[str, Any]:
    names = [f.field for f in problem.fields]
    return {"sentence": problem.sentence(language()), "items": sheets.places(found, names)}


def _sections(found: Seen, view: CaseView, mend: corrections.Correction | None) -> list[dict[str, Any]]:
    data = view.data or {}
    marked = mend.marked if mend else frozenset()
    return [
        {
            "title": local(section.title),
            "url": sheets.section_url(view.id, section.name),
            "rows": [
                {
                    "title": local(f.title),
                    "words": fields.words(f, data.get(f.name), language()),
                    "mark": f.name in marked,
                }
                for f in section.fields
            ],
        }
        for section in fields.sections(found.process)
    ]


def _papers(view: CaseView, mend: corrections.Correction | None) -> list[dict[str, Any]]:
    marked = mend.marked if mend else frozenset()
    return [
        {"title": local(d.title), "words": _("Sudah diunggah") if d.id else "", "mark": d.kind in marked}
        for d in view.documents
        if d.required or d.id
    ]
