"""Calendars: which hours count, and new versions of them."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.calendar import NewVersionSchema, PreviewedSchema, PreviewSchema, PublishedSchema, VersionSchema
from web.services import calendars

routes = Routes("calendars", __name__, description="Calendars of offices.")


@routes.get("/calendars")
@routes.response(200, VersionSchema(many=True))
def list_calendars() -> Response:
    """Every published version of every calendar."""
    return jsonify(VersionSchema(many=True).dump(calendars.listed()))


@routes.get("/calendars/<name>")
@routes.response(200, VersionSchema(many=True))
def get_calendar(name: str) -> Response:
    """The versions of a calendar, drafts last."""
    return jsonify(VersionSchema(many=True).dump(calendars.versions(name)))


@routes.post("/calendars/<name>/preview")
@routes.arguments(PreviewedSchema)
@routes.response(200, PreviewSchema)
def preview(body: dict[str, Any], name: str) -> Response:
    """What a version would change for all live cases, were it published now; changes nothing."""
    return jsonify(PreviewSchema().dump(calendars.preview(name, body["text"])))


@routes.post("/calendars/<name>/drafts")
@routes.arguments(NewVersionSchema)
@routes.response(201, VersionSchema)
@once
def submit(body: dict[str, Any], name: str) -> Reply:
    """Submit a new version; another supervisor publishes it."""
    return Reply(status=201, body=VersionSchema().dump(calendars.submit(name, body["text"])))


@routes.post("/calendars/<name>/publish")
@routes.response(200, PublishedSchema)
@once
def publish(name: str) -> Reply:
    """Publish the draft that waits; stored dues follow within moments."""
    version, told = calendars.publish(name)
    return Reply(status=200, body=PublishedSchema().dump({"version": version, "preview": told}))
