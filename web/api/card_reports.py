"""Reports of cards: anybody reports one that is lost or looks false; those who lead its office settle it."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.card import (
    CardReportSchema,
    CardReportsQuery,
    CardReportsSchema,
    ReportCardSchema,
    ReportedSchema,
    SettleSchema,
)
from web.database import commit
from web.services import card_reports

routes = Routes("card_reports", __name__, description="Reports of lost and suspected cards.")


@routes.post("/verify/<code>/reports")
@routes.arguments(ReportCardSchema)
@routes.response(202, ReportedSchema)
@routes.doc(security=[])
def report_card(body: dict[str, Any], code: str) -> tuple[Response, int]:
    """Report a valid card by its code or number, for everybody. Reported again while it waits, it is counted only."""
    card_reports.report(code, body["kind"])
    commit()
    return jsonify(reported=True), 202


@routes.get("/card-reports")
@routes.arguments(CardReportsQuery, location="query")
@routes.response(200, CardReportsSchema)
def list_card_reports(query: dict[str, Any]) -> Response:
    """Reports of the offices whose work the person leads: what waits, the oldest first, or what was settled."""
    found = card_reports.reports(settled=query["settled"])
    return jsonify(reports=CardReportSchema(many=True).dump(found))


@routes.post("/card-reports/<int:id_>")
@routes.arguments(SettleSchema)
@routes.response(200)
@once
def settle_card_report(body: dict[str, Any], id_: int) -> Reply:
    """Settle a report: confirmed, the mark stays until the card is revoked or replaced; unfounded, it goes."""
    settled = card_reports.settle(id_, body["verdict"])
    return Reply(status=200, body={"id": settled.id, "verdict": settled.verdict})
