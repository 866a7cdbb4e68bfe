"""Replay: a case as it was at a past event or moment."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api import asked
from web.api.routing import Routes
from web.api.schemas.queries import ReplayQuery
from web.api.schemas.replay import PastSchema
from web.services.replaying import replayed
from web.services.sight import see
from workflow.replay import Until

routes = Routes("replay", __name__, description="Cases as they were.")


@routes.get("/cases/<int:id_>/replay")
@routes.arguments(ReplayQuery, location="query")
@routes.response(200, PastSchema)
def get_replay(query: dict[str, Any], id_: int) -> Response:
    """State, task, clocks, data and powers of then, folded from the events; for staff, and the look is logged."""
    until = Until(seq=query["seq"], at=asked.moment(query["at"]))
    return jsonify(PastSchema().dump(replayed(see(id_), until)))
