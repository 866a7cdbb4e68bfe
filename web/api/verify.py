"""Verification: is a card genuine, and does it stand? For everybody, with the least data."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from web.api.documents import upload
from web.api.routing import Routes
from web.api.schemas.card import CardEntrySchema, FileFindingsSchema, VerifyQuery
from web.services import verification

XML = "application/xml"

routes = Routes("verify", __name__, description="Verification of cards, for everybody.")


@routes.get("/verify")
@routes.arguments(VerifyQuery, location="query")
@routes.response(200, CardEntrySchema)
def verify_typed(query: dict[str, Any]) -> Response:
    """The same for what does not fit into a path: a number with slashes, or the whole link of a QR."""
    return jsonify(CardEntrySchema().dump(verification.by_code(query["code"])))


@routes.get("/verify/<code>")
@routes.response(200, CardEntrySchema)
def verify_code(code: str) -> Response:
    """What the register says of the card with this code or number; an unknown one is an answer, too."""
    return jsonify(CardEntrySchema().dump(verification.by_code(code)))


@routes.post("/verify")
@routes.response(200, FileFindingsSchema)
def verify_file() -> Response:
    """What is to be said of an uploaded PDF (`file`), with the code printed on it (`code`) where it is known."""
    found = verification.by_file(upload(), request.form.get("code", ""))
    return jsonify(FileFindingsSchema().dump(found))


@routes.post("/verify/report")
@routes.response(200, content_type=XML)
@routes.doc(security=[])
def report_on_file() -> Response:
    """The validation report (ETSI TS 119 102-2, XML) on an uploaded PDF (`file`); the file is not kept."""
    return report_response(verification.report_of(upload(), request.form.get("code", "")))


@routes.get("/verify/<code>/report")
@routes.response(200, content_type=XML)
def report_on_card(code: str) -> Response:
    """The validation report on the file of the card with this code, for whoever may have that file."""
    return report_response(verification.report_of_card(code))


def report_response(xml: bytes) -> Response:
    """A report for a browser: saved, never shown."""
    response = Response(xml, content_type=XML)
    response.headers.set("Content-Disposition", "attachment", filename="report.xml")
    return response


def _fresh(response: Response) -> Response:
    """A card may be revoked the next second, so no answer is kept."""
    response.headers["Cache-Control"] = "no-store"
    return response


routes.after_request(_fresh)
