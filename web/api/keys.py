"""The keys by which anybody checks the claim in a card's QR offline."""

from __future__ import annotations

from flask import Response, jsonify

from signing.claim_keys import key_set
from web import here
from web.api.routing import Routes
from web.api.schemas.keys import KeySetSchema

routes = Routes("keys", __name__, description="Published keys, for everybody.")


@routes.get("/keys")
@routes.response(200, KeySetSchema)
def list_keys() -> Response:
    """The claim keys as a JWK Set, those of before included; keep a copy for checks without network."""
    return jsonify(key_set(here.ports().claim_keys()))
