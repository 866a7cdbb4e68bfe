"""Emergency access: breaking the glass of one case, and the reviews that must follow."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, key_sent, new_key, require_person, shown
from web.pages.words import _, local
from web.person import AUDITOR, SUPERVISOR
from web.services import definitions, glass
from web.services.glass import ReviewView
from web.services.once import once
from web.services.sight import MAX_ID, see
from workflow.db.cases import UnknownCaseError
from workflow.db.glass import WATCHING

pages = Blueprint("emergency", __name__)
pages.before_request(require_person)


@pages.get("/emergency")
def ask(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """Which case, in which role, and why."""
    person = here.signed_in()
    if not person.is_staff:
        raise WebError("forbidden")
    return shown(
        "staff/emergency.html",
        status,
        roles=_roles(),
        entered=request.form or request.args,
        errors=errors or {},
        watches=_watches(),
        key=new_key(),
    )


@pages.post("/emergency")
def break_() -> Response:
    """Open the case for an hour."""
    form = request.form
    number, role, reason = form.get("case", "").strip(), form.get("role", ""), form.get("reason", "")
    if not number.isascii() or not number.isdigit() or int(number) > MAX_ID:
        return ask(422, {"case": _("Tulis nomor permohonan, angka saja.")})
    if not role:
        return ask(422, {"role": _("Pilih peran yang diperlukan.")})
    try:
        once("break-glass", key_sent(), lambda: glass.break_(int(number), role, reason))
    except (WebError, UnknownCaseError) as error:
        rollback()
        return ask(422, _mistakes(error))
    commit()
    return go(url_for("case.show", case=int(number)), _("Akses darurat terbuka selama satu jam. Pimpinan diberi tahu."))


@pages.get("/reviews")
def reviews(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    """What waits for a review, overdue first, and what was reviewed last."""
    return shown(
        "staff/reviews.html",
        status,
        waiting=[_row(view) for view in glass.reviews()],
        done=[_row(view) for view in glass.reviews(done=True)],
        entered=request.form,
        errors=errors or {},
    )


@pages.post("/reviews/<int:id_>")
def review(id_: int) -> Response:
    """Say whether it was justified."""
    try:
        glass.review(id_, request.form.get("verdict", ""), request.form.get(f"remark-{id_}", ""))
    except WebError as error:
        rollback()
        return reviews(422, {f"remark-{id_}": error.problem.sentence(language())})
    commit()
    return go(url_for("emergency.reviews"), _("Penilaian sudah dicatat."))


def _mistakes(error: WebError | UnknownCaseError) -> dict[str, str]:
    if not isinstance(error, WebError):
        return {"case": _("Permohonan dengan nomor ini tidak ada.")}
    code = error.problem.code
    field = "reason" if code.startswith("reason") else "role" if code.startswith("glass") else "case"
    return {field: error.problem.sentence(language())}


def _roles() -> list[tuple[str, str]]:
    """Roles that may be taken in an emergency, over all processes."""
    found = {r.name: local(r.title) or r.name for p in definitions.known() for r in p.roles.values() if not r.party}
    return sorted(((n, t) for n, t in found.items() if n not in WATCHING), key=lambda r: r[1])


def _watches() -> bool:
    person = here.signed_in()
    return person.has_role(SUPERVISOR) or person.has_role(AUDITOR)


def _row(view: ReviewView) -> dict[str, Any]:
    zone = see(view.case).zone
    verdict = {"justified": _("Dapat dibenarkan"), "not_justified": _("Tidak dapat dibenarkan"), None: ""}
    return {
        "id": view.id,
        "case": view.case,
        "by": local(view.by),
        "role": local(view.role_title),
        "reason": view.reason,
        "at": times.moment(view.at, zone),
        "due": times.due(view.review_by, here.ports().clock(), zone),
        "overdue": view.overdue,
        "mine": view.mine,
        "verdict": verdict[view.verdict],
        "good": view.verdict == "justified",
        "reviewer": local(view.reviewer) if view.reviewer else "",
        "reviewed": times.moment(view.reviewed_at, zone) if view.reviewed_at else "",
    }
