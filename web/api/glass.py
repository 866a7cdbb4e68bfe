"""Breaking the glass, and the reviews that follow."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.queries import ReviewsQuery
from web.api.schemas.work import GlassSchema, ReviewSchema, ReviewsSchema, VerdictSchema
from web.services import glass

routes = Routes("glass", __name__, description="Access in an emergency, and its review.")


@routes.post("/cases/<int:id_>/break-glass")
@routes.arguments(GlassSchema)
@routes.response(201)
@once
def break_glass(body: dict[str, Any], id_: int) -> Reply:
    """Open a case for an hour in a role that one does not have; who leads its office is told, and it is reviewed."""
    number = glass.break_(id_, body["role"], body["reason"])
    return Reply(status=201, body={"id": number, "case": id_}, headers={"Location": f"/api/v1/cases/{id_}"})


@routes.get("/reviews")
@routes.arguments(ReviewsQuery, location="query")
@routes.response(200, ReviewsSchema)
def list_reviews(query: dict[str, Any]) -> Response:
    """Broken glass of the offices that the person watches over: what waits, the first due first, or what is done."""
    return jsonify(reviews=ReviewSchema(many=True).dump(glass.reviews(done=query["done"])))


@routes.post("/reviews/<int:id_>")
@routes.arguments(VerdictSchema)
@routes.response(200)
@once
def review(body: dict[str, Any], id_: int) -> Reply:
    """Say whether it was justified; what was not ends at once. Nobody reviews what they broke."""
    glass.review(id_, body["verdict"], body["remark"])
    return Reply(status=200, body={"id": id_, "verdict": body["verdict"]})
