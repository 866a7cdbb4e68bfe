"""Why a case is due when it is: its clocks, and every interval that leads to the due date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint
from werkzeug.wrappers import Response

from web.pages import times
from web.pages.answers import require_person, shown
from web.pages.words import _, local
from web.services import clocks
from web.services.sight import Seen, require_reading, see
from web.services.views import ClockView
from workflow.explanation import Line

pages = Blueprint("promises", __name__)
pages.before_request(require_person)


@pages.get("/cases/<int:case>/clocks")
def show(case: int) -> Response:
    """The promises of a case, explained."""
    found = see(case)
    require_reading(found)
    lines = clocks.explained(found)
    told = [_clock(found, view, lines[view.name]) for view in clocks.clocks(found)]
    return shown("staff/clocks.html", case=case, clocks=told)


def _clock(found: Seen, view: ClockView, lines: tuple[Line, ...]) -> dict[str, Any]:
    return {
        "title": local(view.title),
        "stands": _stands(found, view),
        "late": view.breached,
        "target": view.target.removesuffix(" working"),
        "kind": _("jam kerja kantor") if view.working else _("waktu jam"),
        "used": view.used,
        "levels": [_level(found, view, at) for at in range(len(view.levels))],
        "lines": list(_lines(found, lines)),
        "sum": times.span(sum((line.counted for line in lines), timedelta(0))),
    }


def _stands(found: Seen, view: ClockView) -> str:
    if view.stopped is not None:
        return _("Selesai pada %(at)s.", at=times.moment(view.stopped, found.zone))
    if view.paused_at is not None:
        return _("Berhenti sementara sejak %(at)s.", at=times.moment(view.paused_at, found.zone))
    if view.due is None:
        return ""
    return _("Batas waktu: %(at)s.", at=times.moment(view.due, found.zone))


def _level(found: Seen, view: ClockView, at: int) -> str:
    level = view.levels[at]
    if level.told:
        return _("%(percent)d %%: sudah diberitahukan", percent=level.at)
    if level.due is None:
        return _("%(percent)d %%: belum tercapai", percent=level.at)
    return _("%(percent)d %%: pada %(at)s", percent=level.at, at=times.moment(level.due, found.zone))


def _lines(found: Seen, lines: tuple[Line, ...]) -> Iterator[dict[str, Any]]:
    total = timedelta(0)
    for line in lines:
        total += line.counted
        yield {
            "from": times.moment(line.start, found.zone),
            "to": times.moment(line.end, found.zone),
            "why": local(line.why),
            "counted": times.span(line.counted) if line.counted else "–",
            "total": times.span(total) if total else "–",
        }
