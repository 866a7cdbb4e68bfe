"""The development PKI: made on first start, the same ever after, and named "DEV – TIDAK SAH" throughout."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from signing.certificates import CRL_LIFETIME, Issued, authority, revocation_list, seal, time_stamper
from signing.errors import Rejected
from signing.private_files import bundle, write_private
from signing.trust import Trust

_AUTHORITIES = ("root", "issuing")
_COMPLETE = "complete"


@dataclass(frozen=True, kw_only=True)
class DevelopmentPki:
    """Where the development keys lie, and the public part of the PKI, DER throughout."""

    #: Folder of the PKI, mode 0700.
    folder: Path
    #: PKCS#12 file of the seal: key, certificate and chain, without a passphrase.
    pkcs12: Path
    #: Root certificate.
    root: bytes
    #: Certificate of the issuing authority.
    issuing: bytes
    #: Certificate that signs cards.
    seal: bytes
    #: Certificate of the local time stamper.
    tsa: bytes
    #: PKCS#8 key of the local time stamper.
    tsa_key: bytes
    #: Current revocation lists of root and issuing authority.
    crls: tuple[bytes, ...]

    @property
    def trust(self) -> Trust:
        """What a verifier of development signatures trusts."""
        return Trust(roots=(self.root,), intermediates=(self.issuing,), crls=self.crls)


def ensure_development_pki(folder: Path) -> DevelopmentPki:
    """Return the development PKI of `folder`, making it on the first call, with revocation lists that are
    current.

    Two processes may call it at once: both get the same keys. The folder has mode 0700, its files 0600. A
    making that was interrupted is begun anew; a finished one is never replaced. Raises OSError when the
    folder cannot be used.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    with _locked(folder):
        if not (folder / _COMPLETE).exists():
            _make(folder, datetime.now(UTC))
        return _renewed(folder, datetime.now(UTC))


def refresh(pki: DevelopmentPki) -> DevelopmentPki:
    """Return `pki` with revocation lists that stay current for half their lifetime, renewed if need be."""
    with _locked(pki.folder):
        return _renewed(pki.folder, datetime.now(UTC))


def _make(folder: Path, now: datetime) -> None:
    root = authority("Akar Pengembangan (DEV)", now, 20, None)
    issuing = authority("Penerbit Pengembangan (DEV)", now, 15, root)
    made = {
        "root": root,
        "issuing": issuing,
        "seal": seal("Segel Elektronik Dinas Tenaga Kerja (DEV)", now, 3, issuing),
        "tsa": time_stamper("Penanda Waktu (DEV)", now, 14, issuing),
    }
    for name, issued in made.items():
        write_private(folder / f"{name}.crt", issued.certificate.public_bytes(Encoding.DER))
        write_private(folder / f"{name}.key", private_bytes(issued))
    write_private(
        folder / "seal.p12", bundle("seal", made["seal"], [made[n].certificate for n in ("issuing", "root")], None)
    )
    for name in _AUTHORITIES:
        _write_list(folder, name, made[name], 1, now)
    write_private(folder / _COMPLETE, now.isoformat().encode())


def _renewed(folder: Path, now: datetime) -> DevelopmentPki:
    for name in _AUTHORITIES:
        current = x509.load_der_x509_crl((folder / f"{name}.crl").read_bytes())
        if (current.next_update_utc or now) - now < CRL_LIFETIME / 2:
            number = current.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
            _write_list(folder, name, load_issued(folder, name), number + 1, now)
    return DevelopmentPki(
        folder=folder,
        pkcs12=folder / "seal.p12",
        root=(folder / "root.crt").read_bytes(),
        issuing=(folder / "issuing.crt").read_bytes(),
        seal=(folder / "seal.crt").read_bytes(),
        tsa=(folder / "tsa.crt").read_bytes(),
        tsa_key=(folder / "tsa.key").read_bytes(),
        crls=tuple((folder / f"{name}.crl").read_bytes() for name in _AUTHORITIES),
    )


def _write_list(folder: Path, name: str, issuer: Issued, number: int, now: datetime) -> None:
    write_private(folder / f"{name}.crl", revocation_list(issuer, number, now).public_bytes(Encoding.DER))


def load_issued(folder: Path, name: str) -> Issued:
    """The certificate of that name and its key: `root`, `issuing`, `seal` or `tsa`."""
    key = load_der_private_key((folder / f"{name}.key").read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Rejected("key_kind", f"The key {name}.key is neither an EC nor an RSA key.")
    certificate = x509.load_der_x509_certificate((folder / f"{name}.crt").read_bytes())
    return Issued(certificate=certificate, key=key)


def private_bytes(issued: Issued) -> bytes:
    """The PKCS#8 key of a certificate, DER."""
    return issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
