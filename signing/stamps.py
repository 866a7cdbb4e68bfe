"""Time stamps (RFC 3161) over anything: asked for, and checked offline."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime

from asn1crypto import cms, crl, x509  # type: ignore[import-untyped]
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from signing.cms import token_of
from signing.errors import SigningError
from signing.timestamps import TimeStamper
from signing.trust import Trust

_DIGEST = "sha256"


class StampError(SigningError):
    """A time stamp is over something else or changed (`stamp_invalid`), or of somebody who is not trusted here
    (`stamp_authority_unknown`)."""


def stamped(content: bytes, timestamper: TimeStamper) -> bytes:
    """Return the DER token that proves that `content` existed; raises Unavailable `tsa_unavailable`."""
    token = asyncio.run(token_of(hashlib.new(_DIGEST, content).digest(), _DIGEST, timestamper))
    return bytes(token.dump())


def stamped_at(token: bytes, content: bytes, trust: Trust) -> datetime:
    """Return when `content` was stamped, by an authority that `trust` knew at that time; nothing is fetched.

    Raises StampError for a token over something else, of somebody else, or changed.
    """
    try:
        status = asyncio.run(_checked(token, content, trust))
    except (SignatureValidationError, ValueError, TypeError, KeyError) as error:
        raise StampError("stamp_invalid", f"The time stamp cannot be read: {error}") from error
    if not (status.valid and status.intact):
        raise StampError("stamp_invalid", "The time stamp does not belong to this content.")
    if not status.trusted:
        raise StampError("stamp_authority_unknown", "Nobody who is trusted here stands behind the time stamp.")
    return status.timestamp


async def _checked(token: bytes, content: bytes, trust: Trust) -> TimestampSignatureStatus:
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    moment = signed["encap_content_info"]["content"].parsed["gen_time"].native
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(c) for c in trust.roots],
        other_certs=[x509.Certificate.load(c) for c in trust.intermediates],
        crls=[crl.CertificateList.load(c) for c in trust.crls],
        # The authority's certificate counts at the time of the stamp: a checkpoint outlives it.
        moment=moment,
        retroactive_revinfo=True,
        revocation_mode="soft-fail",
        allow_fetching=False,
    )
    found = await validate_tst_signed_data(signed, context, lambda name: hashlib.new(name, content).digest())
    return TimestampSignatureStatus(**found)
