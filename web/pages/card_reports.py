"""Reports of cards, for those who lead their offices: which wait, and what they were worth."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit, rollback
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, require_person, shown
from web.pages.verdicts import KINDS, REPORTED, worth
from web.pages.words import _, local
from web.services import card_reports
from web.services.card_reports import CardReportView

pages = Blueprint("reported_cards", __name__)
pages.before_request(require_person)


@pages.get("/card-reports")
def show() -> Response:
    """What waits, the oldest first, or what was settled: one box a card, whatever it is reported as."""
    settled = request.args.get("settled") == "1"
    return shown("staff/card_reports.html", cards=_cards(card_reports.reports(settled=settled)), settled=settled)


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
    if found.others:
        words = _("Laporan dinyatakan tidak beralasan. Laporan lain tentang kartu yang sama masih menunggu.")
        return go(url_for("reported_cards.show"), words, "act")
    return go(url_for("reported_cards.show"), _("Laporan dinyatakan tidak beralasan; tandanya sudah hilang."))


def _cards(views: Iterable[CardReportView]) -> list[dict[str, Any]]:
    """Cards in the order of their first report in the list, each with all of its reports there."""
    found: dict[int, list[CardReportView]] = {}
    for view in views:
        found.setdefault(view.case, []).append(view)
    return [_card(of_one) for of_one in found.values()]


def _card(views: Sequence[CardReportView]) -> dict[str, Any]:
    first = views[0]
    marked = first.state == "valid" and any(view.verdict != "unfounded" or view.others for view in views)
    card = REPORTED if marked else worth(first.state)
    told = {"case": first.case, "number": first.number, "tone": card.tone, "state": local(card.short)}
    return told | {"reports": [_row(view) for view in views]}


def worth_words(view: CardReportView) -> str:
    """What a report was worth; empty while it waits."""
    if view.ended:
        return _ended(view.ended)
    return {"confirmed": _("Dibenarkan"), "unfounded": _("Tidak beralasan")}.get(view.verdict or "", "")


def _row(view: CardReportView) -> dict[str, Any]:
    zone = here.ports().library.offices[view.office].zone
    return {
        "id": view.id,
        "kind": local(KINDS[view.kind]),
        "at": times.moment(view.at, zone),
        "last": times.moment(view.last_at, zone) if view.times > 1 else "",
        "times": view.times,
        "ended": worth_words(view) if view.ended else "",
        "verdict": worth_words(view) if view.verdict else "",
        "good": view.verdict == "unfounded",
        "by": local(view.settled_by) if view.settled_by else "",
        "settled": times.moment(view.settled_at, zone) if view.settled_at else "",
    }


def _ended(state: str) -> str:
    return {
        "replaced": _("Selesai karena kartunya sudah diganti"),
        "revoked": _("Selesai karena kartunya sudah dicabut"),
        "returned": _("Selesai karena kartunya sudah dikembalikan"),
        "expired": _("Selesai karena masa berlaku kartunya sudah habis"),
    }.get(state, _("Selesai karena kartunya sudah batal"))
