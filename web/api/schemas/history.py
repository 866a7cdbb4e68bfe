"""What happened to a case, as it goes out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from web.api.schemas.values import Moment, Words


class SaidSchema(ma.Schema):
    """One thing that was said with an act."""

    name = fields.String()
    title = Words()
    text = Words()


class EntrySchema(ma.Schema):
    """One event."""

    seq = fields.Integer()
    type = fields.String()
    at = Moment()
    who = Words()
    role = Words(allow_none=True)
    for_party = fields.Boolean(metadata={"description": "An officer acted for the party."})
    do = fields.String(allow_none=True)
    do_title = Words(allow_none=True)
    to = fields.String(allow_none=True)
    to_title = Words(allow_none=True)
    late = Words(allow_none=True, metadata={"description": "It was told long after it was due."})
    step = Words(allow_none=True, metadata={"description": "The step that failed; staff only."})
    cause = Words(allow_none=True, metadata={"description": "Why it failed, and what to do; staff only."})
    asked_by = Words(allow_none=True, metadata={"description": "Who asked for the step that failed; staff only."})
    asked_as = Words(allow_none=True, metadata={"description": "The role in which; staff only."})
    said = fields.List(
        fields.Nested(SaidSchema),
        metadata={"description": "Reasons and other inputs; for staff who may read the case's data. A look at them."},
    )
    body = fields.Dict(allow_none=True)
    hash = fields.String(allow_none=True)


class HistorySchema(ma.Schema):
    """What happened, and the state that it leads to."""

    entries = fields.List(fields.Nested(EntrySchema))
    state = fields.String()
    state_title = Words()
    revision = fields.Integer()
    head = fields.String()
