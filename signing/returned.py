"""What a signer of whole files gave back: our bytes unchanged, one new signature over all of it, and whose."""

from __future__ import annotations

import io
from collections.abc import Collection

from asn1crypto import x509  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from signing.errors import Rejected
from signing.levels import Level


async def appended(sent: bytes, returned: bytes, signers: Collection[bytes]) -> bytes:
    """The revision that `returned` appends to `sent`.

    Raises Rejected: `holder_file_changed` where the file does not begin with what was sent or cannot be read,
    `holder_signatures` where not exactly one signature is new, `holder_signature_wrong` where that one does not cover
    the whole file or does not hold, `holder_wrong_signer` where none of the certificates `signers` (DER) made it.
    Whether the signer is trusted is not judged here: the card is verified before it is published.
    """
    if not returned.startswith(sent) or len(returned) == len(sent):
        raise Rejected("holder_file_changed", "The file that came back is not ours with something appended.")
    before = _signatures(sent)
    after = _signatures(returned)
    if len(after) != len(before) + 1:
        raise Rejected("holder_signatures", f"The file came back with {len(after) - len(before)} new signatures.")
    new = after[-1]
    if new.signer_cert.dump() not in signers:
        raise Rejected("holder_wrong_signer", "The file came back signed by somebody else.")
    if not await _holds(new):
        raise Rejected("holder_signature_wrong", "The file came back with a signature that does not hold.")
    return returned[len(sent) :]


def last_signature(pdf: bytes) -> tuple[str, Level]:
    """Field and level of the last signature of a file that `appended` found good."""
    reader = PdfFileReader(io.BytesIO(pdf))
    last = reader.embedded_regular_signatures[-1]
    if not any(True for _ in extract_tst_data_iter(last.signer_info, signed=False)):
        return str(last.field_name), Level.B_B
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return str(last.field_name), Level.B_T
    return str(last.field_name), Level.B_LT if store.crls or store.ocsps else Level.B_T


def _signatures(pdf: bytes) -> list[EmbeddedPdfSignature]:
    try:
        return list(PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures)
    except Exception as error:
        # A parser of files from outside raises anything at all; whatever it is, the file is not used.
        raise Rejected("holder_file_changed", "The file that came back cannot be read as a PDF.") from error


async def _holds(signature: EmbeddedPdfSignature) -> bool:
    itself = ValidationContext(
        trust_roots=[x509.Certificate.load(signature.signer_cert.dump())],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    try:
        status = await async_validate_pdf_signature(signature, itself, skip_diff=True)
    except Exception:
        # As above: what cannot be judged does not hold.
        return False
    return bool(status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)
