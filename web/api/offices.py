"""Offices: where they are and which processes they run."""

from __future__ import annotations

from flask import Response, jsonify

from web import here
from web.api.routing import Routes
from web.services import definitions

routes = Routes("offices", __name__, description="Offices and what they do.")


@routes.get("/offices")
@routes.response(200)
def list_offices() -> Response:
    """Every office with the processes that it runs and that open cases."""
    open_ = {p.name: p for p in definitions.processes()}
    found = [
        {
            "office": o.name,
            "title": dict(o.title),
            "zone": o.zone.key,
            "region": o.region,
            "processes": [{"process": n, "title": dict(open_[n].title)} for n in o.processes if n in open_],
        }
        for o in here.ports().library.offices.values()
    ]
    return jsonify(offices=found)
