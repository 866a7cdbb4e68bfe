"""Claims and keys that tests share."""

from __future__ import annotations

from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signing.claim import ClaimKey
from signing.claim_facts import CardClaim
from signing.claim_keys import PublishedKey

#: The day on which tests check.
TODAY = date(2026, 11, 22)
ADDRESS = "https://kerja.palembang.go.id/verify"


def key(seed: int = 1) -> ClaimKey:
    """One of 256 keys, the same at every run."""
    return ClaimKey(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def published(of: ClaimKey | None = None, **changes: Any) -> PublishedKey:
    """Its public half, for the cards of two years."""
    given: dict[str, Any] = {"first": date(2026, 1, 1), "last": date(2027, 12, 31)}
    return PublishedKey(public=(of or key()).public, **given | changes)


def claim(**changes: Any) -> CardClaim:
    """The claim of an ordinary card."""
    given: dict[str, Any] = {
        "number": "PLG-AK1-2026-000123",
        "initials": "SR",
        "issued": date(2026, 11, 22),
        "expires": date(2028, 11, 22),
        "office": "palembang",
        "code": "7Q2M91KX4B0TZZ19",
    }
    return CardClaim(**given | changes)


def link(of: CardClaim, signed: str) -> str:
    """What the QR of a card reads as."""
    return f"{ADDRESS}/{of.code}#{signed}"
