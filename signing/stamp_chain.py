"""The chain of document time stamps of an archived file (B-LTA): what it proves, judged from its end.

The last time stamp must hold today; each one before it must have held when the next one was made, by what was known
then. So the end of a time stamper's certificate, or a list published after it, speaks against nothing that a later
time stamp has covered in time (ETSI EN 319 102-1, 5.6.2.3, one record at a time).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import ades_timestamp_validation
from pyhanko.sign.validation.policy_decl import SignatureValidationSpec
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo


class Link(NamedTuple):
    """A document time stamp."""

    #: Revision of the file that it covers, counted from 0.
    revision: int
    #: When it was made, aware.
    at: datetime
    #: It holds, and so do all after it.
    holds: bool


async def chain(reader: PdfFileReader, spec: SignatureValidationSpec) -> tuple[Link, ...]:
    """The document time stamps of a file, the first one first."""
    links: list[Link] = []
    at: datetime | None = None
    holds = True
    for stamp in reversed(reader.embedded_timestamp_signatures):
        holds = holds and await _holds(stamp, spec, at)
        at = stamp.signed_data["encap_content_info"]["content"].parsed["gen_time"].native
        links.append(Link(stamp.signed_revision, at, holds))
    return tuple(reversed(links))


def at(moment: datetime | None) -> ValidationTimingInfo | None:
    """A validation as of `moment`; None is now."""
    if moment is None:
        return None
    return ValidationTimingInfo(validation_time=moment, best_signature_time=moment, point_in_time_validation=True)


async def _holds(stamp: EmbeddedPdfSignature, spec: SignatureValidationSpec, moment: datetime | None) -> bool:
    stamp.compute_integrity_info(skip_diff=True)  # type: ignore[no-untyped-call]
    if stamp.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return False
    known = spec.local_knowledge
    if moment is not None:
        lists = [one for one in known.known_crls if one.issuance_date is None or one.issuance_date <= moment]
        known = replace(known, known_crls=lists)
    found = await ades_timestamp_validation(
        stamp.signed_data,
        replace(spec, local_knowledge=known),
        lambda _: stamp.compute_digest(),
        timing_info=at(moment),
    )
    return found.ades_subindic is AdESPassed.OK
