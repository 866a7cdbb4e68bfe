"""What may speak against a signed card, one check for each: its codes say what it found, and there are none where all
is well.

No check stands for another. Tests take each away in turn and see that a tampered file passes then, or that it is told
wrongly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import PdfSignatureStatus

from signing import structure
from signing.loose import is_loose
from signing.verdict import StampFinding

_TRUST_PROBLEMS: dict[str, str] = {
    "REVOKED": "certificate_revoked",
    "REVOKED_NO_POE": "certificate_revoked",
    "REVOKED_CA_NO_POE": "certificate_revoked",
    "TRY_LATER": "revocation_unknown",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": "revocation_unknown",
    "EXPIRED": "certificate_expired",
    "NOT_YET_VALID": "certificate_expired",
    "OUT_OF_BOUNDS_NO_POE": "certificate_expired",
    "OUT_OF_BOUNDS_NOT_REVOKED": "certificate_expired",
}


def check_number(found: int, expected: int) -> Iterator[str]:
    """Every expected signature is there, and none besides."""
    if found < expected:
        yield "signature_missing"
    elif found > expected:
        yield "signature_unexpected"


def check_content(status: PdfSignatureStatus) -> Iterator[str]:
    """What was signed is what is there, and the key of the certificate signed it."""
    if not status.intact:
        yield "content_changed"
    elif not status.valid:
        yield "signature_forged"


def check_signer(status: PdfSignatureStatus) -> Iterator[str]:
    """The signer's certificate is of a recognised issuer, and counted when it signed."""
    if status.intact and status.valid and not status.trusted:
        indication = status.trust_problem_indic
        name = "" if indication is None else str(indication.standard_name)
        yield _TRUST_PROBLEMS.get(name, "signer_not_trusted")


def check_stamp(status: PdfSignatureStatus) -> Iterator[str]:
    """The signature's time stamp, where there is one, is of a recognised authority and over this signature."""
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.valid and stamp.intact and stamp.trusted):
        stale = stamp.trust_problem_indic is AdESIndeterminate.TRY_LATER
        yield "revocation_unknown" if stale else "timestamp_invalid"


def check_changes(status: PdfSignatureStatus, *, last: bool) -> Iterator[str]:
    """After the last signature come time stamps and validation data only, before it further signatures as well."""
    admitted = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
    if not last:
        admitted.add(ModificationLevel.FORM_FILLING)
    if status.docmdp_ok is not True or status.modification_level not in admitted:
        yield "modified_after_signing"


def check_ades(ades: AdESSubIndic) -> Iterator[str]:
    """The AdES validation of the signature's level passes."""
    if ades is not AdESPassed.OK:
        yield "ades_not_passed"


def check_archive(stamp: StampFinding) -> Iterator[str]:
    """A document time stamp is of a recognised authority and over all that comes before it."""
    if not stamp.integrity:
        yield "archive_stamp_invalid"


def check_coverage(reader: PdfFileReader) -> Iterator[str]:
    """Nothing stands outside of what was signed last."""
    if not structure.covers_file(reader):
        yield "not_whole_file"


def check_gaps(pdf: bytes, reader: PdfFileReader) -> Iterator[str]:
    """What a signature leaves out is its own place and nothing else."""
    if any(structure.wraps(pdf, signature) for signature in reader.embedded_signatures):
        yield "signature_wrapped"


def check_loose(reader: PdfFileReader, known: Collection[bytes]) -> Iterator[str]:
    """A signature carries nothing that nobody signed."""
    if any(is_loose(signature, known) for signature in reader.embedded_signatures):
        yield "signature_loose"


def check_layers(reader: PdfFileReader) -> Iterator[str]:
    """The file shows the same to everybody."""
    if structure.has_layers(reader):
        yield "hidden_layers"
