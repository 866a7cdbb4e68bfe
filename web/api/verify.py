"""Verification: is a card genuine, and does it stand? For everybody, with the least data."""

from __future__ import annotations

from flask import Response, jsonify, request

from web.api.documents import upload
from web.api.routing import Routes
from web.api.schemas.card import CardEntrySchema, FileFindingsSchema
from web.services import verification

routes = Routes("verify", __name__, description="Verification of cards, for everybody.")


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
