"""Migrations of cases, as they go out and come in."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment

#: Longest text of a plan, in characters.
MAX_TEXT = 100_000


class NewMigrationSchema(ma.Schema):
    """A plan."""

    plan = fields.String(
        required=True, validate=validate.Length(1, MAX_TEXT), metadata={"description": "The plan's YAML."}
    )


class RevertSchema(ma.Schema):
    """How to go back."""

    map_back = fields.Boolean(
        load_default=False,
        metadata={"description": "Cases that moved on go back by the mapping where it is clear, too."},
    )


class MigrationSchema(ma.Schema):
    """A migration and its progress."""

    id = fields.Integer(attribute="migration.id")
    process = fields.String(attribute="migration.process")
    plan = fields.Function(lambda seen: seen.migration.plan.as_json(), metadata={"type": "object"})
    status = fields.String(
        attribute="migration.status",
        metadata={"description": "proposed, running, paused, aborted, finished, reverting or reverted."},
    )
    why = fields.String(
        attribute="migration.why", allow_none=True, metadata={"description": "Code of why it paused by itself."}
    )
    proposed_at = Moment(attribute="migration.proposed_at")
    watched_until = Moment(
        attribute="migration.watched_until",
        allow_none=True,
        metadata={"description": "Until when the fate of the canary is watched."},
    )
    canary = fields.Integer(attribute="migration.canary", allow_none=True)
    canary_passed = fields.Boolean(attribute="migration.canary_passed")
    done_at = Moment(attribute="migration.done_at", allow_none=True)
    progress = fields.Dict(keys=fields.String(), values=fields.Integer())
    reasons = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "How many cases stay where they are, by code."},
    )
    report = fields.Dict(attribute="migration.report", allow_none=True, metadata={"description": "The last dry run."})


class StayedQuery(ma.Schema):
    """Which cases that stay are listed."""

    code = fields.String(load_default="", validate=validate.Length(max=40))
    after = fields.Integer(load_default=0, validate=validate.Range(0), metadata={"description": "Number of a case."})
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 200))


class StayedSchema(ma.Schema):
    """A case that stays where it is."""

    case = fields.Integer(attribute="case_id")
    status = fields.String()
    code = fields.String()
    details = fields.Dict(allow_none=True)


class StayedPageSchema(ma.Schema):
    """Cases that stay, by number."""

    cases = fields.List(fields.Nested(StayedSchema))
    after = fields.Integer(allow_none=True, metadata={"description": "For the next page; None on the last."})
