"""What anybody may know of a card, as it goes out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment, Words


class CardEntrySchema(ma.Schema):
    """What the register tells anybody of a card."""

    state = fields.String(
        validate=validate.OneOf(["valid", "expired", "replaced", "revoked", "returned", "void", "unknown"])
    )
    checked_at = Moment()
    number = fields.String(allow_none=True)
    code = fields.String(allow_none=True)
    holder = fields.String(allow_none=True, metadata={"description": "Masked."})
    office = fields.String(allow_none=True)
    office_title = Words(allow_none=True)
    issued_on = fields.String(allow_none=True)
    expires_on = fields.String(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "Why a void one is void, such as `newer_print`."})
    level = fields.String(allow_none=True)
    signer = fields.String(allow_none=True)
    erased_at = Moment(allow_none=True, metadata={"description": "When the holder's name and the file were erased."})


class FileFindingsSchema(ma.Schema):
    """What was found about an uploaded file, each finding for itself."""

    genuine = fields.Boolean()
    entry = fields.Nested(CardEntrySchema)
    same_file = fields.Boolean(allow_none=True)
    earlier_file = fields.Boolean(metadata={"description": "A file that the card had before its archive was renewed."})
    sha256 = fields.String()
    verdict = fields.Method("_verdict")

    def _verdict(self, found: Any) -> dict[str, Any]:
        told: dict[str, Any] = found.verdict.to_json()
        return told
