"""Incidents: steps that failed for good, decided one by one or by kind."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api import asked
from web.api.once import Reply, once
from web.api.present import problem_json_of
from web.api.routing import Routes
from web.api.schemas.action import CommandSchema
from web.api.schemas.case import CaseSchema
from web.api.schemas.incidents import (
    MAX_BULK,
    BulkDecisionSchema,
    DecisionSchema,
    IncidentsPageSchema,
    IncidentsQuery,
)
from web.api.transitions import finish, told
from web.errors import WebError
from web.problems import problem_of
from web.services import incidents
from web.services.incidents import Filter
from web.services.outcomes import Outcome
from web.services.secrets import Handed
from workflow.db.cases import UnknownCaseError

routes = Routes("incidents", __name__, description="Steps that failed for good.")


@routes.get("/incidents")
@routes.arguments(IncidentsQuery, location="query")
@routes.response(200, IncidentsPageSchema)
def list_incidents(query: dict[str, Any]) -> Response:
    """Open incidents of the person's offices, oldest first, and how many there are of each kind."""
    asked_for = Filter(**{name: query[name] for name in ("office", "process", "run", "code")})
    found = incidents.page(asked_for, after=query["after"], limit=query["limit"])
    return jsonify(IncidentsPageSchema().dump(found))


@routes.post("/incidents/bulk")
@routes.arguments(BulkDecisionSchema)
@routes.response(200)
@once
def decide_many(body: dict[str, Any]) -> Reply:
    """One decision about many incidents: each case has its own command, and fails alone."""
    named = body["ids"] if body["filter"] is None else incidents.ids(Filter(**body["filter"]), MAX_BULK)
    # In the order of cases, so that two requests lock them in the same order.
    chosen = sorted(set(named), key=incidents.parse_id)
    secret = Handed(body["secret"], len(chosen))
    results = [_try(id_, body, secret) for id_ in chosen]
    answer = Reply(status=200, body={"results": results})
    return Reply(status=200, body=answer.body, then=lambda: _ring(answer))


@routes.post("/incidents/<id_>/<any(retry, skip, divert):what>")
@routes.arguments(DecisionSchema)
@routes.response(202, CommandSchema)
@routes.alt_response(200, schema=CaseSchema, description="With `Prefer: wait`: it was done.")
@once
def decide(body: dict[str, Any], id_: str, what: str) -> Reply:
    """Retry the step, skip it with a reason, or divert the case with a reason to another state."""
    accepted = incidents.decide(id_, what, _given(body), asked.key(), Handed(body["secret"]))
    seconds = asked.wait()
    pending = Outcome(command=accepted.command, case=accepted.case, status="pending")
    return told(pending, lambda: finish(accepted, seconds))


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("reason", "to") if body[name] is not None}


def _try(id_: str, body: dict[str, Any], secret: Handed) -> dict[str, Any]:
    case, _ = incidents.parse_id(id_)
    try:
        accepted = incidents.decide(id_, body["do"], _given(body), asked.key(), secret)
    except (WebError, UnknownCaseError) as error:
        problem = problem_json_of(problem_of(error))
        return {"incident": id_, "id": None, "case": case, "status": "refused", "problem": problem}
    return {"incident": id_, "id": accepted.command, "case": case, "status": "pending"}


def _ring(answer: Reply) -> Reply:
    incidents.ring()
    return answer
