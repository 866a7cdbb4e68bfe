"""Calendars and clocks explained, as they go out; versions, as they come in."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment, Words

#: Longest text of a calendar, in characters.
MAX_TEXT = 200_000


class LineSchema(ma.Schema):
    """A stretch of time and what it is to a promise."""

    start = Moment()
    end = Moment()
    kind = fields.String()
    counted = fields.TimeDelta(precision="seconds", metadata={"description": "Seconds that the promise uses up."})
    why = Words()


class ShiftSchema(ma.Schema):
    """A due that would move."""

    case = fields.Integer()
    office = fields.String()
    name = fields.String(metadata={"description": "`clock/<clock>` or `state/<state>/<index>`."})
    before = Moment()
    after = Moment()
    broken_before = fields.Boolean()
    broken_after = fields.Boolean()


class PreviewSchema(ma.Schema):
    """What a version would change for all live cases."""

    calendar = fields.String()
    version = fields.Integer()
    hash = fields.String()
    offices = fields.List(fields.String())
    from_day = fields.Date(metadata={"description": "First day on which it would hold."})
    cases = fields.Integer(metadata={"description": "Live cases that were looked at."})
    later = fields.Integer()
    earlier = fields.Integer()
    newly_broken = fields.Integer()
    no_longer_broken = fields.Integer()
    told = fields.List(fields.Nested(ShiftSchema))


class VersionSchema(ma.Schema):
    """A version of a calendar."""

    calendar = fields.String(attribute="name")
    version = fields.Integer()
    hash = fields.String()
    valid_from = fields.Date()
    submitted_at = Moment()
    published_at = Moment(allow_none=True, metadata={"description": "None: a draft that waits for approval."})


class PublishedSchema(ma.Schema):
    """A version that was published, and what it changed."""

    version = fields.Nested(VersionSchema)
    preview = fields.Nested(PreviewSchema)


class NewVersionSchema(ma.Schema):
    """A new version."""

    text = fields.String(
        required=True, validate=validate.Length(1, MAX_TEXT), metadata={"description": "The calendar's YAML."}
    )


class PreviewedSchema(ma.Schema):
    """What is to be previewed."""

    text = fields.String(
        load_default=None,
        validate=validate.Length(1, MAX_TEXT),
        metadata={"description": "The calendar's YAML; when left out, the draft that waits."},
    )
