"""Tasks: the inbox, claiming and releasing, and doing many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from web.api import asked
from web.api.once import Reply, once
from web.api.present import outcome_json, problem_json_of
from web.api.routing import Routes
from web.api.schemas.case import TaskSchema
from web.api.schemas.inbox import PageSchema
from web.api.schemas.queries import InboxQuery
from web.api.schemas.requests import BulkSchema
from web.errors import WebError
from web.problems import problem_of
from web.services import inbox, tasks, transitions
from web.services.inbox import Filter
from web.services.outcomes import Outcome
from web.services.transitions import Accepted, Asked
from workflow.db.cases import UnknownCaseError

routes = Routes("tasks", __name__, description="Tasks of officers.")

#: By task id: the command that was accepted, or the problem that kept it from being written.
_Tried = dict[str, Accepted | dict[str, Any]]


@routes.get("/tasks")
@routes.arguments(InboxQuery, location="query")
@routes.response(200, PageSchema)
def list_tasks(query: dict[str, Any]) -> Response:
    """The person's inbox: overdue first, then by due time, then by arrival."""
    asked_for = Filter(**{name: query[name] for name in ("role", "office", "state", "q", "mine")})
    page = inbox.page(asked_for, sort=query["sort"], after=query["after"], limit=query["limit"])
    return jsonify(PageSchema().dump(page))


@routes.post("/tasks/<id_>/claim")
@routes.response(200, TaskSchema)
@once
def claim(id_: str) -> Reply:
    """Claim a task; claiming it again renews the lease."""
    return Reply(status=200, body=TaskSchema().dump(tasks.claim(id_)))


@routes.post("/tasks/<id_>/release")
@routes.response(200, TaskSchema)
@once
def release(id_: str) -> Reply:
    """Give a claimed task back."""
    return Reply(status=200, body=TaskSchema().dump(tasks.release(id_)))


@routes.post("/tasks/bulk")
@routes.arguments(BulkSchema)
@routes.response(200)
@once
def bulk(body: dict[str, Any]) -> Reply:
    """Perform one transition for many tasks: each case has its own command and outcome, and fails alone."""
    ids = sorted(set(body["ids"]), key=_parsed)
    tried: _Tried = {id_: _try(id_, body) for id_ in ids}
    seconds = asked.wait()
    return Reply(status=200, body=_results(tried, {}), then=lambda: _finish(tried, seconds))


def _parsed(id_: str) -> tuple[int, int]:
    # In the order of cases, so that two bulk requests lock them in the same order.
    return tasks.parse_id(id_)


def _try(id_: str, body: dict[str, Any]) -> Accepted | dict[str, Any]:
    case, seq = tasks.parse_id(id_)
    key = asked.key()
    one = Asked(case=case, seq=seq)
    try:
        return transitions.accept_for_task(one, body["do"], body["input"], body["checklist"], key)
    except (WebError, UnknownCaseError) as error:
        return {"id": None, "case": case, "status": "refused", "problem": problem_json_of(problem_of(error))}


def _finish(tried: _Tried, seconds: float | None) -> Reply:
    transitions.ring()
    accepted = [one for one in tried.values() if isinstance(one, Accepted)]
    outcomes: Sequence[Outcome] = transitions.wait_all(accepted, seconds) if seconds is not None else ()
    return Reply(status=200, body=_results(tried, {o.command: o for o in outcomes}))


def _results(tried: _Tried, outcomes: dict[int, Outcome]) -> dict[str, Any]:
    return {"results": [{"task": id_} | _result(one, outcomes) for id_, one in tried.items()]}


def _result(one: Accepted | dict[str, Any], outcomes: dict[int, Outcome]) -> dict[str, Any]:
    if isinstance(one, dict):
        return one
    pending = Outcome(command=one.command, case=one.case, status="pending")
    return outcome_json(outcomes.get(one.command, pending))
