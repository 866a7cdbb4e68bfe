"""pyHanko by itself: as it comes, and warm, its key kept in memory."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import x509  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext

from signing.cms import store_of
from signing.development import DevelopmentPki
from signing.phases import DIGEST, RESERVED

FIELD = "Officer"


class WarmSigner(Signer):
    """A signer whose key is loaded once, and which signs once."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, pki: DevelopmentPki) -> None:
        super().__init__(signing_cert=x509.Certificate.load(pki.seal), cert_registry=store_of([pki.issuing, pki.root]))
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature; zeros where only its size is asked for."""
        return bytes(72) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def bare(pdf: bytes, signer: Signer) -> bytes:
    """A B-B signature as pyHanko makes it for whoever asks for one."""
    made = PdfSigner(_metadata(), signer=signer, new_field_spec=SigFieldSpec(FIELD))
    return bytes(made.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf))).getvalue())


@dataclass
class Warm:
    """B-LT signatures with everything kept that can be kept."""

    signer: WarmSigner
    timestamper: TimeStamper
    pki: DevelopmentPki
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        """Make what all signatures share."""
        trust = self.pki.trust
        self._context = ValidationContext(
            trust_roots=[x509.Certificate.load(root) for root in trust.roots],
            other_certs=[x509.Certificate.load(other) for other in trust.intermediates],
            crls=list(trust.crls),
            allow_fetching=False,
            revocation_mode="hard-fail",
        )

    def sign(self, pdf: bytes) -> bytes:
        """A B-LT signature in one revision."""
        settings = DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE)
        metadata = _metadata(embed_validation_info=True, validation_context=self._context, dss_settings=settings)
        made = PdfSigner(metadata, signer=self.signer, timestamper=self.timestamper, new_field_spec=SigFieldSpec(FIELD))
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        out = self.loop.run_until_complete(made.async_sign_pdf(writer, bytes_reserved=RESERVED))
        return bytes(out.getvalue())


def _metadata(**more: Any) -> PdfSignatureMetadata:
    return PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        **more,
    )
