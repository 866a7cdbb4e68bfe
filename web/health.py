"""Is it alive, is it ready, and what does it count: for machines, without personal data."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, jsonify
from sqlalchemy.exc import SQLAlchemyError

from web import metrics
from web.database import rollback, session
from web.limits import reachable
from workflow.db import schema

health = Blueprint("health", __name__)

_Answer = tuple[Response, int]


def init(app: Flask) -> None:
    """Serve /healthz, /readyz and /metrics."""
    app.register_blueprint(health)
    metrics.init(app)


@health.get("/healthz")
def alive() -> Response:
    """This process answers; nothing else is asked."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> _Answer:
    """200 when requests can be served: database there, schema current. Redis away is told and is not fatal."""
    found = {"database": _state(_database), "redis": _state(lambda: "ok" if reachable(current_app) else "away")}
    good = found["database"] == "ok"
    return jsonify(status="ok" if good else "not_ready", **found), 200 if good else 503


@health.get("/metrics")
def counted() -> Response:
    """Counters in the text form of Prometheus."""
    return metrics.exposition()


def _database() -> str:
    try:
        found = schema.revision(session().connection())
    finally:
        rollback()
    return "ok" if found == schema.newest() else "schema_not_current"


def _state(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except SQLAlchemyError:
        return "away"
