"""Tasks: the inbox, and work on one task."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.case import TaskSchema
from web.api.schemas.inbox import PageSchema
from web.api.schemas.queries import InboxQuery
from web.api.schemas.work import AssignSchema, DelegateSchema, NextSchema, PrioritySchema, ReasonSchema
from web.services import inbox, pulling, tasks
from web.services.inbox import Filter
from web.services.views import TaskView

routes = Routes("tasks", __name__, description="Tasks of officers.")


@routes.get("/tasks")
@routes.arguments(InboxQuery, location="query")
@routes.response(200, PageSchema)
def list_tasks(query: dict[str, Any]) -> Response:
    """The person's inbox: by priority, within one overdue first, then by due time, then by arrival."""
    asked_for = Filter(**{name: query[name] for name in ("role", "office", "state", "q", "mine")})
    page = inbox.page(asked_for, sort=query["sort"], after=query["after"], limit=query["limit"])
    return jsonify(PageSchema().dump(page))


@routes.post("/tasks/<id_>/claim")
@routes.response(200, TaskSchema)
@once
def claim(id_: str) -> Reply:
    """Claim a task; claiming it again renews the lease."""
    return _told(tasks.claim(id_))


@routes.post("/tasks/<id_>/release")
@routes.response(200, TaskSchema)
@once
def release(id_: str) -> Reply:
    """Give a claimed task back."""
    return _told(tasks.release(id_))


@routes.post("/tasks/<id_>/assign")
@routes.arguments(AssignSchema)
@routes.response(200, TaskSchema)
@once
def assign(body: dict[str, Any], id_: str) -> Reply:
    """Give a task to an officer who may do it, as a supervisor of its office; also out of another's hands."""
    return _told(tasks.assign(id_, body["to"]))


@routes.post("/tasks/<id_>/delegate")
@routes.arguments(DelegateSchema)
@routes.response(200, TaskSchema)
@once
def delegate(body: dict[str, Any], id_: str) -> Reply:
    """Hand a task that one holds to a colleague who may do it."""
    return _told(tasks.delegate(id_, body["to"], body["reason"]))


@routes.post("/tasks/<id_>/recuse")
@routes.arguments(ReasonSchema)
@routes.response(200, TaskSchema)
@once
def recuse(body: dict[str, Any], id_: str) -> Reply:
    """Declare a conflict of interest on this case, for good; a held task is released."""
    return _told(tasks.recuse(id_, body["reason"]))


@routes.post("/tasks/<id_>/priority")
@routes.arguments(PrioritySchema)
@routes.response(200, TaskSchema)
@once
def prioritise(body: dict[str, Any], id_: str) -> Reply:
    """Put a task forward or back in its queue, with a reason, as a supervisor of its office."""
    return _told(tasks.prioritise(id_, body["priority"], body["reason"]))


@routes.post("/tasks/next")
@routes.arguments(NextSchema)
@routes.response(200, TaskSchema)
@once
def pull(body: dict[str, Any]) -> Reply:
    """Claim the next open task that the person may do: the first of the inbox that nobody holds."""
    return _told(pulling.pull(Filter(role=body["role"], office=body["office"], state=body["state"])))


def _told(view: TaskView) -> Reply:
    return Reply(status=200, body=TaskSchema().dump(view))
