"""Published keys, as a JWK Set."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields


class ClaimKeySchema(ma.Schema):
    """A key that signs the claims in QR codes (RFC 8037), with its days."""

    kty = fields.String()
    crv = fields.String()
    alg = fields.String()
    use = fields.String()
    kid = fields.String(metadata={"description": "The first four bytes of the SHA-256 of the key, hex."})
    x = fields.String(metadata={"description": "The key, base64url."})
    from_ = fields.String(data_key="from", metadata={"description": "First day of issue for which it signs."})
    until = fields.String(metadata={"description": "Last day of issue for which it signs."})
    development = fields.Boolean(metadata={"description": "A key for trials: its claims are of no official card."})


class KeySetSchema(ma.Schema):
    """All keys by which the claims of this house's cards are checked, old ones too."""

    keys = fields.List(fields.Nested(ClaimKeySchema))
