"""What goes in by the query."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

#: Longest name of anything, in characters.
MAX_NAME = 100


class InboxQuery(ma.Schema):
    """Which tasks are listed."""

    role = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    office = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    state = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    q = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))
    mine = fields.Boolean(load_default=False)
    sort = fields.String(load_default="due", validate=validate.OneOf(["due", "arrival"]))
    after = fields.String(load_default=None, validate=validate.Length(max=200))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class CasesQuery(ma.Schema):
    """Which of the person's own cases are listed."""

    mine = fields.String(load_default="", metadata={"description": "Always so: only one's own cases are listed."})
    before = fields.Integer(load_default=None, validate=validate.Range(min=1))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class NoticesQuery(ma.Schema):
    """Which notices are listed."""

    before = fields.Integer(load_default=None, validate=validate.Range(min=1))
    limit = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class CommandsQuery(ma.Schema):
    """Which commands are asked about."""

    ids = fields.String(
        required=True,
        validate=validate.Regexp(r"[1-9][0-9]{0,18}(,[1-9][0-9]{0,18}){0,199}\Z"),
        metadata={"description": "Numbers of at most 200 commands, with commas between them."},
    )


class ReviewsQuery(ma.Schema):
    """Which reviews are listed."""

    done = fields.Boolean(load_default=False, metadata={"description": "Those that were reviewed."})


class RelativesQuery(ma.Schema):
    """Whose declarations are listed."""

    account = fields.String(load_default="", validate=validate.Length(max=MAX_NAME))


class HistoryQuery(ma.Schema):
    """Up to which moment."""

    at = fields.String(load_default=None, metadata={"description": "ISO 8601 with its zone."})


class ClocksQuery(ma.Schema):
    """How much is told of a clock."""

    explain = fields.Boolean(load_default=False, metadata={"description": "Every interval that leads to the due date."})
    at = fields.String(
        load_default=None,
        metadata={"description": "As they stood then (ISO 8601 with its zone), by the calendar known then."},
    )


class DocumentQuery(ma.Schema):
    """Which form of a document."""

    picture = fields.Boolean(load_default=False, metadata={"description": "The safe picture where there is one."})


class ReplayQuery(ma.Schema):
    """Where a replay stops; at the end when neither is given."""

    at = fields.String(load_default=None, metadata={"description": "Moment with its zone (ISO 8601)."})
    seq = fields.Integer(
        load_default=None, validate=validate.Range(min=0), metadata={"description": "Number of the last event."}
    )
