"""An applicant's own applications, and starting one; officers start one for a person here, too."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from web import here
from web.database import commit
from web.errors import WebError
from web.language import language
from web.pages import times
from web.pages.answers import go, key_sent, new_key, require_person, shown
from web.pages.glance import Glance, glance
from web.pages.words import _, local
from web.services import cases, definitions, notices, once
from web.services.sight import see
from web.services.views import CaseView
from web.statuses import status_of

pages = Blueprint("mine", __name__)
pages.before_request(require_person)

PAGE = 20
NEWS = 5


@pages.get("/cases")
def all_mine() -> Response:
    """The person's own cases, newest first."""
    before = request.args.get("before", type=int)
    found = cases.mine(before=before, limit=PAGE + 1)
    page = found[:PAGE]
    more = page[-1].id if len(found) > PAGE else None
    return shown("mine/list.html", cases=[_glance(c) for c in page], more=more, notices=_news())


@pages.route("/cases/new", methods=["GET", "POST"])
def start() -> Response:
    """Choose office and service, then open the draft, once."""
    if request.method == "GET":
        return _start_page({}, 200)
    office, process = request.form.get("office", ""), request.form.get("process", "")
    errors = {}
    if not office:
        errors["office"] = _("Pilih kantor.")
    if not process:
        errors["process"] = _("Pilih layanan.")
    if errors:
        return _start_page(errors, 422)
    assisted = request.form.get("assisted") == "1"
    try:
        case = once.once("case", key_sent(), lambda: cases.open_case(process, office, assisted=assisted))
    except WebError as error:
        return _start_page({"office": error.problem.sentence(language())}, status_of(error.problem.code))
    commit()
    return go(url_for("case.show", case=case))


def _start_page(errors: dict[str, str], status: int) -> Response:
    assisted = request.values.get("assisted") == "1"
    found = [p for p in definitions.offered() if (p.submit_assisted if assisted else p.submit_party)]
    known = {office.name: office for process in found for office in definitions.offices(process.name)}
    person = here.signed_in()
    mine = {name: o for name, o in known.items() if not assisted or person.roles_at(name)}
    entered = {"office": request.values.get("office", ""), "process": request.values.get("process", "")}
    if len(found) == 1:
        entered["process"] = found[0].name
    if len(mine) == 1:
        entered["office"] = next(iter(mine))
    values: dict[str, Any] = {
        "offices": [(name, local(office.title)) for name, office in mine.items()],
        "processes": [(process.name, local(process.title)) for process in found],
        "entered": entered,
        "assisted": assisted,
        "key": new_key(),
    }
    return shown("mine/start.html", status, errors=errors, **values)


def _glance(view: CaseView) -> Glance:
    return glance(see(view.id), view)


def _news() -> list[dict[str, Any]]:
    """The newest notices, in words."""
    offices = here.ports().library.offices
    zone = next(iter(offices.values())).zone
    return [
        {
            "case": n.case,
            "subject": local(n.subject),
            "at": times.moment(n.at, zone),
            "iso": n.at.isoformat(timespec="seconds"),
        }
        for n in notices.notices(limit=NEWS)
    ]
