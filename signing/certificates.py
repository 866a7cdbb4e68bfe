"""Issue the certificates and revocation lists of the development PKI (X.509, RFC 5280)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signing.trust import DEVELOPMENT_ORGANISATION

PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

#: Time for which a revocation list stays current.
CRL_LIFETIME = timedelta(days=30)
#: Certificates and lists start this much in the past, so that a clock a little behind accepts them.
BACKDATED = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate and its key."""

    #: The certificate.
    certificate: x509.Certificate
    #: Its private key.
    key: PrivateKey


def authority(name: str, now: datetime, years: int, issuer: Issued | None = None) -> Issued:
    """Return a certification authority; with no issuer it signs itself. Life in years of 365 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _begin(name, key, now, years, issuer).add_extension(
        x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0), critical=True
    )
    return _sign(builder.add_extension(_usage(certificates=True), critical=True), key, issuer)


def seal(name: str, now: datetime, years: int, issuer: Issued) -> Issued:
    """Return a certificate that signs documents (digitalSignature and nonRepudiation), EC P-256."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _begin(name, key, now, years, issuer).add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    return _sign(builder.add_extension(_usage(commitment=True), critical=True), key, issuer)


def time_stamper(name: str, now: datetime, years: int, issuer: Issued) -> Issued:
    """Return a time-stamping certificate; RSA, since the local time stamper signs with nothing else."""
    key = rsa.generate_private_key(65537, 3072)
    builder = (
        _begin(name, key, now, years, issuer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    )
    return _sign(builder, key, issuer)


def revocation_list(issuer: Issued, number: int, now: datetime) -> x509.CertificateRevocationList:
    """Return an empty revocation list of `issuer`, current for CRL_LIFETIME."""
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - BACKDATED)
        .next_update(now + CRL_LIFETIME)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )


def _begin(name: str, key: PrivateKey, now: datetime, years: int, issuer: Issued | None) -> x509.CertificateBuilder:
    signing_key = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(_subject(name))
        .issuer_name(_subject(name) if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    # Hard-fail revocation checks look for a list only where the certificate names one. Nothing fetches this
    # address.
    return builder if issuer is None else builder.add_extension(_list_at(issuer), critical=False)


def _sign(builder: x509.CertificateBuilder, key: PrivateKey, issuer: Issued | None) -> Issued:
    return Issued(certificate=builder.sign(key if issuer is None else issuer.key, hashes.SHA256()), key=key)


def _subject(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, DEVELOPMENT_ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def _list_at(issuer: Issued) -> x509.CRLDistributionPoints:
    address = f"http://localhost.invalid/{issuer.certificate.serial_number:x}.crl"
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
    return x509.CRLDistributionPoints([point])


def _usage(*, commitment: bool = False, certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )
