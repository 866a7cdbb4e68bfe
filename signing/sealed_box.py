"""Sealing to a public key (X25519, HKDF-SHA-256, ChaCha20-Poly1305): only the holder of the private half opens it."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class BoxError(Exception):
    """A sealed box does not open: another key, another context, or changed."""


def seal(public: bytes, context: bytes, content: bytes) -> bytes:
    """`content` sealed to the raw X25519 key `public`; `context` must be the same at opening and is not hidden."""
    ours = X25519PrivateKey.generate()
    shared = ours.exchange(X25519PublicKey.from_public_bytes(public))
    mine = ours.public_key().public_bytes_raw()
    nonce = os.urandom(_NONCE_BYTES)
    sealed = ChaCha20Poly1305(_key(shared, mine, public)).encrypt(nonce, content, context)
    return mine + nonce + sealed


def open_box(private: X25519PrivateKey, context: bytes, box: bytes) -> bytes:
    """The content of a box that was sealed to `private`; raises BoxError."""
    theirs, nonce = box[:KEY_BYTES], box[KEY_BYTES : KEY_BYTES + _NONCE_BYTES]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(theirs))
        key = _key(shared, theirs, private.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(nonce, box[KEY_BYTES + _NONCE_BYTES :], context)
    except (InvalidTag, ValueError) as error:
        raise BoxError("The box does not open.") from error


def _key(shared: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, None, b"alur signer's secret" + sender + receiver).derive(shared)
