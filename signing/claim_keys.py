"""Keys by which claims are checked, as an office publishes them: a JWK Set (RFC 7517) with the days of each key.

Several stand side by side: after a change of keys the old one stays, so that cards made before are still checked.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from signing.claim import ClaimKey, kid_of
from signing.claim_facts import CardClaim
from signing.errors import Rejected

_BYTES = 32
_KIND = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig"}


@dataclass(frozen=True, kw_only=True)
class PublishedKey:
    """The public half of a claim key, with the days on which it signs."""

    #: Ed25519, 32 bytes.
    public: bytes
    #: First and last day of issue of the cards whose claims it signs.
    first: date
    last: date
    #: Generated for trials: its claims never count outside of them.
    development: bool = False

    @property
    def kid(self) -> bytes:
        """The four bytes by which claims name it."""
        return kid_of(self.public)

    def covers(self, day: date) -> bool:
        """Whether it signs for cards issued on `day`."""
        return self.first <= day <= self.last


@dataclass(frozen=True, kw_only=True)
class ClaimSigner:
    """A claim key at work, within its days."""

    #: The private key.
    key: ClaimKey
    #: What is published of it.
    published: PublishedKey

    def sign(self, claim: CardClaim) -> str:
        """The claim as it stands behind the `#` of a link; raises Rejected `claim_key_period` outside of its days."""
        if not self.published.covers(claim.issued):
            raise Rejected("claim_key_period", f"The claim key does not sign for cards issued on {claim.issued}.")
        return self.key.sign(claim)


def read_private(pem: bytes) -> ClaimKey:
    """The claim key of a PEM file (PKCS#8, no passphrase); raises Rejected `claim_key_kind`."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Rejected("claim_key_kind", "The claim key's file holds no Ed25519 key in PEM without a passphrase.")
    return ClaimKey(key)


def key_set(keys: Iterable[PublishedKey]) -> dict[str, list[dict[str, Any]]]:
    """The JWK Set of `keys`."""
    return {"keys": [_member(key) for key in keys]}


def read_keys(content: str | bytes) -> tuple[PublishedKey, ...]:
    """The keys of a JWK Set, which holds nothing but claim keys; raises Rejected `claim_keys_unreadable`."""
    try:
        listed = json.loads(content)["keys"]
        return tuple(_key(member) for member in listed)
    except (ValueError, TypeError, LookupError, AttributeError, binascii.Error) as error:
        raise Rejected(
            "claim_keys_unreadable", f"The published keys are no set of claim keys (JWK Set): {error}."
        ) from error


def _member(key: PublishedKey) -> dict[str, Any]:
    return {
        **_KIND,
        "kid": key.kid.hex(),
        "x": base64.urlsafe_b64encode(key.public).rstrip(b"=").decode(),
        "from": key.first.isoformat(),
        "until": key.last.isoformat(),
        "development": key.development,
    }


def _key(member: Mapping[str, Any]) -> PublishedKey:
    if any(member.get(name) != value for name, value in _KIND.items()):
        raise ValueError("a key is of another kind")
    public = base64.b64decode(member["x"] + "=", altchars=b"-_", validate=True)
    found = PublishedKey(
        public=public,
        first=date.fromisoformat(member["from"]),
        last=date.fromisoformat(member["until"]),
        development=member.get("development", False) is not False,
    )
    if len(public) != _BYTES or member["kid"] != found.kid.hex():
        raise ValueError(f"the key {member['kid']} is damaged")
    if found.first > found.last:
        raise ValueError(f"the key {member['kid']} ends before it begins")
    return found
