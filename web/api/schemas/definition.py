"""What is asked of definitions, and what goes in."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields, validate

from web.language import LANGUAGES
from workflow.definition.draft import MAX_TEXT

_NUMBER = validate.Range(1, 10**9)
#: Longest reason, in characters.
MAX_REASON = 2000


class VersionQuery(ma.Schema):
    """Which version is meant."""

    version = fields.Integer(
        load_default=None, validate=_NUMBER, metadata={"description": "When left out, the one that new cases use."}
    )


class HeatQuery(ma.Schema):
    """From which day on visits count."""

    since = fields.Date(load_default=None, metadata={"description": "Day (UTC); from the beginning when left out."})


class DrawingQuery(VersionQuery):
    """Which version is drawn, and in which language."""

    lang = fields.String(load_default="id", validate=validate.OneOf(list(LANGUAGES)))


_NAMED = {"description": "A version by number or hash, or `draft:ID`."}


class DiffQuery(ma.Schema):
    """Which versions are compared."""

    before = fields.String(load_default=None, data_key="from", validate=validate.Length(1, 80), metadata=_NAMED)
    after = fields.String(required=True, data_key="to", validate=validate.Length(1, 80), metadata=_NAMED)


_TEXTS = {"description": "Name of the file → text."}
_TEXT = fields.String(validate=validate.Length(max=MAX_TEXT))


class NewDraftSchema(ma.Schema):
    """A new draft."""

    files = fields.Dict(keys=fields.String(), values=_TEXT, load_default=None, allow_none=True, metadata=_TEXTS)


class SavedDraftSchema(ma.Schema):
    """New texts of a draft."""

    files = fields.Dict(keys=fields.String(), values=_TEXT, required=True, metadata=_TEXTS)
    base = fields.String(
        load_default=None,
        validate=validate.Length(64, 64),
        metadata={"description": "Hash of a version published meanwhile that was taken into account."},
    )


class ReturnSchema(ma.Schema):
    """Why a draft is sent back."""

    reason = fields.String(required=True, validate=validate.Length(1, MAX_REASON))


class RetireSchema(ma.Schema):
    """What is retired, and why."""

    version = fields.Integer(load_default=None, validate=_NUMBER, metadata={"description": "All when left out."})
    reason = fields.String(load_default=None, validate=validate.Length(1, MAX_REASON))
