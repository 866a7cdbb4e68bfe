"""Commands: what became of a transition that was accepted."""

from __future__ import annotations

from flask import Response, jsonify

from web import here
from web.api.present import outcome_json
from web.api.routing import Routes
from web.api.schemas.action import CommandSchema
from web.services import outcomes

routes = Routes("commands", __name__, description="Accepted transitions.")


@routes.get("/commands/<int:id_>")
@routes.response(200, CommandSchema)
def get_command(id_: int) -> Response:
    """What became of a command so far."""
    here.signed_in()
    return jsonify(outcome_json(outcomes.of_command(id_)))
