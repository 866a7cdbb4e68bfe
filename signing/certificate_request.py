"""A request for a certificate (PKCS#10) of a key that stays where it is."""

from __future__ import annotations

from collections.abc import Callable

from asn1crypto import csr, keys, x509  # type: ignore[import-untyped]
from asn1crypto.algos import SignedDigestAlgorithm  # type: ignore[import-untyped]
from cryptography.x509 import Name, load_der_x509_csr

from signing.errors import Rejected, SigningError


def request_of(subject: str, public: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The request (DER) for `subject` (RFC 4514, as in `CN=Ratna Dewi,O=Dinas Tenaga Kerja,C=ID`) and the public key
    `public` (SubjectPublicKeyInfo, DER); `sign` signs with the key, hashed with SHA-256.

    Raises SigningError `subject_bad`, Rejected `signature_wrong`, and what `sign` raises.
    """
    try:
        name = Name.from_rfc4514_string(subject)
    except ValueError as error:
        raise SigningError(
            "subject_bad", f"The subject is not understood ({error}): write it as CN=…,O=…,C=ID."
        ) from None
    info = keys.PublicKeyInfo.load(public)
    asked = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": x509.Name.load(name.public_bytes()),
            "subject_pk_info": info,
            "attributes": csr.CRIAttributes([]),
        }
    )
    algorithm = "sha256_ecdsa" if info.algorithm == "ec" else "sha256_rsa"
    made = csr.CertificationRequest(
        {
            "certification_request_info": asked,
            "signature_algorithm": SignedDigestAlgorithm({"algorithm": algorithm}),
            "signature": sign(asked.dump()),
        }
    )
    content = bytes(made.dump())
    if not load_der_x509_csr(content).is_signature_valid:
        raise Rejected("signature_wrong", "The key's signature does not belong to the public key beside it.")
    return content
