"""Revisions that are appended to a signed file: what was lacking for its level, and archival time stamps (B-LTA).

Each of them ends in a document time stamp over everything before it, so that the last signature or time stamp covers
the whole file at every level, and nothing that was appended by anybody else is ever to be excused.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from asn1crypto import x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError as PyHankoError
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathError, ValidationError

from signing.chains import context_of
from signing.cms import end_of, end_of_stamper
from signing.errors import Rejected, Unavailable
from signing.phases import DIGEST, LISTS, RESERVED, TSA
from signing.timestamps import distrusted
from signing.trust import Trust
from signing.validation import validate

_BEFORE = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)


async def archive(pdf: bytes, trust: Trust, timestamper: TimeStamper) -> bytes:
    """Return `pdf` with all certificates and revocation lists of `trust` and a document time stamp, in one revision.

    What a signature lacked for B-LT is there from now on, and a file whose signatures are B-LT becomes B-LTA. Raises
    Unavailable `tsa_unavailable` or `crl_outdated`, Rejected `timestamper_rejected`.
    """
    context = context_of(trust)
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, certs=_certificates(trust.intermediates), validation_context=context
        )
        stamped = await _Stamper(timestamper).async_timestamp_pdf(writer, DIGEST, context)
    except _FAILURES as error:
        raise await distrusted(timestamper, context) or _told(error) from error
    return bytes(stamped.getvalue())


async def renew(pdf: bytes, trust: Trust, timestamper: TimeStamper, signers: int = 1) -> bytes:
    """Return `pdf`, which bears `signers` signatures, with what proves its last document time stamp today, and a new
    one over everything.

    Call it while that time stamp's certificate is valid. Raises as `archive` does; Rejected `archive_broken` where the
    file does not verify any more: a good stamp must not cover what is wrong.
    """
    verdict = await validate(pdf, trust, signers)
    if not verdict.ok:
        if "revocation_unknown" in verdict.codes:
            raise Unavailable(LISTS, "No revocation list is current.")
        raise Rejected("archive_broken", f"The file does not verify: {', '.join(verdict.codes)}.")
    reader, output = PdfFileReader(io.BytesIO(pdf)), io.BytesIO()
    try:
        await _Stamper(timestamper).async_update_archival_timestamp_chain(
            reader, context_of(trust), in_place=False, output=output
        )
    except _FAILURES as error:
        raise await distrusted(timestamper, context_of(trust)) or _told(error) from error
    return output.getvalue()


def stamps_until(pdf: bytes) -> datetime | None:
    """When the certificate ends that made the last time stamp of `pdf`, aware; None where nothing is stamped."""
    reader = PdfFileReader(io.BytesIO(pdf))
    for signature in reversed(reader.embedded_signatures):
        if signature.sig_object_type == "/DocTimeStamp":
            return end_of(signature.signer_cert)
        for token in extract_tst_data_iter(signature.signer_info, signed=False):
            return end_of_stamper(token)
    return None


class _Stamper(PdfTimeStamper):
    """pyHanko's, with everything in the revision that the time stamp covers."""

    async def async_timestamp_pdf(self, *given: Any, **named: Any) -> Any:
        return await super().async_timestamp_pdf(
            *given, **{"dss_settings": _BEFORE, "bytes_reserved": RESERVED, **named}
        )


_FAILURES = (PyHankoError, PathError, ValidationError, PdfError, OSError, ValueError)


def _told(error: Exception) -> Rejected | Unavailable:
    causes = (error, error.__cause__)
    if any(isinstance(cause, InsufficientRevinfoError) for cause in causes):
        return Unavailable(LISTS, f"No revocation list is current: {error}")
    if any(isinstance(cause, OSError | ValueError) and not isinstance(cause, PdfError) for cause in causes):
        return Unavailable(TSA, f"The time-stamping authority gave no time stamp: {error}")
    return Rejected("timestamper_rejected", f"The file cannot be time-stamped: {error}")


def _certificates(listed: tuple[bytes, ...]) -> list[x509.Certificate]:
    return [x509.Certificate.load(certificate) for certificate in listed]
