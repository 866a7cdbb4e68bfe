"""Commands: what became of a transition that was accepted."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web import here
from web.api.present import counts, outcome_json
from web.api.routing import Routes
from web.api.schemas.action import CommandSchema, CommandsSchema
from web.api.schemas.queries import CommandsQuery
from web.services import outcomes

routes = Routes("commands", __name__, description="Accepted transitions.")


@routes.get("/commands")
@routes.arguments(CommandsQuery, location="query")
@routes.response(200, CommandsSchema)
def list_commands(query: dict[str, Any]) -> Response:
    """What became of many commands so far, such as those of a bulk request, and how many are how far."""
    here.signed_in()
    found = [outcomes.of_command(int(id_)) for id_ in query["ids"].split(",")]
    return jsonify(commands=[outcome_json(o) for o in found], counts=counts(o.status for o in found))


@routes.get("/commands/<int:id_>")
@routes.response(200, CommandSchema)
def get_command(id_: int) -> Response:
    """What became of a command so far."""
    here.signed_in()
    return jsonify(outcome_json(outcomes.of_command(id_)))
