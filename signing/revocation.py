"""Revocation lists of an office's own authorities: renewed before they run out, with more certificates if need be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from signing.certificates import Issued, revocation_list
from signing.errors import CeremonyError


def open_authority(path: Path, passphrase: str) -> Issued:
    """The authority of a PKCS#12 file; raises CeremonyError `authority_closed` where it does not open or is none."""
    try:
        found = load_pkcs12(path.read_bytes(), passphrase.encode())
    except (OSError, ValueError) as error:
        raise CeremonyError("authority_closed", f"{path} does not open: wrong passphrase or damaged.") from error
    if found.cert is None or not isinstance(found.key, EllipticCurvePrivateKey) or not _issues(found.cert.certificate):
        raise CeremonyError("authority_closed", f"{path} holds no certification authority.")
    return Issued(certificate=found.cert.certificate, key=found.key)


def renewed(
    authority: Issued, current: bytes, serials: Iterable[int], now: datetime, lifetime: timedelta
) -> x509.CertificateRevocationList:
    """The next list of `authority` after `current` (DER): what that one revokes, and `serials` as of now.

    Raises CeremonyError `list_foreign` when `current` is no list of this authority.
    """
    try:
        before = x509.load_der_x509_crl(current)
    except ValueError as error:
        raise CeremonyError("list_foreign", "This is no revocation list (DER).") from error
    public = authority.key.public_key()
    if not isinstance(public, EllipticCurvePublicKey) or not before.is_signature_valid(public):
        raise CeremonyError("list_foreign", "The list before was not signed by this authority.")
    number = before.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    known = {entry.serial_number for entry in before}
    new = [_revoked(serial, now) for serial in dict.fromkeys(serials) if serial not in known]
    return revocation_list(authority, number + 1, now, [*before, *new], lifetime)


def is_listed(certificate: bytes, lists: Iterable[bytes]) -> bool:
    """Whether one of these lists (DER), current or not, names this certificate (DER) as revoked."""
    wanted = x509.load_der_x509_certificate(certificate)
    found = (x509.load_der_x509_crl(content) for content in lists)
    return any(
        one.issuer == wanted.issuer and one.get_revoked_certificate_by_serial_number(wanted.serial_number) is not None
        for one in found
    )


def _issues(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _revoked(serial: int, now: datetime) -> x509.RevokedCertificate:
    return x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
