"""Relatives: NIKs whose cases an officer must not touch."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.queries import RelativesQuery
from web.api.schemas.work import DeclareSchema, RelativeSchema, RelativesSchema
from web.database import commit
from web.services import relatives

routes = Routes("relatives", __name__, description="Officers' own cases and those of relatives.")


@routes.get("/relatives")
@routes.arguments(RelativesQuery, location="query")
@routes.response(200, RelativesSchema)
def list_relatives(query: dict[str, Any]) -> Response:
    """What was declared, and when; which NIK it was is known to nobody."""
    return jsonify(relatives=RelativeSchema(many=True).dump(relatives.declared(query["account"])))


@routes.post("/relatives")
@routes.arguments(DeclareSchema)
@routes.response(201)
def declare(body: dict[str, Any]) -> tuple[Response, int]:
    """Declare a NIK of one's own or of a relative; a supervisor may do it for the officer `account`."""
    # Twice is once anyway; a kept digest of this short body would give the NIK away to whoever tries them all.
    relatives.declare(body["nik"], body["relation"], body["account"])
    commit()
    return jsonify(declared=True), 201


@routes.post("/relatives/<int:id_>/remove")
@routes.response(200)
@once
def take_back(id_: int) -> Reply:
    """Remove a declaration that was made by mistake, as a supervisor; never an own one."""
    relatives.take_back(id_)
    return Reply(status=200, body={"id": id_, "removed": True})
