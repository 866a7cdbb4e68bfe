"""Validate the signatures of a PDF offline: pyHanko's status, AdES indication, modification and coverage.

Traps behind the order of things: AdES passes a file whose pages were swapped by an appended revision;
trailing garbage leaves pyHanko's bottom line true; one damaged signature says nothing about the others; a
file chooses the addresses from which its revocation data would be fetched. So all findings are required
together, and nothing is fetched.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, x509  # type: ignore[import-untyped]
from asn1crypto.ocsp import OCSPResponse  # type: ignore[import-untyped]
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate, AdESPassed, AdESSubIndic
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_basic_validation, ades_with_time_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from signing.levels import Level
from signing.stamp_chain import Link, at, chain
from signing.trust import Trust, is_development
from signing.verdict import Problem, SignatureFinding, Verdict

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


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    #: Trust anchors.
    roots: list[x509.Certificate]
    #: Certificates and revocation data, of the file and of the trust.
    known: LocalKnowledge
    #: Whether the file itself carries revocation data.
    carried: bool


def _read(pdf: bytes) -> PdfFileReader:
    """The file, read strictly; a file with lenient syntax is read only to say that it bears no signature."""
    try:
        return PdfFileReader(io.BytesIO(pdf))
    except PdfReadError:
        lenient = PdfFileReader(io.BytesIO(pdf), strict=False)
        if lenient.embedded_signatures:
            raise
        return lenient


async def validate(pdf: bytes, trust: Trust, expected_signers: int) -> Verdict:
    """Return the verdict on `pdf`; any exception means that the file could not be read as a signed PDF."""
    reader = _read(pdf)
    signatures = reader.embedded_regular_signatures
    problems = list(_counted(len(signatures), expected_signers))
    evidence = _gather(reader, trust)
    links = await chain(reader, _spec(evidence))
    findings = []
    for signature in signatures:
        finding, found = await _judge(signature, evidence, _link(signature, links))
        findings.append(finding)
        problems.extend(found)
    if signatures and not _covers_file(reader):
        problems.append(Problem(code="not_whole_file"))
    return Verdict(signatures=tuple(findings), problems=tuple(problems))


def _link(signature: EmbeddedPdfSignature, links: tuple[Link, ...]) -> Link | None:
    """The document time stamp that first covers a signature."""
    return next((link for link in links if link.revision > signature.signed_revision), None)


async def _judge(
    signature: EmbeddedPdfSignature, evidence: _Evidence, link: Link | None
) -> tuple[SignatureFinding, tuple[Problem, ...]]:
    stamped_at = _claimed_stamp(signature)
    # What a chain of document time stamps covers is judged as of the first of them; today, where the chain is broken.
    proven = link.at if link is not None and link.holds else None
    status = await async_validate_pdf_signature(
        signature,
        # The signer's certificate counts at the time of the stamp, which itself must stand today: a card
        # outlives the certificate that signed it.
        signer_validation_context=_context(evidence, stamped_at or proven),
        ts_validation_context=_context(evidence, proven),
    )
    ades = await _ades(signature, evidence, stamped=stamped_at is not None, proven=proven)
    level = Level.B_LTA if link is not None and stamped_at else _level(stamped_at, evidence)
    finding = _finding(signature, status, ades, level)
    broken = ("timestamp_invalid",) if link is not None and not link.holds else ()
    codes = dict.fromkeys((*_problems(status, ades), *broken))
    return finding, tuple(Problem(code=code, field=finding.field) for code in codes)


async def _ades(
    signature: EmbeddedPdfSignature, evidence: _Evidence, *, stamped: bool, proven: datetime | None
) -> AdESSubIndic:
    # pyHanko's archival routine asks a list of today for stampers of yesterday; the chain was judged link by link.
    routine = ades_with_time_validation if stamped else ades_basic_validation
    result = await routine(
        signature.signed_data, _spec(evidence), timing_info=at(proven), raw_digest=signature.compute_digest()
    )
    return result.ades_subindic


def _spec(evidence: _Evidence) -> SignatureValidationSpec:
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            SimpleTrustManager.build(evidence.roots), CertRevTrustPolicy(REQUIRE_REVINFO)
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=evidence.known,
    )


def _problems(status: PdfSignatureStatus, ades: AdESSubIndic) -> Iterator[str]:
    if not status.intact:
        yield "content_changed"
    elif not status.valid:
        yield "signature_forged"
    elif not status.trusted:
        yield _trust_problem(status.trust_problem_indic)
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.valid and stamp.intact and stamp.trusted):
        stale = stamp.trust_problem_indic is AdESIndeterminate.TRY_LATER
        yield "revocation_unknown" if stale else "timestamp_invalid"
    if status.docmdp_ok is not True or status.modification_level not in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
        ModificationLevel.FORM_FILLING,
    ):
        yield "modified_after_signing"
    if ades is not AdESPassed.OK:
        yield "ades_not_passed"


def _trust_problem(indication: AdESSubIndic | None) -> str:
    name = "" if indication is None else str(indication.standard_name)
    return _TRUST_PROBLEMS.get(name, "signer_not_trusted")


def _finding(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, ades: AdESSubIndic, level: Level
) -> SignatureFinding:
    stamp = status.timestamp_validity
    sound = stamp is not None and stamp.valid and stamp.intact and stamp.trusted
    modification, coverage = status.modification_level, status.coverage
    return SignatureFinding(
        field=str(signature.field_name),
        signer=_common_name(signature.signer_cert),
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


def _counted(found: int, expected: int) -> Iterator[Problem]:
    if found < expected:
        yield Problem(code="signature_missing")
    elif found > expected:
        yield Problem(code="signature_unexpected")


def _covers_file(reader: PdfFileReader) -> bool:
    last = reader.embedded_signatures[-1]
    last.compute_integrity_info(skip_diff=True)
    return bool(last.coverage == SignatureCoverageLevel.ENTIRE_FILE)


def _level(stamped_at: datetime | None, evidence: _Evidence) -> Level:
    if stamped_at is None:
        return Level.B_B
    return Level.B_LT if evidence.carried else Level.B_T


def _claimed_stamp(signature: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(signature.signer_info, signed=False):
        time: datetime = token["encap_content_info"]["content"].parsed["gen_time"].native
        return time
    return None


def _context(evidence: _Evidence, moment: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=evidence.roots,
        other_certs=evidence.known.known_certs,
        crls=[container.crl_data for container in evidence.known.known_crls],
        ocsps=[container.ocsp_response_data for container in evidence.known.known_ocsps],
        moment=moment,
        # A list issued after the stamp tells more about that time than one issued before it.
        retroactive_revinfo=moment is not None,
        revocation_mode="hard-fail",
        allow_fetching=False,
    )


def _gather(reader: PdfFileReader, trust: Trust) -> _Evidence:
    """Join what the file carries with what is known here: the AdES routines do not look into the file."""
    carried = _carried(reader)
    return _Evidence(
        roots=_certificates(trust.roots),
        known=LocalKnowledge(
            known_crls=carried.known_crls + [_list(content) for content in trust.crls],
            known_ocsps=carried.known_ocsps,
            known_certs=carried.known_certs + _certificates(trust.intermediates),
        ),
        carried=bool(carried.known_crls or carried.known_ocsps),
    )


def _carried(reader: PdfFileReader) -> LocalKnowledge:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return LocalKnowledge()
    return LocalKnowledge(
        known_crls=[_list(item.get_object().data) for item in store.crls],
        known_ocsps=[
            container
            for item in store.ocsps
            for container in OCSPContainer.load_multi(OCSPResponse.load(item.get_object().data))
        ],
        known_certs=list(store.load_certs()),
    )


def _list(content: bytes) -> CRLContainer:
    return CRLContainer(crl.CertificateList.load(content))


def _certificates(listed: tuple[bytes, ...]) -> list[x509.Certificate]:
    return [x509.Certificate.load(certificate) for certificate in listed]


def _common_name(certificate: x509.Certificate) -> str:
    name = certificate.subject.native.get("common_name", "")
    return name if isinstance(name, str) else str(name[-1])
