"""The inbox as it goes out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from web.api.schemas.values import Moment, Words


class RowSchema(ma.Schema):
    """A task in the inbox."""

    id = fields.String()
    case = fields.Integer()
    process = fields.String()
    process_title = Words()
    state = fields.String()
    state_title = Words()
    role = fields.String()
    office = fields.String()
    office_title = Words()
    holder = Words(allow_none=True)
    deputy_of = Words(allow_none=True)
    priority = fields.String()
    mine = fields.Boolean()
    until = Moment(allow_none=True)
    due = Moment(allow_none=True)
    overdue = fields.Boolean()
    arrived = Moment()
    revision = fields.Integer()
    bulk = fields.Boolean()
    incident = fields.String(
        allow_none=True,
        metadata={"description": "Code of why a step of the case failed for good."},
    )


class PageSchema(ma.Schema):
    """A page of the inbox."""

    tasks = fields.List(fields.Nested(RowSchema))
    next = fields.String(allow_none=True)
    total = fields.Integer(metadata={"description": "1001 stands for more than 1000."})
    overdue = fields.Integer(metadata={"description": "1001 stands for more than 1000."})
