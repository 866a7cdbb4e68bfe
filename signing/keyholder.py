"""Who holds the signing key: the port that every holder stands behind, and the holder of a PKCS#12 file.

A *place* is where a key lies; it says what it asks its signer for. Opened, it is a *holder*: most sign the bytes that
they are given, some only whole files (`whole`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from signing.errors import Rejected, SigningError, Unavailable
from signing.secret import Secret, SecretKind

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}

#: Codes of Rejected after which the same secret is not tried again: once more may lock the key.
SECRET_SPENT = frozenset({"secret_wrong", "secret_wrong_last", "secret_locked", "secret_last_try", "holder_refused"})


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


class FileHolder(Protocol):
    """A holder that takes a whole PDF and gives it back with its signature."""

    @property
    def certificate(self) -> bytes:
        """The certificate that must have signed what comes back, DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates that issued it, DER, the nearest issuer first."""

    async def sign_file(self, pdf: bytes) -> bytes:
        """Return the revision to append to `pdf`, with exactly one new signature over the whole file, by the key of
        `certificate`. Raises as `KeyHolder.sign_raw` does, and Rejected for an answer that is anything else."""


class KeyPlace(Protocol):
    """Where a signer's key lies."""

    @property
    def asks(self) -> SecretKind | None:
        """What the signer must give before the key signs; None when nobody is asked."""

    @property
    def whole(self) -> bool:
        """Whether `open` gives a FileHolder."""

    @property
    def remote(self) -> bool:
        """Whether a signature that was asked for may exist elsewhere although its answer is lost."""

    def open(self, secret: Secret | None) -> KeyHolder | FileHolder:
        """The holder of the key, with the secret that the place asks for.

        It may be kept for as long as the secret is. Raises Rejected and Unavailable; a wrong secret may show only at
        the first signature.
        """


class Pkcs12Place:
    """A PKCS#12 file, opened by a passphrase that is set, by one that the signer gives, or by none."""

    whole = False
    remote = False

    def __init__(self, path: Path, passphrase: bytes | None = None) -> None:
        """`passphrase` is the one that is set. Nothing is read yet."""
        #: Where the file lies.
        self.path = path
        self._passphrase = passphrase
        self._open: bool | None = None

    @property
    def asks(self) -> SecretKind | None:
        """A passphrase, where none is set and the file does not open without one."""
        if self._passphrase is None and self._open is None:
            try:
                Pkcs12KeyHolder(self.path)
                self._open = True
            except SigningError as error:
                # A file that is not there says nothing: it is asked again.
                self._open = False if error.code == "key_passphrase" else None
        return "passphrase" if self._open is False else None

    def open(self, secret: Secret | None) -> KeyHolder:
        """The key; raises Unavailable `key_file`, Rejected `secret_wrong`, `key_passphrase` or `key_kind`."""
        if secret is None:
            return Pkcs12KeyHolder(self.path, self._passphrase)
        try:
            return Pkcs12KeyHolder(self.path, secret.reveal().encode())
        except Rejected as error:
            if error.code != "key_passphrase":
                raise
            raise Rejected("secret_wrong", "The key file does not open with this passphrase.") from None


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
        algorithm = hash_of(digest_algorithm)
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(attributes, padding.PKCS1v15(), algorithm)
        return self._key.sign(attributes, ec.ECDSA(algorithm))


def hash_of(digest_algorithm: str) -> hashes.HashAlgorithm:
    """The hash of a name such as "sha256"; raises Rejected `digest_algorithm`."""
    algorithm = HASHES.get(digest_algorithm)
    if algorithm is None:
        raise Rejected("digest_algorithm", f"No signature is made with the digest {digest_algorithm!r}.")
    return algorithm
