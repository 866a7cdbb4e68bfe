"""What anybody may know of a card, as it goes out."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment, Words


class MarkSchema(ma.Schema):
    """What a valid card is reported as."""

    kind = fields.String(validate=validate.OneOf(["lost", "suspected"]))
    since = fields.Date(metadata={"description": "Day of the first such report, where the issuing office is."})
    confirmed = fields.Boolean(metadata={"description": "The issuing office confirmed it."})
    text = Words()


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
    changed_on = fields.Date(
        allow_none=True,
        metadata={"description": "First day on which one that is valid no more was so, where its office is."},
    )
    reason = fields.String(allow_none=True, metadata={"description": "Why a void one is void, such as `newer_print`."})
    level = fields.String(allow_none=True)
    signer = fields.String(allow_none=True)
    erased_at = Moment(allow_none=True, metadata={"description": "When the holder's name and the file were erased."})
    reported_at = Moment(
        allow_none=True,
        metadata={"description": "Since when a valid one is under a report that waits or was confirmed."},
    )
    marks = fields.List(
        fields.Nested(MarkSchema), metadata={"description": "What a valid one is reported as; it stays valid."}
    )


class AspectSchema(ma.Schema):
    """One aspect of a verification."""

    name = fields.String(validate=validate.OneOf(["ades", "modification", "coverage", "signers", "register", "status"]))
    holds = fields.Boolean(allow_none=True, metadata={"description": "null where nothing can be said."})
    code = fields.String()
    title = Words()
    text = Words()


class FileFindingsSchema(ma.Schema):
    """What was found about an uploaded file, each finding for itself."""

    genuine = fields.Boolean()
    entry = fields.Nested(CardEntrySchema)
    same_file = fields.Boolean(allow_none=True)
    earlier_file = fields.Boolean(metadata={"description": "A file that the card had before its archive was renewed."})
    sha256 = fields.String()
    aspects = fields.List(fields.Nested(AspectSchema))
    verdict = fields.Method("_verdict")

    def _verdict(self, found: Any) -> dict[str, Any]:
        told: dict[str, Any] = found.verdict.to_json()
        return told


class VerifyQuery(ma.Schema):
    """Which card is asked for."""

    code = fields.String(
        required=True,
        validate=validate.Length(max=2000),
        metadata={"description": "Code or number, as a person types it, or the whole link of a QR."},
    )


class ReportCardSchema(ma.Schema):
    """What is reported of a card."""

    kind = fields.String(required=True, validate=validate.OneOf(["lost", "suspected"]))


class ReportedSchema(ma.Schema):
    """That a report was taken."""

    reported = fields.Boolean()


class CardReportsQuery(ma.Schema):
    """Which reports are listed."""

    settled = fields.Boolean(load_default=False)


class CardReportSchema(ma.Schema):
    """A report of a card, for those who settle it."""

    id = fields.Integer()
    case = fields.Integer()
    office = fields.String()
    number = fields.String()
    state = fields.String()
    kind = fields.String()
    at = Moment()
    last_at = Moment()
    times = fields.Integer()
    verdict = fields.String(allow_none=True)
    settled_by = Words(allow_none=True)
    settled_at = Moment(allow_none=True)
    ended = fields.String(
        allow_none=True,
        metadata={"description": "State in which the card settled it, such as `replaced`; there is no verdict then."},
    )
    others = fields.List(fields.Integer(), metadata={"description": "Other reports of the same card that wait."})


class CardReportsSchema(ma.Schema):
    """A list of reports."""

    reports = fields.List(fields.Nested(CardReportSchema))


class SettleSchema(ma.Schema):
    """What a report was worth."""

    verdict = fields.String(required=True, validate=validate.OneOf(["confirmed", "unfounded"]))
