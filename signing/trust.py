"""Whom to trust when a signature is checked, as plain bytes."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from signing.errors import Rejected

#: Organisation in every subject of the development PKI.
DEVELOPMENT_ORGANISATION = "DEV – TIDAK SAH"
#: Line above a bare development key in its PEM file; readers of PEM skip it.
DEVELOPMENT_MARK = f"{DEVELOPMENT_ORGANISATION}: generated for trials, refused in production.\n".encode()


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Trust anchors and local knowledge for building and checking chains, with nothing fetched."""

    #: Root certificates, DER.
    roots: tuple[bytes, ...]
    #: Intermediate certificates that files may leave out, DER.
    intermediates: tuple[bytes, ...] = ()
    #: Current revocation lists, DER; needed beside the lists that a file carries once those are out of date.
    crls: tuple[bytes, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        """Return the trust as JSON-able base64 lists."""
        return {
            "roots": _texts(self.roots),
            "intermediates": _texts(self.intermediates),
            "crls": _texts(self.crls),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, object]) -> Self:
        """Return the trust that `to_json` wrote."""
        return cls(**{name: tuple(map(b64decode, cast("list[str]", listed))) for name, listed in body.items()})


def is_development(certificate: bytes) -> bool:
    """Tell whether a DER certificate is of a development PKI, whose signatures never count outside tests."""
    subject = x509.load_der_x509_certificate(certificate).subject
    return any(
        name.value == DEVELOPMENT_ORGANISATION for name in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    )


def refuse_development(trust: Trust) -> Trust:
    """Return `trust`, or raise Rejected `development_root` if it holds a development root (in production)."""
    if any(map(is_development, trust.roots)):
        raise Rejected("development_root", "A development root is trusted nowhere but in development.")
    return trust


def missing_root(certificate: bytes, chain: Sequence[bytes], trust: Trust) -> str | None:
    """Name (RFC 4514) of the authority that `trust` lacks for this certificate (DER), None where its chain ends there.

    `chain` is what comes along with the certificate. Periods and revocation are not looked at.
    """
    roots = set(trust.roots)
    known = [x509.load_der_x509_certificate(c) for c in dict.fromkeys((*trust.roots, *trust.intermediates, *chain))]
    waiting, seen, missing = [x509.load_der_x509_certificate(certificate)], set[bytes](), ""
    while waiting:
        here = waiting.pop()
        content = here.public_bytes(Encoding.DER)
        if content in roots:
            return None
        seen.add(content)
        above = [c for c in known if c.public_bytes(Encoding.DER) not in seen and _issued(here, c)]
        if not above:
            missing = here.issuer.rfc4514_string()
        waiting += above
    return missing


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _texts(items: Sequence[bytes]) -> list[str]:
    return [b64encode(item).decode() for item in items]
