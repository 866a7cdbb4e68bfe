"""Who holds the signing key: a port, and the holder of a PKCS#12 file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from signing.errors import Rejected, Unavailable

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class KeyHolder(Protocol):
    """A holder of a private key that signs the bytes it is given, and nothing else."""

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that issued it, DER, the nearest issuer first."""

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Return the signature over the DER signed attributes, hashed with `digest_algorithm` ("sha256").

        ECDSA signatures are DER, RSA ones PKCS#1 v1.5. Raises Rejected (final), Unavailable (nothing was
        signed, may be retried) or Uncertain (something may have been signed: never retried by itself).
        """


class Pkcs12KeyHolder:
    """The key of a PKCS#12 file, kept in memory: loading and checking it costs more than a signature."""

    def __init__(self, path: Path, passphrase: bytes | None = None) -> None:
        """Load the file.

        Raises Unavailable `key_file` when it cannot be read, Rejected when it holds no usable key.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            raise Unavailable("key_file", f"The key file {path.name} cannot be read: {error.strerror}.") from error
        try:
            bundle = load_pkcs12(content, passphrase)
        except ValueError as error:
            raise Rejected(
                "key_passphrase", f"The key file {path.name} does not open: wrong passphrase or damaged."
            ) from error
        if bundle.cert is None or not isinstance(bundle.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
            raise Rejected("key_kind", f"The key file {path.name} holds no EC or RSA key with its certificate.")
        self._key = bundle.key
        self._certificate = bundle.cert.certificate.public_bytes(Encoding.DER)
        self._chain = tuple(other.certificate.public_bytes(Encoding.DER) for other in bundle.additional_certs)

    @property
    def certificate(self) -> bytes:
        """The signer's certificate, DER."""
        return self._certificate

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates of the file beside the signer's, DER."""
        return self._chain

    async def sign_raw(self, attributes: bytes, digest_algorithm: str) -> bytes:
        """Return the signature over `attributes`; Rejected `digest_algorithm` for an unknown one."""
        algorithm = _HASHES.get(digest_algorithm)
        if algorithm is None:
            raise Rejected("digest_algorithm", f"No signature is made with the digest {digest_algorithm!r}.")
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(attributes, padding.PKCS1v15(), algorithm)
        return self._key.sign(attributes, ec.ECDSA(algorithm))
