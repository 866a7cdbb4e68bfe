"""Migrations: moving running cases to another version of their definition."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from web.api.once import Reply, once
from web.api.routing import Routes
from web.api.schemas.migrations import (
    MigrationSchema,
    NewMigrationSchema,
    RevertSchema,
    StayedPageSchema,
    StayedQuery,
)
from web.services import migrations

routes = Routes("migrations", __name__, description="Moving running cases to another version of their definition.")


@routes.get("/migrations")
@routes.response(200, MigrationSchema(many=True))
def list_migrations() -> Response:
    """The newest migrations, with their progress; for supervisors."""
    return jsonify(MigrationSchema(many=True).dump(migrations.listed()))


@routes.get("/migrations/<int:id_>")
@routes.response(200, MigrationSchema)
def get_migration(id_: int) -> Response:
    """A migration: its plan, progress, and why cases stay."""
    return jsonify(MigrationSchema().dump(migrations.one(id_)))


@routes.get("/migrations/<int:id_>/cases")
@routes.arguments(StayedQuery, location="query")
@routes.response(200, StayedPageSchema)
def list_stayed(query: dict[str, Any], id_: int) -> Response:
    """Cases that stay where they are, with the reason of each."""
    rows = migrations.stayed(id_, **query)
    after = rows[-1].case_id if len(rows) == query["limit"] else None
    return jsonify(StayedPageSchema().dump({"cases": rows, "after": after}))


@routes.post("/migrations")
@routes.arguments(NewMigrationSchema)
@routes.response(201, MigrationSchema)
@once
def propose(body: dict[str, Any]) -> Reply:
    """Propose a plan; another supervisor approves it."""
    seen = migrations.propose(body["plan"])
    headers = {"Location": f"/api/v1/migrations/{seen.migration.id}"}
    return Reply(status=201, body=MigrationSchema().dump(seen), headers=headers)


@routes.post("/migrations/<int:id_>/dry-run")
@routes.response(200)
@once
def dry_run(id_: int) -> Reply:
    """What it would do to all live cases at this moment; nothing is written but the report."""
    return Reply(status=200, body=dict(migrations.dry_run(id_)))


@routes.post("/migrations/<int:id_>/<any(approve, pause, resume, abort):do>")
@routes.response(200, MigrationSchema)
@once
def decide(id_: int, do: str) -> Reply:
    """Let it run, stop it for a while, go on, or end it where it is."""
    return Reply(status=200, body=MigrationSchema().dump(migrations.decide(id_, do)))


@routes.post("/migrations/<int:id_>/revert")
@routes.arguments(RevertSchema)
@routes.response(200, MigrationSchema)
@once
def revert(body: dict[str, Any], id_: int) -> Reply:
    """Move cases back that have not moved since; with `map_back` the others by the mapping, too."""
    seen = migrations.decide(id_, "revert", map_back=body["map_back"])
    return Reply(status=200, body=MigrationSchema().dump(seen))
