"""Cases: open one, read it, save its data."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api import asked
from web.api.once import Reply, once
from web.api.present import actions_json, case_json, etag
from web.api.routing import Routes
from web.api.schemas.action import ActionSchema
from web.api.schemas.calendar import LineSchema
from web.api.schemas.case import CaseSchema, CasesSchema, ClockSchema
from web.api.schemas.history import HistorySchema
from web.api.schemas.queries import CasesQuery, ClocksQuery, HistoryQuery
from web.api.schemas.requests import AnyObject, OpenSchema
from web.database import commit
from web.pages import dossier
from web.services import actions, cards, cases, clocks, history, prints
from web.services.sight import require_reading, see

routes = Routes("cases", __name__, description="Cases: applications from draft to card.")


@routes.post("/cases")
@routes.arguments(OpenSchema)
@routes.response(201, CaseSchema)
@once
def open_case(body: dict[str, Any]) -> Reply:
    """Open a draft. With an Idempotency-Key it is opened once, however often the request arrives."""
    id_ = cases.open_case(body["process"], body["office"], body["data"], assisted=body["assisted"])
    view = cases.show(see(id_), personal=False)
    headers = {"Location": f"/api/v1/cases/{id_}", "ETag": etag(view.revision)}
    return Reply(status=201, body=case_json(view), headers=headers)


@routes.get("/cases")
@routes.arguments(CasesQuery, location="query")
@routes.response(200, CasesSchema)
def list_cases(query: dict[str, Any]) -> Response:
    """The person's own cases, newest first, without their data."""
    found = cases.mine(before=query["before"], limit=query["limit"])
    last = found[-1].id if len(found) == query["limit"] else None
    return jsonify(cases=[case_json(view) for view in found], next=last)


@routes.get("/cases/<int:id_>")
@routes.response(200, CaseSchema)
def get_case(id_: int) -> Response:
    """A case as the person sees it."""
    view = cases.show(see(id_))
    response = jsonify(case_json(view))
    response.headers["ETag"] = etag(view.revision)
    return response


@routes.put("/cases/<int:id_>/data")
@routes.arguments(AnyObject)
@routes.response(200)
def put_data(body: dict[str, Any], id_: int) -> Response:
    """Replace the data of the working copy; If-Match names the revision that was seen."""
    expected = asked.required_revision()
    revision = cases.save(see(id_, lock=True), body, expected)
    commit()
    response = jsonify(id=id_, revision=revision)
    response.headers["ETag"] = etag(revision)
    return response


@routes.get("/cases/<int:id_>/history")
@routes.arguments(HistoryQuery, location="query")
@routes.response(200, HistorySchema)
def get_history(query: dict[str, Any], id_: int) -> Response:
    """What happened, up to a moment, and the state that it leads to."""
    found = see(id_)
    require_reading(found)
    return jsonify(HistorySchema().dump(history.history(found, asked.moment(query["at"]))))


@routes.get("/cases/<int:id_>/clocks")
@routes.arguments(ClocksQuery, location="query")
@routes.response(200, ClockSchema(many=True))
def get_clocks(query: dict[str, Any], id_: int) -> Response:
    """The office's promises for this case; with `explain`, each has the ledger that adds up to its due date."""
    found, at = see(id_), asked.moment(query["at"])
    if query["explain"] or at is not None:
        require_reading(found)
    if at is not None:
        found = clocks.as_of(found, at)
    told = ClockSchema(many=True).dump(clocks.clocks(found))
    if query["explain"]:
        lines = clocks.explained(found)
        told = [clock | {"ledger": LineSchema(many=True).dump(lines[clock["name"]])} for clock in told]
    return jsonify(told)


@routes.get("/cases/<int:id_>/actions")
@routes.response(200, ActionSchema(many=True))
def get_actions(id_: int) -> Response:
    """What the person may do now, and why the rest is refused."""
    return jsonify(actions_json(actions.actions(see(id_))))


@routes.get("/cases/<int:id_>/card.pdf")
@routes.response(200, content_type="application/pdf")
def get_card(id_: int) -> Response:
    """The signed card, once it is published."""
    content, name = cards.download(see(id_))
    response = Response(content, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@routes.get("/cases/<int:id_>/print.pdf")
@routes.response(200, content_type="application/pdf")
def get_print(id_: int) -> Response:
    """The print that counts, to be signed at the counter; for staff only, and only until the card is published."""
    content, name = prints.download(see(id_))
    response = Response(content, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


@routes.get("/cases/<int:id_>/dossier.pdf")
@routes.response(200, content_type="application/pdf")
def get_dossier(id_: int) -> Response:
    """Everything of the case in one file, originals attached; for officers and auditors who may read the case."""
    content, name = dossier.made(see(id_))
    response = Response(content, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
