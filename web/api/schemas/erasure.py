"""Erasures and looks at personal data, as they go in and out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment, Words

MAX_PAGE = 200


class ErasureSchema(ma.Schema):
    """An order to erase, and what became of it."""

    id = fields.Integer()
    case = fields.Integer()
    status = fields.String(validate=validate.OneOf(["waiting", "done", "refused"]))
    at = Moment()
    done_at = Moment(allow_none=True)
    problem = fields.Dict(allow_none=True, metadata={"description": "Why it was refused after all."})


class AccessSchema(ma.Schema):
    """One look at personal data."""

    id = fields.Integer()
    who = Words()
    what = fields.String()
    at = Moment()


class AccessesSchema(ma.Schema):
    """A page of looks, the newest first."""

    accesses = fields.List(fields.Nested(AccessSchema))
    next = fields.Integer(allow_none=True, metadata={"description": "`before` of the next page."})


class AccessesQuery(ma.Schema):
    """Which looks are listed."""

    before = fields.Integer(load_default=None)
    limit = fields.Integer(load_default=MAX_PAGE, validate=validate.Range(1, MAX_PAGE))
