"""Reports, as JSON, CSV, workbook or PDF."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from web.api.routing import Routes
from web.api.schemas.reports import ReportKindSchema, ReportQuery, ReportSchema
from web.errors import WebError
from web.language import language
from web.services import reports
from workflow.reports.as_json import as_json
from workflow.reports.catalog import KINDS

routes = Routes("reports", __name__, description="What an office owes: counted from histories.")

_TYPES = {"application/json": "json", "text/csv": "csv", reports.XLSX: "xlsx", reports.PDF: "pdf"}


@routes.get("/reports")
@routes.response(200, ReportKindSchema(many=True))
def list_reports() -> Response:
    """The reports that there are, and the offices whose reports the person may read."""
    mine = list(reports.offices())
    if not mine:
        raise WebError("forbidden")
    found = [{"name": k.name, "title": k.title, "tells": k.tells, "offices": mine} for k in KINDS.values()]
    return jsonify(ReportKindSchema(many=True).dump(found))


@routes.get("/reports/<name>")
@routes.arguments(ReportQuery, location="query")
@routes.response(200, ReportSchema)
def get_report(query: dict[str, Any], name: str) -> Response:
    """A report of one office or of all of the person's; `behind` lists the events that one number is made of."""
    form = query["format"] or _accepted()
    names = ("office", "first", "last", "process", "behind")
    report = reports.make(name, **{n: query[n] for n in names})
    words = query["lang"] or language()
    if form == "json":
        return jsonify(as_json(report, words))
    file = reports.file(report, form, words)
    response = Response(file.content, content_type=file.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    response.headers["Content-Language"] = words
    return response


def _accepted() -> str:
    """The format that `Accept` prefers; raises `WebError` (`not_acceptable`)."""
    best = request.accept_mimetypes.best_match(list(_TYPES))
    if best is None:
        if request.accept_mimetypes:
            raise WebError("not_acceptable")
        return "json"
    return _TYPES[best]
