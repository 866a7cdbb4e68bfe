"""The card of a case: looked at, downloaded, checked."""

from __future__ import annotations

import io

import segno
from flask import Blueprint, Response, make_response
from werkzeug.wrappers import Response as AnyResponse

from web import here
from web.errors import WebError
from web.pages import dossier
from web.pages.answers import require_person, shown
from web.pages.standing import standing
from web.services import access, cards, prints
from web.services.sight import Seen, see
from web.services.views import CardView

pages = Blueprint("card", __name__)
pages.before_request(require_person)


@pages.get("/cases/<int:case>/card")
def page(case: int) -> AnyResponse:
    """The card's facts, its file and its QR."""
    found = see(case)
    card = _card(found)
    return shown("mine/card.html", case=case, card=card, now=standing(card), case_owner=found.is_owner)


@pages.get("/cases/<int:case>/card.pdf")
def download(case: int) -> AnyResponse:
    """The signed file."""
    return _file(*cards.download(see(case)))


@pages.get("/cases/<int:case>/print.pdf")
def download_print(case: int) -> AnyResponse:
    """The print for the counter; officers only."""
    return _file(*prints.download(see(case)))


@pages.get("/cases/<int:case>/dossier.pdf")
def download_dossier(case: int) -> AnyResponse:
    """Everything of the case in one file; officers and auditors only."""
    return _file(*dossier.made(see(case)))


@pages.get("/cases/<int:case>/card.svg")
def qr(case: int) -> Response:
    """A QR that leads to the page on which anybody can check the card."""
    card = _card(see(case))
    out = io.BytesIO()
    address = f"{here.ports().public_url}/verify/{card.code}"
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=3, xmldecl=False)
    response = make_response(out.getvalue())
    response.headers["Content-Type"] = "image/svg+xml"
    return response


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _card(found: Seen) -> CardView:
    card = cards.show(found)
    if card is None:
        raise WebError("no_card")
    access.note(found, "card")
    return card
