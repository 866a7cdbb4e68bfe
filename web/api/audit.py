"""The log that seals histories: checkpoints and proofs, for auditors."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.audit import (
    CheckpointPageSchema,
    CheckpointSchema,
    CheckpointsQuery,
    ConsistencySchema,
    GrowthQuery,
    ProofQuery,
    ProofSchema,
)
from web.services import audit
from workflow.db.log import Sealed

routes = Routes("audit", __name__, description="Proofs that histories are what was sealed.")

PLAIN = "text/plain"


@routes.get("/audit/checkpoints")
@routes.arguments(CheckpointsQuery, location="query")
@routes.response(200, CheckpointPageSchema)
def list_checkpoints(query: dict[str, Any]) -> Response:
    """Checkpoints, newest first."""
    found = audit.listed(**query)
    before = found[-1].size if len(found) == query["limit"] else None
    return jsonify(CheckpointPageSchema().dump({"checkpoints": found, "before": before}))


@routes.post("/audit/checkpoints")
@routes.response(202)
@once
def ask_for_checkpoint() -> Reply:
    """Ask for a checkpoint of now; the clock process makes it within seconds, where anything moved."""
    headers = {"Location": "/api/v1/audit/checkpoints/latest"}
    return Reply(status=202, body={"request": audit.ask()}, headers=headers)


@routes.get("/audit/checkpoints/latest")
@routes.response(200, CheckpointSchema)
def get_latest() -> Response:
    """The newest checkpoint; as text/plain the signed note alone, to be kept outside."""
    return _told(audit.one())


@routes.get("/audit/checkpoints/<int:size>")
@routes.response(200, CheckpointSchema)
def get_checkpoint(size: int) -> Response:
    """The checkpoint over so many leaves."""
    return _told(audit.one(size))


@routes.get("/audit/consistency")
@routes.arguments(GrowthQuery, location="query")
@routes.response(200, ConsistencySchema)
def get_consistency(query: dict[str, Any]) -> Response:
    """The proof that a later checkpoint has everything of an earlier one, unchanged and in place."""
    proof = audit.growth(query["from_"], query["to"])
    return jsonify(ConsistencySchema().dump({"from_": query["from_"], "to": query["to"], "proof": proof}))


@routes.get("/audit/cases/<int:id_>/proof")
@routes.arguments(ProofQuery, location="query")
@routes.response(200, ProofSchema)
def get_proof(query: dict[str, Any], id_: int) -> Response:
    """The last leaf of a case under a checkpoint, with the proof that it stands there."""
    return jsonify(ProofSchema().dump(audit.proof(id_, query["size"])))


def _told(found: Sealed) -> Response:
    if request.accept_mimetypes.best_match(["application/json", PLAIN], default="application/json") == PLAIN:
        return Response(found.note, content_type=f"{PLAIN}; charset=utf-8")
    return jsonify(CheckpointSchema().dump(found))
