"""Checkpoints and proofs, as they go out and come in."""

from __future__ import annotations

import base64
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from web.api.schemas.values import Moment


class Hex(fields.String):
    """Bytes in hexadecimal digits."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else bytes(value).hex()


class Base64(fields.String):
    """Bytes in base64."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else base64.b64encode(value).decode()


class CheckpointsQuery(ma.Schema):
    """Which checkpoints are listed."""

    before = fields.Integer(load_default=None, validate=validate.Range(min=1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class GrowthQuery(ma.Schema):
    """From which checkpoint to which."""

    from_ = fields.Integer(required=True, data_key="from", validate=validate.Range(min=1))
    to = fields.Integer(required=True, validate=validate.Range(min=1))


class ProofQuery(ma.Schema):
    """Up to which checkpoint."""

    size = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1),
        metadata={"description": "Leaves of the checkpoint; the newest one when it is left out."},
    )


class CheckpointSchema(ma.Schema):
    """A checkpoint."""

    size = fields.Integer(metadata={"description": "How many leaves it covers."})
    root = Hex()
    moment = Moment()
    note = fields.String(metadata={"description": "The signed note (C2SP tlog-checkpoint)."})
    time_stamp = Base64(
        attribute="token",
        allow_none=True,
        metadata={"description": "RFC 3161 token over the note, DER; null while it is pending."},
    )


class CheckpointPageSchema(ma.Schema):
    """Checkpoints, newest first."""

    checkpoints = fields.List(fields.Nested(CheckpointSchema))
    before = fields.Integer(allow_none=True, metadata={"description": "For the next page; null on the last."})


class ConsistencySchema(ma.Schema):
    """A consistency proof (RFC 9162, 2.1.4)."""

    from_ = fields.Integer(data_key="from")
    to = fields.Integer()
    proof = fields.List(Hex())


class ProofSchema(ma.Schema):
    """An inclusion proof (RFC 9162, 2.1.3)."""

    leaf = fields.String(attribute="text", metadata={"description": "The leaf's canonical text."})
    index = fields.Integer(metadata={"description": "Its place in the log, from 0."})
    proof = fields.List(Hex())
    checkpoint = fields.Nested(CheckpointSchema, attribute="sealed")
