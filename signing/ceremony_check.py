"""What a key ceremony wrote, read again from its files before anybody relies on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from signing.claim_keys import read_keys, read_private
from signing.errors import CeremonyError, SigningError


def check_written(folder: Path, passphrases: Mapping[str, str]) -> None:
    """Open every PKCS#12 file with its passphrase and check chains, lists and keys.

    `passphrases` are by file below `folder`. Raises CeremonyError `ceremony_broken`, which names the file.
    """
    for file, passphrase in passphrases.items():
        with _reading(file):
            _check_bundle(folder / file, passphrase)
    for name in ("root", "issuing"):
        with _reading(f"trust/{name}.crl"):
            _check_list(folder / "trust", name)
    with _reading("claim/claim-keys.json"):
        _check_claim_key(folder / "claim")


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, TypeError, InvalidSignature, SigningError) as error:
        raise CeremonyError("ceremony_broken", f"{file} does not hold what was made: {error}") from error


def _check_bundle(path: Path, passphrase: str) -> None:
    found = load_pkcs12(path.read_bytes(), passphrase.encode())
    if found.cert is None or found.key is None:
        raise ValueError("no key, or no certificate")
    if found.key.public_key() != found.cert.certificate.public_key():
        raise ValueError("the key is not the certificate's")
    line = [found.cert.certificate, *(other.certificate for other in found.additional_certs)]
    for issued, issuer in pairwise([*line, line[-1]]):
        issued.verify_directly_issued_by(issuer)


def _check_list(folder: Path, name: str) -> None:
    issuer = x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()).public_key()
    found = x509.load_der_x509_crl((folder / f"{name}.crl").read_bytes())
    if not isinstance(issuer, EllipticCurvePublicKey) or not found.is_signature_valid(issuer):
        raise ValueError("not signed by its authority")


def _check_claim_key(folder: Path) -> None:
    made = read_private((folder / "claim.pem").read_bytes()).public
    if [key.public for key in read_keys((folder / "claim-keys.json").read_bytes())] != [made]:
        raise ValueError("another key")
