"""Reports before those who answer for an office: tables with their charts, and the same as files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from web import here
from web.errors import WebError
from web.language import language
from web.pages.answers import require_person, shown
from web.pages.words import local
from web.problems import problem_of
from web.services import reports
from workflow.reports import catalog
from workflow.reports.chart import svg
from workflow.reports.period import ReportRefusedError
from workflow.reports.report import Report, Section
from workflow.reports.words import cells, months_said, until_said

pages = Blueprint("reported", __name__)
pages.before_request(require_person)

#: Rows of a table that a page shows; the files have them all.
MAX_ROWS = 60


@pages.get("/reports")
def show() -> Response:
    """A form, and the report that it asks for: promises of the running month unless another is named."""
    mine = reports.offices()
    if not mine:
        raise WebError("forbidden")
    args = {name: request.args.get(name, "") for name in ("report", "office", "from", "to")}
    name = args["report"] if args["report"] in catalog.KINDS else "promise"
    office = args["office"] if args["office"] in mine else ""
    errors: dict[str, str] = {}
    try:
        found = reports.make(name, office=office, first=args["from"], last=args["to"])
    except ReportRefusedError as error:
        errors["from"] = problem_of(error).sentence(language())
        found = reports.make(name, office=office)
    return shown(
        "staff/reports.html",
        422 if errors else 200,
        errors=errors,
        kinds=[(kind.name, local(kind.title)) for kind in catalog.KINDS.values()],
        offices=[(o, local(here.ports().library.offices[o].title)) for o in mine],
        chosen={"report": name, "office": office, "from": args["from"] or found.first, "to": args["to"] or found.last},
        report=_report(found, office),
    )


def _report(report: Report, office: str) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "from": report.first,
        "to": report.last,
        "lang": language(),
        **({"office": office} if office else {}),
    }
    forms = (("pdf", "PDF"), ("xlsx", "XLSX"), ("csv", "CSV"), ("json", "JSON"))
    return {
        "title": local(report.title),
        "tells": local(catalog.KINDS[report.name].tells),
        "period": months_said(report, language()),
        "running": until_said(report, language()),
        "sections": [_section(section) for section in report.sections],
        "notes": [local(note) for note in report.notes],
        "files": [(url_for("reports.get_report", name=report.name, format=f, **asked), words) for f, words in forms],
    }


def _section(section: Section) -> dict[str, Any]:
    drawn = svg(section, language())
    return {
        "name": section.name,
        "title": local(section.title),
        "columns": [{"title": local(c.title), "text": c.kind == "text"} for c in section.columns],
        "rows": [cells(section, row, language()) for row in section.rows[:MAX_ROWS]],
        "left_out": max(0, len(section.rows) - MAX_ROWS),
        "total": cells(section, section.total, language()) if section.total else None,
        # Made by us from numbers and escaped words.
        "chart": Markup(drawn) if drawn else "",  # noqa: S704
        "notes": [local(note) for note in section.notes],
    }
