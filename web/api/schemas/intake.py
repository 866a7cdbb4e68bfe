"""What everybody may file, and what the holder of a receipt may know."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.queries import MAX_NAME
from web.api.schemas.values import Moment, Words


class FileSchema(ma.Schema):
    """Something filed at the online desk."""

    office = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    data = fields.Dict(keys=fields.String(), required=True, metadata={"description": "By the process's form."})


class ReceiptActionSchema(ma.Schema):
    """What is entered with an action, such as the reason of an objection."""

    input = fields.Dict(keys=fields.String(), load_default=dict)


class ReceiptSchema(ma.Schema):
    """What was filed: keep the receipt, it is the only way to follow it."""

    receipt = fields.String()
    case = fields.Integer()
    command = fields.Integer()


class FollowedSchema(ma.Schema):
    """How it stands."""

    receipt = fields.String()
    process = fields.String()
    process_title = Words()
    office_title = Words()
    state = fields.String()
    state_title = Words()
    final = fields.Boolean()
    submitted_at = Moment(allow_none=True)
    due = Moment(allow_none=True)
    answer = fields.String()
    may = fields.List(fields.List(fields.Raw()), metadata={"description": "Action and title."})
