"""The claim that a card's QR carries: a few facts of the card in a COSE_Sign1 (RFC 9052), base64url.

docs/reference/qr.md tells every byte. Importing costs cbor2 and cryptography only: no PDF, no database.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signing.claim_facts import CardClaim, facts_of, map_of
from signing.errors import SigningError

#: COSE labels and the algorithm EdDSA (RFC 9053); the curve is the key's, Ed25519.
_ALG, _KID, _EDDSA = 1, 4, -8
_KID_BYTES, _SIGNATURE_BYTES = 4, 64
#: Longer texts are no claim; an ordinary one has about 190 letters.
_MAX_TEXT = 1000


class ClaimError(SigningError):
    """A claim cannot be read, or was not signed by this key."""


@dataclass(frozen=True, kw_only=True)
class SignedClaim:
    """A claim taken apart, its signature not yet checked."""

    #: Which key is said to have signed it, 4 bytes.
    kid: bytes
    #: The encoded header and facts, as they were signed.
    protected: bytes
    payload: bytes
    #: Ed25519, 64 bytes.
    signature: bytes


class ClaimKey:
    """A private key that signs claims."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        #: The public key, 32 bytes.
        self.public = key.public_key().public_bytes_raw()

    def sign(self, claim: CardClaim) -> str:
        """The claim as it stands behind the `#` of a link; equal facts give equal letters."""
        protected = _dumps({_ALG: _EDDSA, _KID: kid_of(self.public)})
        payload = _dumps(map_of(claim))
        signature = self._key.sign(_to_be_signed(protected, payload))
        return base64.urlsafe_b64encode(_dumps([protected, {}, payload, signature])).rstrip(b"=").decode()


def kid_of(public: bytes) -> bytes:
    """The four bytes by which a claim names its key: the first of the key's SHA-256."""
    return hashlib.sha256(public).digest()[:_KID_BYTES]


def read_claim(text: str) -> SignedClaim:
    """Take a claim apart. Only the one way to write it is read, so that no letter of it can be changed unseen.

    Raises ClaimError `claim_unreadable`.
    """
    try:
        if len(text) > _MAX_TEXT or not text.isascii():
            raise ValueError("length or letters")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = _taken_apart(raw)
        written = base64.urlsafe_b64encode(_dumps([found.protected, {}, found.payload, found.signature]))
        if written.rstrip(b"=").decode() != text:
            raise ValueError("another way of writing")
    except (ValueError, TypeError, LookupError, cbor2.CBORError, binascii.Error) as error:
        raise _unreadable() from error
    return found


def facts(signed: SignedClaim, public: bytes) -> CardClaim:
    """What the claim says, once it is established that the key `public` signed it.

    Raises ClaimError `claim_forged` when it did not, `claim_unreadable` when what it signed is no claim.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(
            signed.signature, _to_be_signed(signed.protected, signed.payload)
        )
    except InvalidSignature as error:
        raise ClaimError("claim_forged", "The claim was not signed by the key that it names.") from error
    try:
        return facts_of(_loads(signed.payload, dict))
    except (ValueError, TypeError, LookupError, OverflowError, cbor2.CBORError) as error:
        raise _unreadable() from error


def _taken_apart(raw: bytes) -> SignedClaim:
    protected, unprotected, payload, signature = _loads(raw, list)
    if unprotected != {} or not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise ValueError("no COSE_Sign1")
    header: Mapping[int, Any] = _loads(protected, dict)
    kid = header[_KID]
    if protected != _dumps({_ALG: _EDDSA, _KID: kid}) or not isinstance(kid, bytes) or len(kid) != _KID_BYTES:
        raise ValueError("another header")
    if len(signature) != _SIGNATURE_BYTES:
        raise ValueError("another signature")
    return SignedClaim(kid=kid, protected=protected, payload=payload, signature=signature)


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    return _dumps(["Signature1", protected, b"", payload])


def _dumps(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def _loads(raw: bytes, kind: type) -> Any:
    value = cbor2.loads(raw, max_depth=2, allow_indefinite=False, allow_duplicate_keys=False)
    if not isinstance(value, kind):
        raise ValueError(f"not a {kind.__name__}")
    return value


def _unreadable() -> ClaimError:
    return ClaimError("claim_unreadable", "This is no claim of a card, or a part of it is missing.")
