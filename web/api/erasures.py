"""Erasing personal data by right, and who looked at them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.present import problem_json_of
from web.api.routing import Routes
from web.api.schemas.erasure import AccessesQuery, AccessesSchema, AccessSchema, ErasureSchema
from web.api.schemas.work import ReasonSchema
from web.services import accesses, erasures
from web.services.erasures import OrderView

routes = Routes("erasures", __name__, description="The end of personal data, and who looked at them.")


@routes.post("/cases/<int:id_>/erasure")
@routes.arguments(ReasonSchema)
@routes.response(202, ErasureSchema)
@once
def erase(body: dict[str, Any], id_: int) -> Reply:
    """Order that all data of the party of a case are erased by its right: for supervisors and heads of its office.

    Every case of the party must have ended, or be a draft; it is done within moments.
    """
    made = erasures.order(id_, body["reason"])
    return Reply(status=202, body=_json(made), headers={"Location": f"/api/v1/erasures/{made.id}"})


@routes.get("/erasures/<int:id_>")
@routes.response(200, ErasureSchema)
def get_erasure(id_: int) -> Response:
    """What became of an order."""
    return jsonify(_json(erasures.show(id_)))


@routes.get("/cases/<int:id_>/accesses")
@routes.arguments(AccessesQuery, location="query")
@routes.response(200, AccessesSchema)
def list_accesses(query: dict[str, Any], id_: int) -> Response:
    """Who looked at the personal data of a case, at what and when: for auditors and for the party."""
    found = accesses.accesses(id_, before=query["before"], limit=query["limit"])
    more = found[-1].id if len(found) == query["limit"] else None
    return jsonify(accesses=AccessSchema(many=True).dump(found), next=more)


def _json(view: OrderView) -> dict[str, Any]:
    plain = {k: v for k, v in asdict(view).items() if k != "problem"}
    out: dict[str, Any] = ErasureSchema().dump(plain)
    return out | {"problem": problem_json_of(view.problem)}
