"""Validate the signatures of a PDF offline: pyHanko's status, AdES indication, modification and coverage.

Traps behind the order of things: AdES passes a file whose pages were swapped by an appended revision;
trailing garbage leaves pyHanko's bottom line true; one damaged signature says nothing about the others; a
file chooses the addresses from which its revocation data would be fetched. So all findings are required
together, and nothing is fetched. `checks` says what each finding means.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESSubIndic
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import (
    AdESBasicValidationResult,
    ades_basic_validation,
    ades_with_time_validation,
)
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.status import DocumentTimestampStatus, PdfSignatureStatus

from signing import checks, past
from signing.evidence import Evidence, context, gather, specification
from signing.levels import Level
from signing.modifications import CARD_POLICY
from signing.trust import Trust, is_development
from signing.verdict import Problem, SignatureFinding, StampFinding, Verdict


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """A document time stamp."""

    #: Revision of the file that it closes.
    revision: int
    #: Time that it tells, aware, whether or not it counts.
    time: datetime
    #: What the verdict tells of it.
    finding: StampFinding


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One signature with what was found about it."""

    #: As pyHanko reads it.
    signature: EmbeddedPdfSignature
    #: What the verdict tells of it.
    finding: SignatureFinding
    #: The result of the AdES routine of its level.
    ades: AdESBasicValidationResult[Any]
    #: What speaks against it.
    codes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Validated:
    """A file's verdict, and what it rests on."""

    #: What is told.
    verdict: Verdict
    #: Its signatures in the file's order, document time stamps left out.
    judged: tuple[Judged, ...]


async def validate(pdf: bytes, trust: Trust, expected_signers: int) -> Verdict:
    """Return the verdict on `pdf`; any exception means that the file could not be read as a signed PDF."""
    return (await examine(pdf, trust, expected_signers)).verdict


async def examine(pdf: bytes, trust: Trust, expected_signers: int) -> Validated:
    """Return the verdict on `pdf` as `validate` does, with what it rests on."""
    reader = _read(pdf)
    signatures = reader.embedded_regular_signatures
    evidence = gather(reader, trust)
    stamps = await _stamps(reader, evidence)
    judged = [await _judge(signature, signatures, stamps, evidence) for signature in signatures]
    problems = [Problem(code=code) for code in checks.check_number(len(signatures), expected_signers)]
    problems += [Problem(code=code, field=one.finding.field) for one in judged for code in one.codes]
    for stamp in stamps:
        problems += [Problem(code=code, field=stamp.finding.field) for code in checks.check_archive(stamp.finding)]
    if signatures:
        whole = (
            *checks.check_coverage(reader),
            *checks.check_gaps(pdf, reader),
            *checks.check_loose(reader, evidence.certificates),
            *checks.check_layers(reader),
        )
        problems += [Problem(code=code) for code in whole]
    verdict = Verdict(
        signatures=tuple(one.finding for one in judged),
        stamps=tuple(stamp.finding for stamp in stamps),
        problems=tuple(problems),
    )
    return Validated(verdict=verdict, judged=tuple(judged))


def _read(pdf: bytes) -> PdfFileReader:
    """The file, read strictly; a file with lenient syntax is read only to say that it bears no signature."""
    try:
        return PdfFileReader(io.BytesIO(pdf))
    except PdfReadError:
        lenient = PdfFileReader(io.BytesIO(pdf), strict=False)
        if lenient.embedded_signatures:
            raise
        return lenient


async def _stamps(reader: PdfFileReader, evidence: Evidence) -> list[Stamp]:
    """The document time stamps, each judged as of the one that follows it, the last one as of now."""
    found: list[Stamp] = []
    moment = None
    for stamp in reversed(reader.embedded_timestamp_signatures):
        status = await async_validate_pdf_timestamp(stamp, context(evidence, moment), CARD_POLICY)
        found.append(Stamp(revision=stamp.signed_revision, time=status.timestamp, finding=_stamped(stamp, status)))
        moment = status.timestamp
    return found[::-1]


def _without_unreadable_time(signature: EmbeddedPdfSignature) -> None:
    """Forget the time that a signature claims where it is not written as a time: it is a claim, and counts for nothing.

    LibreOffice writes such times, and pyHanko would take the whole file for unreadable.
    """
    try:
        _ = signature.self_reported_timestamp
    except PdfReadError:
        del signature.sig_object["/M"]


async def _judge(
    signature: EmbeddedPdfSignature,
    signatures: Sequence[EmbeddedPdfSignature],
    stamps: Sequence[Stamp],
    evidence: Evidence,
) -> Judged:
    _without_unreadable_time(signature)
    stamped_at = _claimed_stamp(signature)
    later = [stamp for stamp in stamps if stamp.revision > signature.signed_revision]
    level = _level(stamped_at, evidence, archived=bool(later))
    status = await async_validate_pdf_signature(
        signature,
        # The signer's certificate counts at the time of the stamp, which itself must stand today or at the time of
        # the document time stamp that archived it: a card outlives the certificate that signed it.
        signer_validation_context=context(evidence, stamped_at),
        ts_validation_context=context(evidence, later[0].time if level is Level.B_LTA else None),
        diff_policy=CARD_POLICY,
    )
    ades = await _ades(signature, evidence, level, later)
    codes = (
        *checks.check_content(status),
        *checks.check_signer(status),
        *checks.check_stamp(status),
        *checks.check_changes(status, last=signature is signatures[-1]),
        *checks.check_ades(ades.ades_subindic),
    )
    finding = _finding(signature, status, ades.ades_subindic, level)
    return Judged(signature=signature, finding=finding, ades=ades, codes=codes)


async def _ades(
    signature: EmbeddedPdfSignature, evidence: Evidence, level: Level, later: Sequence[Stamp]
) -> AdESBasicValidationResult[Any]:
    spec = specification(evidence)
    # Archival validation would ask for a proof of existence that no file below B-LTA carries.
    if level is Level.B_LTA:
        return await past.judge(signature, spec, _proven(later))
    routine = ades_with_time_validation if level.stamped else ades_basic_validation
    return await routine(signature.signed_data, spec, raw_digest=signature.compute_digest())


def _proven(later: Sequence[Stamp]) -> tuple[int, datetime] | None:
    """Revision and time of the first of the document time stamps, where all are sound."""
    return (later[0].revision, later[0].time) if all(stamp.finding.integrity for stamp in later) else None


def _finding(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, ades: AdESSubIndic, level: Level
) -> SignatureFinding:
    stamp = status.timestamp_validity
    sound = stamp is not None and stamp.valid and stamp.intact and stamp.trusted
    modification, coverage = status.modification_level, status.coverage
    return SignatureFinding(
        field=str(signature.field_name),
        signer=_common_name(signature),
        certificate_sha256=signature.signer_cert.sha256.hex(),
        development=is_development(signature.signer_cert.dump()),
        claimed_at=status.signer_reported_dt,
        stamped_at=stamp.timestamp if stamp is not None and sound else None,
        level=level,
        integrity=status.bottom_line,
        ades=ades.status.name,
        ades_detail=str(ades.standard_name),
        modification="UNKNOWN" if modification is None else modification.name,
        coverage="UNCLEAR" if coverage is None else coverage.name,
    )


def _stamped(stamp: EmbeddedPdfSignature, status: DocumentTimestampStatus) -> StampFinding:
    return StampFinding(
        field=str(stamp.field_name),
        authority=_common_name(stamp),
        stamped_at=status.timestamp,
        expires_at=stamp.signer_cert.not_valid_after,
        integrity=bool(status.valid and status.intact and status.trusted),
    )


def _level(stamped_at: datetime | None, evidence: Evidence, *, archived: bool) -> Level:
    if stamped_at is None:
        return Level.B_B
    if not evidence.carried:
        return Level.B_T
    return Level.B_LTA if archived else Level.B_LT


def _claimed_stamp(signature: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        time: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return time
    return None


def _common_name(signature: EmbeddedPdfSignature) -> str:
    name = signature.signer_cert.subject.native.get("common_name", "")
    return name if isinstance(name, str) else str(name[-1])
