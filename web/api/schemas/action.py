"""Actions and commands as they go out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.problem import ProblemSchema
from web.api.schemas.values import Words


class InputSchema(ma.Schema):
    """What is entered with an action."""

    name = fields.String()
    title = Words()
    kind = fields.String()
    choices = fields.List(fields.String())
    optional = fields.Boolean()


class ActionSchema(ma.Schema):
    """What the person may do, or why not."""

    do = fields.String()
    title = Words()
    allowed = fields.Boolean()
    problem = fields.Nested(ProblemSchema, allow_none=True)
    inputs = fields.List(fields.Nested(InputSchema))
    checklist = fields.Boolean()
    assisted = fields.Boolean()
    runs = fields.String(allow_none=True)
    to = fields.String(allow_none=True)


class CommandSchema(ma.Schema):
    """A command and what became of it."""

    id = fields.Integer(attribute="command")
    case = fields.Integer()
    status = fields.String(validate=validate.OneOf(["pending", "working", "done", "refused", "failed"]))
    problem = fields.Nested(ProblemSchema, allow_none=True)


class CommandsSchema(ma.Schema):
    """Many commands."""

    commands = fields.List(fields.Nested(CommandSchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
