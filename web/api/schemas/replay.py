"""A case as it was, as it goes out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields

from web.api.schemas.case import ClockSchema
from web.api.schemas.values import Moment, Words
from web.language import language


class FindingSchema(ma.Schema):
    """What does not fit, at the first event where it shows."""

    code = fields.String()
    seq = fields.Integer(allow_none=True)
    text = fields.Function(lambda finding: finding.sentence(language()))


class KeptSchema(ma.Schema):
    """A person of the role who was kept from a move."""

    who = Words()
    code = fields.String(metadata={"description": "Code of the refusal."})


class PowerSchema(ma.Schema):
    """A move out of the state of then, and who was able to perform it."""

    do = fields.String()
    title = Words()
    role = fields.String()
    role_title = Words()
    by_itself = fields.Boolean(metadata={"description": "Nobody performs it: time or the system does."})
    able = fields.List(Words())
    kept = fields.List(fields.Nested(KeptSchema))


class HeldSchema(ma.Schema):
    """The open task of then."""

    role = fields.String()
    role_title = Words()
    office = fields.String()
    holder = Words(allow_none=True)
    until = Moment(allow_none=True)


class PastSchema(ma.Schema):
    """A case at a past event or moment."""

    id = fields.Integer()
    at = Moment()
    seq = fields.Integer()
    state = fields.String()
    state_title = Words()
    revision = fields.Integer()
    head = fields.String(metadata={"description": "Hash of the last event."})
    definition = fields.String()
    complete = fields.Boolean(metadata={"description": "All events are in it."})
    finding = fields.Nested(FindingSchema, allow_none=True)
    data_version = fields.Integer()
    data: Any = fields.Dict(allow_none=True)
    documents = fields.Dict(keys=fields.String(), values=fields.String())
    task = fields.Nested(HeldSchema, allow_none=True)
    clocks = fields.List(fields.Nested(ClockSchema))
    powers = fields.List(fields.Nested(PowerSchema))
