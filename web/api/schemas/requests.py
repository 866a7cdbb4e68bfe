"""What goes in as JSON."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from signing.secret import MAX_SECRET

#: Longest name of anything, in characters.
MAX_NAME = 100
#: Most tasks of one bulk request.
MAX_BULK = 200


def secret_field() -> fields.String:
    """The PIN or passphrase of a signing key: taken, sealed and never given back."""
    said = "PIN or passphrase of the signer's key, where it asks for one. Never kept."
    check = validate.Length(max=MAX_SECRET, error="At most {max} letters.")
    return fields.String(
        load_default=None, load_only=True, allow_none=True, validate=check, metadata={"description": said}
    )


class AnyObject(ma.Schema):
    """A JSON object whose fields a definition names."""

    class Meta:
        unknown = ma.INCLUDE


class OpenSchema(ma.Schema):
    """A case to be opened."""

    process = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    office = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    data = fields.Dict(keys=fields.String(), load_default=dict)
    assisted = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=None,
        allow_none=True,
        metadata={"description": "An officer opens it for a person; when left out, staff of the office do."},
    )


class TransitionSchema(ma.Schema):
    """A transition to be performed."""

    do = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    input = fields.Dict(keys=fields.String(), load_default=dict)
    checklist = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))
    secret = secret_field()


class FilterSchema(ma.Schema):
    """Tasks of the person's inbox, as `GET /tasks` finds them."""

    role = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    office = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    state = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    q = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    mine = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class BulkSchema(ma.Schema):
    """One transition for many tasks: those of `ids`, or the first that `filter` finds."""

    do = fields.String(required=True, validate=validate.Length(1, MAX_NAME))
    ids = fields.List(fields.String(), load_default=None, validate=validate.Length(1, MAX_BULK))
    filter = fields.Nested(FilterSchema, load_default=None)
    input = fields.Dict(keys=fields.String(), load_default=dict)
    checklist = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))
    secret = secret_field()
