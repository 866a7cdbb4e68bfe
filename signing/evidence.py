"""What a validation knows: trust anchors, and the certificates and revocation data of file and house.

Nothing is fetched: a file chooses the addresses from which its revocation data would come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, x509  # type: ignore[import-untyped]
from asn1crypto.ocsp import OCSPResponse  # type: ignore[import-untyped]
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from signing.trust import Trust


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that signatures of one file are judged by."""

    #: Trust anchors.
    roots: list[x509.Certificate]
    #: Certificates and revocation data, of the file and of the trust.
    known: LocalKnowledge
    #: Whether the file itself carries revocation data.
    carried: bool

    @property
    def certificates(self) -> frozenset[bytes]:
        """SHA-256 of the certificates known."""
        return frozenset(certificate.sha256 for certificate in (*self.roots, *self.known.known_certs))


def gather(reader: PdfFileReader, trust: Trust) -> Evidence:
    """Join what the file carries with what is known here: the AdES routines do not look into the file."""
    inside = carried(reader)
    return Evidence(
        roots=_certificates(trust.roots),
        known=LocalKnowledge(
            known_crls=inside.known_crls + [_list(content) for content in trust.crls],
            known_ocsps=inside.known_ocsps,
            known_certs=inside.known_certs + _certificates(trust.intermediates),
        ),
        carried=bool(inside.known_crls or inside.known_ocsps),
    )


def context(evidence: Evidence, moment: datetime | None) -> ValidationContext:
    """What pyHanko judges a certificate by as of `moment`, None meaning now."""
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


def specification(evidence: Evidence) -> SignatureValidationSpec:
    """What the AdES routines judge a signature by."""
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


def carried(reader: PdfFileReader | HistoricalResolver) -> LocalKnowledge:
    """Return the certificates and revocation data that a file, or one of its revisions, carries for checking it."""
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
