"""Judge an archived signature (B-LTA) by AdES, also once its signer's certificate has expired.

pyHanko's routine for the past asks for more than revocation lists of the issuing authority itself, so a card whose
lists are of that kind would never pass it. What the archive proves is known by then: the document time stamps are
sound, so signature, certificates and lists were there when the first of them was made, and the signature is judged as
of that time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.ades import AdESBasicValidationResult, ades_lta_validation, ades_with_time_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo

from signing.evidence import carried
from signing.modifications import CARD_POLICY


async def judge(
    signature: EmbeddedPdfSignature, spec: SignatureValidationSpec, proven: tuple[int, datetime] | None
) -> AdESBasicValidationResult[Any]:
    """Return the AdES result.

    `proven` are revision and time of the first document time stamp after the signature, where that one and all that
    follow were found sound; None where they were not.
    """
    whole = PdfSignatureValidationSpec(spec, diff_policy=CARD_POLICY)
    # Left to itself it looks the local time zone up, which a confined process cannot.
    result = await ades_lta_validation(signature, whole, timing_info=ValidationTimingInfo.now(tz=UTC))
    if proven is None or not isinstance(result.ades_subindic, AdESIndeterminate):
        return result
    revision, time = proven
    there = carried(HistoricalResolver(signature.reader, revision))
    there = replace(there, known_certs=there.known_certs + spec.local_knowledge.known_certs)
    then = ValidationTimingInfo(validation_time=time, best_signature_time=time, point_in_time_validation=True)
    return await ades_with_time_validation(
        signature.signed_data,
        replace(spec, local_knowledge=there),
        timing_info=then,
        raw_digest=signature.compute_digest(),
    )
