"""Transitions: the one way in. Accepted is not done; `Prefer: wait` tells what became of it."""

from __future__ import annotations

from typing import Any

from web.api import asked
from web.api.once import JSON, Reply, once
from web.api.present import case_json, etag, outcome_json, problem_json_of
from web.api.routing import Routes
from web.api.schemas.action import CommandSchema
from web.api.schemas.case import CaseSchema
from web.api.schemas.requests import TransitionSchema
from web.problem_json import MEDIA_TYPE
from web.services import cases, transitions
from web.services.outcomes import Outcome
from web.services.secrets import Handed
from web.services.sight import see
from web.services.transitions import Accepted

routes = Routes("transitions", __name__, description="Transitions of a case.")


@routes.post("/cases/<int:id_>/transitions")
@routes.arguments(TransitionSchema)
@routes.response(202, CommandSchema)
@routes.alt_response(200, schema=CaseSchema, description="With `Prefer: wait`: it was done.")
@once
def post_transition(body: dict[str, Any], id_: int) -> Reply:
    """Perform a transition: 202 with where to ask, or with `Prefer: wait=N` 200 when done and 409 when refused."""
    accepted = transitions.accept(
        id_,
        body["do"],
        given=body["input"],
        checklist=body["checklist"],
        revision=asked.revision(),
        key=asked.key(),
        secret=Handed(body["secret"]),
    )
    seconds = asked.wait()
    return told(Outcome(command=accepted.command, case=id_, status="pending"), lambda: finish(accepted, seconds))


def told(outcome: Outcome, then: Any = None) -> Reply:
    """The answer that a command was accepted, and where to ask what became of it."""
    headers = {"Location": f"/api/v1/commands/{outcome.command}"}
    return Reply(status=202, body=outcome_json(outcome), headers=headers, then=then)


def finish(accepted: Accepted, seconds: float | None) -> Reply:
    """Wake a worker, then wait as long as the person asked to; a problem is answered as one."""
    transitions.ring()
    pending = Outcome(command=accepted.command, case=accepted.case, status="pending")
    outcome = transitions.wait(accepted, seconds) if seconds is not None else pending
    if not outcome.settled:
        return told(outcome)
    where = {"Location": f"/api/v1/commands/{outcome.command}", "Content-Type": JSON}
    if outcome.problem is not None:
        body = problem_json_of(outcome.problem) or {}
        return Reply(status=body["status"], body=body, headers=where | {"Content-Type": MEDIA_TYPE})
    view = cases.show(see(accepted.case), personal=False)
    return Reply(status=200, body=case_json(view), headers=where | {"ETag": etag(view.revision)})
