"""Reports as they are asked for and as they go out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.queries import MAX_NAME
from web.api.schemas.values import Words
from web.language import LANGUAGES

_MONTH = validate.Length(max=7)


class ReportQuery(ma.Schema):
    """Which report."""

    office = fields.String(load_default=None, validate=validate.Length(max=MAX_NAME))
    first = fields.String(data_key="from", load_default=None, validate=_MONTH, metadata={"description": "2026-01"})
    last = fields.String(data_key="to", load_default=None, validate=_MONTH, metadata={"description": "2026-12"})
    process = fields.String(load_default=None, validate=validate.Length(max=MAX_NAME))
    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))
    format = fields.String(load_default=None, validate=validate.OneOf(["json", "csv", "xlsx", "pdf"]))
    behind = fields.String(
        load_default=None,
        validate=validate.Length(max=400),
        metadata={"description": "section/row/column of the number whose events are listed."},
    )


class ReportKindSchema(ma.Schema):
    """A report that there is."""

    name = fields.String()
    title = Words()
    tells = Words()
    offices = fields.List(fields.String())


class ReportPlaceSchema(ma.Schema):
    """An event behind a number."""

    case = fields.Integer()
    seq = fields.Integer()


class ReportOfficeSchema(ma.Schema):
    """An office of a report."""

    name = fields.String()
    title = fields.String()


class ReportColumnSchema(ma.Schema):
    """A column of a section."""

    name = fields.String()
    title = fields.String()
    kind = fields.String(validate=validate.OneOf(["text", "count", "percent", "score"]))
    traced = fields.Boolean()


class ReportRowSchema(ma.Schema):
    """A row of a section; its cells by column."""

    key = fields.String()
    cells = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))


class ReportSectionSchema(ma.Schema):
    """A table of a report."""

    name = fields.String()
    title = fields.String()
    columns = fields.List(fields.Nested(ReportColumnSchema))
    rows = fields.List(fields.Nested(ReportRowSchema))
    total = fields.Nested(ReportRowSchema, allow_none=True)
    notes = fields.List(fields.String())


class ReportSchema(ma.Schema):
    """A report."""

    report = fields.String()
    title = fields.String()
    offices = fields.List(fields.Nested(ReportOfficeSchema))
    first = fields.String(data_key="from")
    last = fields.String(data_key="to")
    process = fields.String(allow_none=True)
    until = fields.String()
    running = fields.Boolean()
    sections = fields.List(fields.Nested(ReportSectionSchema))
    notes = fields.List(fields.String())
    behind = fields.List(fields.Nested(ReportPlaceSchema))
