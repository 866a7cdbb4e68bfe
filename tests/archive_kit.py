"""PKIs of their own making, and document time stamps over signed files."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import time_machine
from asn1crypto import x509 as asn1  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko_certvalidator import ValidationContext

from signing.certificates import Issued, authority, revocation_list, seal, time_stamper
from signing.development import DevelopmentPki
from signing.private_files import bundle
from signing.timestamps import local_timestamper
from signing.trust import Trust


def archived(pdf: bytes, pki: DevelopmentPki, *, bare: bool = False) -> bytes:
    """Return the file with a document time stamp of `pki` over all of it: B-LTA, where it was B-LT. A bare one comes
    without its validation data."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = _Stamper(local_timestamper(pki))
    made = asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", None if bare else _context(pki)))
    return bytes(made.getvalue())


def trailed(pdf: bytes, pki: DevelopmentPki) -> bytes:
    """Return an archived file with validation data behind its document time stamp, as pyHanko writes them by itself."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    stamper = PdfTimeStamper(local_timestamper(pki))
    return bytes(asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", _context(pki))).getvalue())


class _Stamper(PdfTimeStamper):
    """pyHanko's, with everything in the revision that the time stamp covers."""

    async def async_timestamp_pdf(self, *given: Any, **named: Any) -> Any:
        before = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
        return await super().async_timestamp_pdf(*given, **{"dss_settings": before, **named})


def renewed(pdf: bytes, pki: DevelopmentPki) -> bytes:
    """Return an archived file with its chain of document time stamps made longer."""
    out = io.BytesIO()
    _Stamper(local_timestamper(pki)).update_archival_timestamp_chain(
        PdfFileReader(io.BytesIO(pdf)), _context(pki), in_place=False, output=out
    )
    return out.getvalue()


def _context(pki: DevelopmentPki) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(pki.root)],
        other_certs=[asn1.Certificate.load(pki.issuing)],
        crls=list(pki.crls),
        allow_fetching=False,
        revocation_mode="hard-fail",
    )


def own_pki(
    folder: Path, *, signs_from: datetime | None = None, years: int = 3
) -> tuple[DevelopmentPki, tuple[Issued, Issued]]:
    """Return a PKI whose time stamper is issued by the root itself, with its root and its issuing authority.

    Its seal is valid from `signs_from` for `years`.
    """
    now = datetime.now(UTC)
    root = authority("Akar", now - timedelta(days=3650), 40)
    issuing = authority("Penerbit", now - timedelta(days=3650), 30, root)
    stamper = time_stamper("Penanda Waktu", now - timedelta(days=3650), 30, root)
    signer = seal("Segel", signs_from or now, years, issuing)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "seal.p12"
    path.write_bytes(bundle("seal", signer, [issuing.certificate, root.certificate], None))
    pki = DevelopmentPki(
        folder=folder,
        pkcs12=path,
        root=_der(root.certificate),
        issuing=_der(issuing.certificate),
        seal=_der(signer.certificate),
        tsa=_der(stamper.certificate),
        tsa_key=stamper.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        crls=(_list(root, 1), _list(issuing, 1)),
    )
    return pki, (root, issuing)


def with_stamper(pki: DevelopmentPki, root: Issued, years: int) -> DevelopmentPki:
    """Return a PKI of `own_pki` with another time stamper, which lives for `years` from now on."""
    made = time_stamper("Penanda Waktu Lain", datetime.now(UTC), years, root)
    return replace(
        pki,
        tsa=_der(made.certificate),
        tsa_key=made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def with_lists(pki: DevelopmentPki, *issuers: Issued) -> DevelopmentPki:
    """Return a PKI of `own_pki` with the revocation lists of today."""
    return replace(pki, crls=tuple(_list(issuer, 2) for issuer in issuers))


def revoking(pki: DevelopmentPki, issuer: Issued, certificate: bytes, at: datetime) -> Trust:
    """Return the trust of one who knows that `issuer` revoked a certificate at a time."""
    serial = x509.load_der_x509_certificate(certificate).serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
    listed = revocation_list(issuer, 9, datetime.now(UTC), [entry]).public_bytes(Encoding.DER)
    name = issuer.certificate.subject
    others = tuple(c for c in pki.crls if x509.load_der_x509_crl(c).issuer != name)
    return replace(pki.trust, crls=(*others, listed))


def _list(issuer: Issued, number: int) -> bytes:
    return revocation_list(issuer, number, datetime.now(UTC)).public_bytes(Encoding.DER)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def issuing_of(pki: DevelopmentPki) -> Issued:
    """Return the issuing authority of a development PKI, whose keys lie beside it."""
    key = load_der_private_key((pki.folder / "issuing.key").read_bytes(), None)
    assert isinstance(key, EllipticCurvePrivateKey)
    return Issued(certificate=x509.load_der_x509_certificate(pki.issuing), key=key)


@contextmanager
def later(**distance: int) -> Iterator[None]:
    """Let the clock stand later."""
    with time_machine.travel(datetime.now(UTC) + timedelta(**distance)):
        yield
