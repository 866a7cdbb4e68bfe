"""Definitions: the published processes, for everybody."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.definition import DiffQuery, DrawingQuery, HeatQuery, RetireSchema, VersionQuery
from web.services import definitions, lifecycle
from workflow.db.versions import Version
from workflow.definition.diff_words import sentences
from workflow.definition.drawing import draw

routes = Routes("definitions", __name__, description="Published processes.")

#: A picture brings its own style and nothing else.
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'"


@routes.get("/definitions")
@routes.response(200)
def list_definitions() -> Response:
    """Every process that opens cases, with the offices that run it."""
    found = [
        {
            "process": p.name,
            "title": dict(p.title),
            "hash": p.hash,
            "version": definitions.version(p.name).version,
            "offices": [{"office": o.name, "title": dict(o.title)} for o in definitions.offices(p.name)],
        }
        for p in definitions.processes()
    ]
    return jsonify(definitions=found)


@routes.get("/definitions/<process>")
@routes.arguments(VersionQuery, location="query")
@routes.response(200)
def get_definition(query: dict[str, Any], process: str) -> Response:
    """Form, documents, service standard and states of a process, and its versions."""
    chosen = definitions.version(process, query["version"])
    counted = definitions.cases_of(process)
    known = [
        version_json(v) | ({"cases": counted[v.hash]} if counted else {}) for v in definitions.versions_of(process)
    ]
    told = {"version": chosen.version, "status": chosen.status, "versions": known}
    return jsonify({**definitions.public(definitions.pinned(chosen.hash)), **told})


@routes.get("/definitions/<process>/versions/<int:version>")
@routes.response(200)
def get_version(process: str, version: int) -> Response:
    """A version with its whole body, as it is stored and hashed."""
    chosen = definitions.version(process, version)
    return jsonify(version_json(chosen) | {"process": process, "body": dict(definitions.pinned(chosen.hash).body)})


@routes.get("/definitions/<process>/standard")
@routes.arguments(VersionQuery, location="query")
@routes.response(200)
def get_standard(query: dict[str, Any], process: str) -> Response:
    """The service standard of a version."""
    chosen = definitions.version(process, query["version"])
    standard = definitions.pinned(chosen.hash).standard
    return jsonify(version_json(chosen) | {"process": process, "standard": standard})


@routes.get("/definitions/<process>/heat")
@routes.arguments(HeatQuery, location="query")
@routes.response(200)
def get_heat(query: dict[str, Any], process: str) -> Response:
    """How often states and moves were taken and how long cases stayed before, in seconds; for supervisors and auditors,
    of the cases of their offices."""
    return jsonify(lifecycle.heat_of(process, query["since"]).as_json())


@routes.get("/definitions/<process>/diff")
@routes.arguments(DiffQuery, location="query")
@routes.response(200)
def get_diff(query: dict[str, Any], process: str) -> Response:
    """What differs between two versions, service standard included; drafts for supervisors and auditors."""
    found = lifecycle.compare(process, query["before"], query["after"])
    return jsonify(asdict(found) | {"sentences": [dict(words) for words in sentences(found)]})


@routes.get("/definitions/<process>/drawing.svg")
@routes.arguments(DrawingQuery, location="query")
@routes.response(200)
def get_drawing(query: dict[str, Any], process: str) -> Response:
    """The state machine as a picture."""
    chosen = definitions.version(process, query["version"])
    response = Response(draw(definitions.pinned(chosen.hash), query["lang"]), mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = _PICTURE
    return response


@routes.post("/definitions/<process>/retire")
@routes.arguments(RetireSchema)
@routes.response(200)
@once
def retire(body: dict[str, Any], process: str) -> Reply:
    """Open no new cases of a version, or of the process; running cases go on."""
    gone = lifecycle.retire(process, body["version"], body["reason"])
    left = definitions.version(process)
    current = left.version if left.status == "published" else None
    return Reply(status=200, body={"retired": [v.version for v in gone], "current": current})


def version_json(version: Version) -> dict[str, Any]:
    """A version as it goes out; who wrote and approved it stands in the journal."""
    return {
        "version": version.version,
        "hash": version.hash,
        "status": version.status,
        "published_at": version.created_at.isoformat(),
    }
