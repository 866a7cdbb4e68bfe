"""What is stored between the phases of a signature."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from signing.levels import Level


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A file made ready for one signature: everything that signing and finishing need, and no key.

    Stored under the card, field and revision, it makes a repeated signing sign the same attributes.
    """

    #: The file with room for the signature.
    document: bytes
    #: Digest of the file without that room.
    digest: bytes
    #: Digest algorithm of file and attributes ("sha256").
    digest_algorithm: str
    #: First and last byte of the room for the signature, in the file.
    region: tuple[int, int]
    #: DER SET of the signed attributes: exactly what the key signs.
    attributes: bytes
    #: Certificate whose key must sign, DER.
    certificate: bytes
    #: Certificates to send along, DER.
    chain: tuple[bytes, ...]
    #: Level that the finished signature has, unless something is lacking; B-LT at most.
    level: Level
    #: What was not to be had when the file was prepared (`tsa_unavailable`, `crl_outdated`), so that chains or
    #: revocation lists of the level are not in the file yet; None where it has all.
    lacks: str | None = None

    @property
    def whole(self) -> bool:
        """Whether the document goes as it is to a signer of whole files, and what comes back is appended to it."""
        return not self.attributes

    @classmethod
    def as_it_is(cls, pdf: bytes, certificate: bytes, chain: tuple[bytes, ...], level: Level) -> Self:
        """A file for a signer of whole files, who must reach `level`."""
        return cls(
            document=pdf,
            digest=hashlib.sha256(pdf).digest(),
            digest_algorithm="sha256",
            region=(0, 0),
            attributes=b"",
            certificate=certificate,
            chain=chain,
            level=level,
        )

    def to_json(self) -> dict[str, Any]:
        """Return everything but `document`, which is stored as a file of its own, as a JSON-able mapping."""
        return {
            "digest": b64encode(self.digest).decode(),
            "digest_algorithm": self.digest_algorithm,
            "region": list(self.region),
            "attributes": b64encode(self.attributes).decode(),
            "certificate": b64encode(self.certificate).decode(),
            "chain": [b64encode(certificate).decode() for certificate in self.chain],
            "level": self.level.value,
            "lacks": self.lacks,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any], document: bytes) -> Self:
        """Return what `to_json` wrote, joined with its document again."""
        start, end = body["region"]
        return cls(
            document=document,
            digest=b64decode(body["digest"]),
            digest_algorithm=body["digest_algorithm"],
            region=(start, end),
            attributes=b64decode(body["attributes"]),
            certificate=b64decode(body["certificate"]),
            chain=tuple(b64decode(certificate) for certificate in body["chain"]),
            level=Level(body["level"]),
            lacks=body.get("lacks"),
        )
