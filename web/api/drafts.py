"""Drafts of definitions, for supervisors."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api import asked
from web.api.definitions import version_json
from web.api.once import Reply, once
from web.api.present import etag
from web.api.routing import Routes
from web.api.schemas.definition import NewDraftSchema, ReturnSchema, SavedDraftSchema
from web.database import commit, session
from web.language import language
from web.services import lifecycle
from web.services.names import names_of
from workflow.db import journal
from workflow.db.drafts import Draft
from workflow.db.publishing import Settled

routes = Routes("drafts", __name__, description="Definitions on their way.")


@routes.get("/definitions/<process>/drafts")
@routes.response(200)
def list_drafts(process: str) -> Response:
    """Drafts that are not published, without their texts."""
    return jsonify(drafts=[draft_json(d) for d in lifecycle.of_process(process)])


@routes.post("/definitions/<process>/drafts")
@routes.arguments(NewDraftSchema)
@routes.response(201)
@once
def open_draft(body: dict[str, Any], process: str) -> Reply:
    """Open a draft; without files it begins with the current version's."""
    made = lifecycle.open_draft(process, body["files"])
    headers = {"Location": f"/api/v1/definitions/{process}/drafts/{made.id}", "ETag": etag(made.revision)}
    return Reply(status=201, body=checked_json(made), headers=headers)


@routes.get("/definitions/<process>/drafts/<int:id_>")
@routes.response(200)
def get_draft(process: str, id_: int) -> Response:
    """A draft with its texts and what is wrong with them."""
    return _answer(lifecycle.get(process, id_))


@routes.put("/definitions/<process>/drafts/<int:id_>")
@routes.arguments(SavedDraftSchema)
@routes.response(200)
def save(body: dict[str, Any], process: str, id_: int) -> Response:
    """Save new texts over the revision of `If-Match`; whoever saves is an author."""
    made = lifecycle.save(process, id_, body["files"], asked.required_revision(), body["base"])
    commit()
    return _answer(made)


@routes.post("/definitions/<process>/drafts/<int:id_>/check")
@routes.response(200)
def check(process: str, id_: int) -> Response:
    """Everything that is wrong with a draft."""
    checked = lifecycle.check(lifecycle.get(process, id_))
    return jsonify(sound=not checked.problems, problems=[lifecycle.problem_json(p) for p in checked.problems])


@routes.post("/definitions/<process>/drafts/<int:id_>/submit")
@routes.response(200)
@once
def submit(process: str, id_: int) -> Reply:
    """Freeze a draft for its review."""
    return _settled(lifecycle.submit(process, id_, asked.required_revision()))


@routes.post("/definitions/<process>/drafts/<int:id_>/return")
@routes.arguments(ReturnSchema)
@routes.response(200)
@once
def send_back(body: dict[str, Any], process: str, id_: int) -> Reply:
    """Let its authors go on with a draft, and say why."""
    return Reply(status=200, body=draft_json(lifecycle.send_back(process, id_, body["reason"])))


@routes.post("/definitions/<process>/drafts/<int:id_>/publish")
@routes.response(200)
@once
def publish(process: str, id_: int) -> Reply:
    """Publish a draft in review; new cases use it from then on."""
    return _settled(lifecycle.publish(process, id_))


def draft_json(draft: Draft) -> dict[str, Any]:
    """A draft without its texts."""
    names = names_of([*draft.authors, draft.saved_by, draft.submitted_by])
    return {
        "draft": draft.id,
        "process": draft.process,
        "base": draft.base,
        "status": draft.status,
        "revision": draft.revision,
        "hash": draft.hash,
        "authors": [{"account": a, "name": names[a][language()]} for a in draft.authors],
        "saved_by": names[draft.saved_by][language()],
        "saved_at": draft.saved_at.isoformat(),
        "submitted_by": names[draft.submitted_by][language()] if draft.submitted_by else None,
        "submitted_at": draft.submitted_at.isoformat() if draft.submitted_at else None,
        "returned": journal.said_at(session(), draft.returned) if draft.returned else None,
    }


def checked_json(draft: Draft) -> dict[str, Any]:
    """A draft with its texts and their problems."""
    problems = [lifecycle.problem_json(p) for p in lifecycle.check(draft).problems]
    return draft_json(draft) | {"files": dict(draft.files), "sound": not problems, "problems": problems}


def _answer(draft: Draft) -> Response:
    response = jsonify(checked_json(draft))
    response.headers["ETag"] = etag(draft.revision)
    return response


def _settled(settled: Settled) -> Reply:
    version = version_json(settled.version) if settled.version else None
    return Reply(status=200, body=draft_json(settled.draft) | {"version": version, "known": settled.known})
