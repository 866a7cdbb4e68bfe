"""Deputies: who stands in for whom, and until when."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web import here
from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.work import DeputiesSchema, DeputySchema
from web.services import deputies

routes = Routes("deputies", __name__, description="Standing in for a colleague.")


@routes.get("/deputies")
@routes.response(200, DeputiesSchema)
def list_deputies() -> Response:
    """Deputyships now and to come that concern the person, and for supervisors all of their offices."""
    here.signed_in()
    return jsonify(deputies=DeputySchema(many=True).dump(deputies.running()))


@routes.post("/deputies")
@routes.arguments(DeputySchema)
@routes.response(201)
@once
def name_deputy(body: dict[str, Any]) -> Reply:
    """Lend an own role for a time; a supervisor may do it for the officer `absent`."""
    id_ = deputies.name(
        stands_in=body["deputy"],
        role=body["role"],
        office=body["office"],
        begins=body["begins"],
        ends=body["ends"],
        absent=body["absent"],
    )
    return Reply(status=201, body={"id": id_})


@routes.post("/deputies/<int:id_>/end")
@routes.response(200)
@once
def end_deputy(id_: int) -> Reply:
    """End a deputyship early."""
    deputies.end(id_)
    return Reply(status=200, body={"id": id_, "ended": True})
