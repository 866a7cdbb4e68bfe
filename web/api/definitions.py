"""Definitions: the published processes, for everybody."""

from __future__ import annotations

from flask import Response, jsonify

from web.api.routing import Routes
from web.services import definitions

routes = Routes("definitions", __name__, description="Published processes.")


@routes.get("/definitions")
@routes.response(200)
def list_definitions() -> Response:
    """Every published process with the offices that run it."""
    found = [
        {
            "process": p.name,
            "title": dict(p.title),
            "hash": p.hash,
            "offices": [{"office": o.name, "title": dict(o.title)} for o in definitions.offices(p.name)],
        }
        for p in definitions.processes()
    ]
    return jsonify(definitions=found)


@routes.get("/definitions/<process>")
@routes.response(200)
def get_definition(process: str) -> Response:
    """Form, documents, service standard and states of a process."""
    return jsonify(definitions.public(definitions.process(process)))
