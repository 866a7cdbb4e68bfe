"""Notices as they go out."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from web.api.schemas.values import Moment, Words


class NoticeSchema(ma.Schema):
    """A notice."""

    id = fields.Integer()
    case = fields.Integer()
    name = fields.String()
    subject = Words()
    body = Words()
    at = Moment()
    read_at = Moment(allow_none=True)


class NoticesSchema(ma.Schema):
    """A page of notices."""

    notices = fields.List(fields.Nested(NoticeSchema))
    unread = fields.Integer()
    next = fields.Integer(allow_none=True)
