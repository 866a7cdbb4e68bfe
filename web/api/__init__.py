"""HTTP API, one noun a file."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]

from web.api import (
    audit,
    bulk,
    calendars,
    card_reports,
    cases,
    commands,
    definitions,
    deputies,
    documents,
    drafts,
    drawings,
    erasures,
    glass,
    incidents,
    intake,
    keys,
    migrations,
    notices,
    offices,
    relatives,
    replay,
    reports,
    tasks,
    transitions,
    verify,
)
from web.api.schemas.problem import ProblemSchema

PREFIX = "/api/v1"
_NOUNS = (
    cases,
    replay,
    documents,
    drawings,
    transitions,
    commands,
    tasks,
    bulk,
    incidents,
    definitions,
    drafts,
    offices,
    verify,
    card_reports,
    keys,
    notices,
    calendars,
    intake,
    deputies,
    relatives,
    glass,
    migrations,
    audit,
    erasures,
    reports,
)


class _Api(Api):  # type: ignore[misc]
    """flask-smorest without its way of telling errors: ours is `web.problems`."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        return None


def init(app: Flask) -> None:
    """Serve /api/v1, and its description at /api/openapi.json."""
    served = _Api(app, spec_kwargs={"info": {"description": "Cases, tasks and cards of a public service."}})
    bearer = {"type": "http", "scheme": "bearer", "description": "A token from `alur accounts token NAME`."}
    served.spec.components.security_scheme("bearer", bearer)
    served.spec.options["security"] = [{"bearer": []}]
    for noun in _NOUNS:
        served.register_blueprint(noun.routes, url_prefix=PREFIX)
