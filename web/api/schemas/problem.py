"""Problems as RFC 9457 writes them."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields


class FieldErrorSchema(ma.Schema):
    """One entry that cannot be accepted."""

    field = fields.String()
    code = fields.String()
    detail = fields.String()


class ProblemSchema(ma.Schema):
    """RFC 9457."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "Stable name of the problem."})
    detail = fields.String()
    errors = fields.List(fields.Nested(FieldErrorSchema))
    details = fields.Dict()
