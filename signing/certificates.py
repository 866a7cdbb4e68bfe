"""Issue certificates and revocation lists (X.509, RFC 5280), for the development PKI and for key ceremonies."""

from __future__ import annotations

from collections.abc import Iterable
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
#: Where the development PKI says that its lists are; nothing fetches this address.
NOWHERE = "http://localhost.invalid"


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A certificate and its key."""

    #: The certificate.
    certificate: x509.Certificate
    #: Its private key.
    key: PrivateKey
    #: Address below which its revocation lists are published, without a slash at the end.
    lists: str = NOWHERE


def authority(
    name: str,
    now: datetime,
    years: int,
    issuer: Issued | None = None,
    *,
    organisation: str = DEVELOPMENT_ORGANISATION,
    lists: str = NOWHERE,
) -> Issued:
    """Return a certification authority; with no issuer it signs itself. Life in years of 365 days.

    `organisation` and `lists` are a root's; whatever it issues inherits them.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(name, issuer, organisation)
    builder = _begin(subject, key, now, years, issuer).add_extension(
        x509.BasicConstraints(ca=True, path_length=None if issuer is None else 0), critical=True
    )
    builder = builder.add_extension(_usage(certificates=True), critical=True)
    return _sign(builder, key, issuer, lists if issuer is None else issuer.lists)


def seal(name: str, now: datetime, years: int, issuer: Issued, key: PrivateKey | None = None) -> Issued:
    """Return a certificate that signs documents (digitalSignature and nonRepudiation); EC P-256 unless `key` is another
    kind."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = _begin(_subject(name, issuer), key, now, years, issuer).add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    return _sign(builder.add_extension(_usage(commitment=True), critical=True), key, issuer, issuer.lists)


def time_stamper(name: str, now: datetime, years: int, issuer: Issued) -> Issued:
    """Return a time-stamping certificate; RSA, since the local time stamper signs with nothing else."""
    key = rsa.generate_private_key(65537, 3072)
    builder = (
        _begin(_subject(name, issuer), key, now, years, issuer)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    )
    return _sign(builder, key, issuer, issuer.lists)


def revocation_list(
    issuer: Issued,
    number: int,
    now: datetime,
    revoked: Iterable[x509.RevokedCertificate] = (),
    lifetime: timedelta = CRL_LIFETIME,
) -> x509.CertificateRevocationList:
    """Return the revocation list of `issuer` with what it has revoked, current for `lifetime`."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(now - BACKDATED)
        .next_update(now + lifetime)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(entry)
    return builder.sign(issuer.key, hashes.SHA256())


def _begin(
    subject: x509.Name, key: PrivateKey, now: datetime, years: int, issuer: Issued | None
) -> x509.CertificateBuilder:
    signing_key = key if issuer is None else issuer.key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    # Hard-fail revocation checks look for a list only where the certificate names one. Ours fetch no address.
    return builder if issuer is None else builder.add_extension(_list_at(issuer), critical=False)


def _sign(builder: x509.CertificateBuilder, key: PrivateKey, issuer: Issued | None, lists: str) -> Issued:
    certificate = builder.sign(key if issuer is None else issuer.key, hashes.SHA256())
    return Issued(certificate=certificate, key=key, lists=lists)


def _subject(name: str, issuer: Issued | None, organisation: str = "") -> x509.Name:
    """A name in the organisation of its issuer, or of its own where it has none."""
    if issuer is not None:
        organisation = organisation_of(issuer.certificate)
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )


def organisation_of(certificate: x509.Certificate) -> str:
    """The organisation in a certificate's subject; empty where it has none."""
    return "".join(str(a.value) for a in certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[:1])


def _list_at(issuer: Issued) -> x509.CRLDistributionPoints:
    address = f"{issuer.lists}/{issuer.certificate.serial_number:x}.crl"
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
