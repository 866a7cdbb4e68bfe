"""Personal data at rest: a key per person wraps their data, the house's data key wraps the persons' keys.

Destroying a person's key and the salts makes the digests in the history meaningless and leaves its chain whole.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workflow.canonical import canonical_bytes
from workflow.errors import AlurError

KEY_BYTES = 32
SALT_BYTES = 16
_NONCE_BYTES = 12


class UnreadableError(AlurError):
    """The stored bytes cannot be opened: wrong key, wrong place, or changed."""

    code = "unreadable"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One version of personal data, ready to be stored."""

    cipher: bytes
    salt: bytes
    #: SHA-256(salt ‖ canonical text), hex: what events say.
    digest: str


class PersonKey:
    """Opens and closes one person's data. Bound to a place, so that rows cannot be swapped."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)

    def close(self, plain: bytes, place: str) -> bytes:
        """Encrypt `plain` for `place`, such as `case/17/3`."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, plain, place.encode())

    def open(self, cipher: bytes, place: str) -> bytes:
        """Decrypt what `close` made for the same place; raises `UnreadableError`."""
        try:
            return self._box.decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], place.encode())
        except InvalidTag:
            raise UnreadableError(f"What is stored at {place} cannot be opened.") from None

    def close_json(self, value: Mapping[str, Any], place: str) -> bytes:
        """Encrypt a JSON object."""
        return self.close(canonical_bytes(value), place)

    def open_json(self, cipher: bytes, place: str) -> dict[str, Any]:
        """Decrypt a JSON object."""
        value: dict[str, Any] = orjson.loads(self.open(cipher, place))
        return value

    def seal(self, value: Mapping[str, Any], place: str) -> Sealed:
        """Encrypt a JSON object and make the salted digest that the history keeps of it."""
        salt = secrets.token_bytes(SALT_BYTES)
        return Sealed(self.close_json(value, place), salt, salted_digest(salt, canonical_bytes(value)))


class Vault:
    """The house's data key and what is derived from it."""

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise ValueError(f"The data key has {len(data_key)} bytes; it must have {KEY_BYTES}.")
        self._wrap = AESGCM(_derive(data_key, b"alur person keys"))
        self._lookup = _derive(data_key, b"alur look-ups")

    def new_person(self) -> bytes:
        """A fresh person key, wrapped for storage."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, secrets.token_bytes(KEY_BYTES), b"person")

    def person(self, wrapped: bytes) -> PersonKey:
        """The key that `new_person` wrapped; raises `UnreadableError` under another data key."""
        try:
            return PersonKey(self._wrap.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], b"person"))
        except InvalidTag:
            raise UnreadableError("The person's key does not belong to this data key (ALUR_DATA_KEY).") from None

    def lookup(self, scope: str, value: str) -> str:
        """HMAC-SHA-256 of a value within a scope, hex: equal values can be found, none can be read."""
        return hmac.new(self._lookup, f"{scope}\0{value}".encode(), hashlib.sha256).hexdigest()


def salted_digest(salt: bytes, plain: bytes) -> str:
    """SHA-256(salt ‖ plain), hex."""
    return hashlib.sha256(salt + plain).hexdigest()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(key)
