"""Many tasks at once: each case has its own command and outcome, and fails alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from web.api import asked
from web.api.once import Reply, once
from web.api.present import counts, outcome_json, problem_json_of
from web.api.routing import Routes
from web.api.schemas.requests import MAX_BULK, BulkSchema
from web.errors import WebError
from web.problems import problem_of
from web.services import inbox, tasks, transitions
from web.services.inbox import Filter
from web.services.outcomes import Outcome
from web.services.secrets import Handed
from web.services.transitions import Accepted, Asked
from workflow.db.cases import UnknownCaseError

routes = Routes("many", __name__, description="Many tasks at once.")

#: By task id: the command that was accepted, or the problem that kept it from being written.
_Tried = dict[str, Accepted | dict[str, Any]]


@routes.post("/tasks/bulk")
@routes.arguments(BulkSchema)
@routes.response(200)
@once
def bulk(body: dict[str, Any]) -> Reply:
    """Perform one transition for the tasks named, or for the first of those that a filter finds: each case has its own
    command and outcome, and fails alone. `GET /commands?ids=` tells how far they are; `more` that others match."""
    ids, more = _chosen(body)
    chosen = sorted(set(ids), key=_parsed)
    secret = Handed(body["secret"], len(chosen))
    tried: _Tried = {id_: _try(id_, body, secret) for id_ in chosen}
    seconds = asked.wait()
    return Reply(status=200, body=_results(tried, {}, more), then=lambda: _finish(tried, seconds, more))


def _chosen(body: dict[str, Any]) -> tuple[Sequence[str], bool]:
    if (body["ids"] is None) == (body["filter"] is None):
        raise WebError("bulk_ids_or_filter")
    if body["ids"] is not None:
        return body["ids"], False
    return inbox.ids(Filter(**body["filter"]), MAX_BULK)


def _parsed(id_: str) -> tuple[int, int]:
    # In the order of cases, so that two bulk requests lock them in the same order.
    return tasks.parse_id(id_)


def _try(id_: str, body: dict[str, Any], secret: Handed) -> Accepted | dict[str, Any]:
    case, seq = tasks.parse_id(id_)
    key = asked.key()
    one = Asked(case=case, seq=seq)
    try:
        return transitions.accept_for_task(one, body["do"], body["input"], body["checklist"], key, secret)
    except (WebError, UnknownCaseError) as error:
        return {"id": None, "case": case, "status": "refused", "problem": problem_json_of(problem_of(error))}


def _finish(tried: _Tried, seconds: float | None, more: bool) -> Reply:
    transitions.ring()
    accepted = [one for one in tried.values() if isinstance(one, Accepted)]
    outcomes: Sequence[Outcome] = transitions.wait_all(accepted, seconds) if seconds is not None else ()
    return Reply(status=200, body=_results(tried, {o.command: o for o in outcomes}, more))


def _results(tried: _Tried, outcomes: dict[int, Outcome], more: bool) -> dict[str, Any]:
    results = [{"task": id_} | _result(one, outcomes) for id_, one in tried.items()]
    return {"results": results, "counts": counts(r["status"] for r in results), "more": more}


def _result(one: Accepted | dict[str, Any], outcomes: dict[int, Outcome]) -> dict[str, Any]:
    if isinstance(one, dict):
        return one
    pending = Outcome(command=one.command, case=one.case, status="pending")
    return outcome_json(outcomes.get(one.command, pending))
