"""Incidents as they go out, and decisions about them as they come in."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.queries import MAX_NAME
from web.api.schemas.requests import secret_field
from web.api.schemas.values import Moment, Words
from web.services.incidents import DECISIONS

#: Most incidents of one request by kind.
MAX_BULK = 200


class IncidentsQuery(ma.Schema):
    """Which incidents are listed."""

    office = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    process = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    run = fields.String(load_default="", validate=validate.Length(max=MAX_NAME), metadata={"description": "Step."})
    code = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class IncidentSchema(ma.Schema):
    """A step that failed for good."""

    id = fields.String()
    case = fields.Integer()
    process = fields.String()
    office = fields.String()
    run = fields.String()
    run_title = Words()
    code = fields.String()
    cause = Words()
    at = Moment()


class KindSchema(ma.Schema):
    """Incidents of one process, step and cause."""

    process = fields.String()
    run = fields.String()
    run_title = Words()
    code = fields.String()
    cause = Words()
    count = fields.Integer()
    since = Moment()


class WaitingSchema(ma.Schema):
    """Cards that wait for their level for one reason."""

    code = fields.String()
    cause = Words()
    count = fields.Integer()
    since = Moment()


class IncidentsPageSchema(ma.Schema):
    """A page of incidents."""

    incidents = fields.List(fields.Nested(IncidentSchema))
    kinds = fields.List(fields.Nested(KindSchema))
    next = fields.String(allow_none=True)
    waiting = fields.List(fields.Nested(WaitingSchema))


class DecisionSchema(ma.Schema):
    """What is decided about an incident."""

    reason = fields.String(
        load_default=None,
        metadata={"description": "Needed to skip, to divert, and to retry what may have been signed (`uncertain`)."},
    )
    secret = secret_field()
    to = fields.String(
        load_default=None,
        validate=validate.Length(max=MAX_NAME),
        metadata={"description": "State to divert the case to."},
    )


class KindFilterSchema(ma.Schema):
    """Incidents by kind."""

    office = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    process = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    run = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    code = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))


class BulkDecisionSchema(DecisionSchema):
    """One decision about many incidents: those named, or those of a kind."""

    do = fields.String(required=True, validate=validate.OneOf(DECISIONS))
    ids = fields.List(fields.String(), load_default=None, validate=validate.Length(1, MAX_BULK))
    filter = fields.Nested(KindFilterSchema, load_default=None)

    @ma.validates_schema
    def one_of_both(self, data: dict[str, object], **_: object) -> None:
        """Refuse both, and neither."""
        if (data.get("ids") is None) == (data.get("filter") is None):
            raise ma.ValidationError("Give either `ids` or `filter`.", "ids")
