"""Reports of cards, for those who lead their offices: which wait, and what they were worth."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, require_person, shown
from web.pages.verdicts import KINDS, WORDS
from web.pages.words import _, local
from web.services import card_reports
from web.services.card_reports import CardReportView

pages = Blueprint("reported_cards", __name__)
pages.before_request(require_person)


@pages.get("/card-reports")
def show() -> Response:
    """What waits, the oldest first; what was settled below."""
    settled = request.args.get("settled") == "1"
    rows = [_row(r) for r in card_reports.reports(settled=settled)]
    return shown("staff/card_reports.html", rows=rows, settled=settled)


@pages.post("/card-reports/<int:id_>")
def settle(id_: int) -> Response:
    """Settle one."""
    try:
        found = card_reports.settle(id_, request.form.get("verdict", ""))
    except WebError as error:
        rollback()
        return go(url_for("reported_cards.show"), error.problem.sentence(language()), "act")
    commit()
    if found.verdict == "confirmed":
        words = _("Laporan dibenarkan. Cabut atau ganti kartunya; sampai itu terjadi kartu tetap bertanda dilaporkan.")
        return go(url_for("case.show", case=found.case), words, "act")
    return go(url_for("reported_cards.show"), _("Laporan dinyatakan tidak beralasan; tandanya sudah hilang."))


def _row(view: CardReportView) -> dict[str, Any]:
    zone = here.ports().library.offices[view.office].zone
    card = WORDS[view.state]
    verdicts = {"confirmed": _("Dibenarkan"), "unfounded": _("Tidak beralasan"), None: ""}
    return {
        "id": view.id,
        "case": view.case,
        "number": view.number,
        "kind": local(KINDS[view.kind]),
        "at": times.moment(view.at, zone),
        "last": times.moment(view.last_at, zone) if view.times > 1 else "",
        "times": view.times,
        "tone": card.tone,
        "state": local(card.short),
        "verdict": verdicts[view.verdict],
        "good": view.verdict == "unfounded",
        "by": local(view.settled_by) if view.settled_by else "",
        "settled": times.moment(view.settled_at, zone) if view.settled_at else "",
    }
