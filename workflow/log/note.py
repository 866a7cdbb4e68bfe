"""Signed notes and the keys that sign them, as C2SP writes them (signed-note, Ed25519)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from workflow.errors import AlurError

#: The type of an Ed25519 key and signature.
_ED25519 = b"\x01"
_ID_BYTES, _SIGNATURE_BYTES, _PUBLIC_BYTES = 4, 64, 32
#: An em dash and a space begin a line with a signature.
_DASH = "\N{EM DASH} "
_NAME = re.compile(r"[^\s+]+\Z")


class NoteError(AlurError):
    """A note, or the line of a key, is not understood."""

    code = "note_unreadable"


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifierKey:
    """A key by which notes are checked."""

    #: Whose it is; None: whoever a note names, as long as the signature is this key's.
    name: str | None
    #: Ed25519, 32 bytes.
    public: bytes

    def line(self) -> str:
        """The line that an office publishes: `name+hash+key`."""
        if self.name is None:
            raise NoteError("A key without a name has no line.")
        return f"{self.name}+{key_id(self.name, self.public).hex()}+{_base64(_ED25519 + self.public)}"

    def signed(self, note: Note) -> bool:
        """True when one of the note's signatures is this key's."""
        return any(self._made(note.text, s) for s in note.signatures if self.name in (None, s.name))

    def _made(self, text: str, signature: Signature) -> bool:
        if signature.key_id != key_id(signature.name, self.public):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.value, text.encode())
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """One line under a note."""

    name: str
    #: The first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key).
    key_id: bytes
    #: Over the text of the note.
    value: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A text with its signatures."""

    #: Ends with a line end; what is signed.
    text: str
    signatures: tuple[Signature, ...]


class NoteSigner:
    """A key that signs notes under a name."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        """Raises `NoteError` for a name with a space or a plus sign."""
        if not _NAME.match(name):
            raise NoteError(f"A key cannot be named {name!r}.")
        self.verifier = VerifierKey(name=name, public=key.public_key().public_bytes_raw())
        self.name = name
        self._key = key

    def sign(self, text: str) -> str:
        """The signed note of `text`, which ends with a line end."""
        value = key_id(self.name, self.verifier.public) + self._key.sign(text.encode())
        return f"{text}\n{_DASH}{self.name} {_base64(value)}\n"


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a note names a key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:_ID_BYTES]


def read_key(pem: bytes) -> Ed25519PrivateKey:
    """The Ed25519 key of a PEM file (PKCS#8, no passphrase); raises `NoteError`."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise NoteError("The audit key's file holds no Ed25519 key in PEM without a passphrase.")
    return key


def read_note(note: str) -> Note:
    """Take a signed note apart; raises `NoteError`. Signatures of other types are left out."""
    text, found, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not found or not text or lines.pop() != "" or not lines:
        raise NoteError("This is no signed note: it must end with lines of signatures behind an empty line.")
    signatures = [_signature(line) for line in lines]
    return Note(text=text + "\n", signatures=tuple(s for s in signatures if len(s.value) == _SIGNATURE_BYTES))


def read_verifiers(text: str) -> list[VerifierKey]:
    """The keys of a file: one line a key, `name+hash+key`; empty lines and those that begin with # are left out."""
    lines = (line.strip() for line in text.splitlines())
    return [_verifier(line) for line in lines if line and not line.startswith("#")]


def signed_by(note: Note, keys: Iterable[VerifierKey]) -> bool:
    """True when one of `keys` signed the note."""
    return any(key.signed(note) for key in keys)


def unnamed(keys: Sequence[bytes]) -> list[VerifierKey]:
    """Verifiers for public keys under whatever name."""
    return [VerifierKey(name=None, public=key) for key in keys]


def _signature(line: str) -> Signature:
    name, _, value = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not _NAME.match(name):
        raise NoteError("A line below the note is no signature.")
    content = _decoded(value)
    return Signature(name=name, key_id=content[:_ID_BYTES], value=content[_ID_BYTES:])


def _verifier(line: str) -> VerifierKey:
    parts = line.split("+", 2)
    if len(parts) != 3 or not _NAME.match(parts[0]):
        raise NoteError(f"The line {line[:60]!r} is no key: name+hash+key.")
    name, hash_, content = parts[0], parts[1], _decoded(parts[2])
    public = content[1:]
    if content[:1] != _ED25519 or len(public) != _PUBLIC_BYTES or key_id(name, public).hex() != hash_:
        raise NoteError(f"The key of {name} is not an Ed25519 key, or not the one that its hash names.")
    return VerifierKey(name=name, public=public)


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise NoteError("A signature or a key is not base64.") from None


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
