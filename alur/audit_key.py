"""The key that signs checkpoints: `ALUR_AUDIT_KEY`, or one generated beside the others in development."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alur.embedded.write_once import write_once
from alur.settings import Settings, SettingsError
from workflow.log.note import NoteSigner, read_key


def note_signer(settings: Settings) -> NoteSigner:
    """Who signs checkpoints of this house, named by its public address.

    Raises `SettingsError` when the file cannot be read or, in production, none is named, and NoteError when it holds
    no Ed25519 key.
    """
    return NoteSigner(origin(settings), read_key(_content(settings)))


def origin(settings: Settings) -> str:
    """Which log this is: the public address without its scheme, and `/alur`."""
    parts = urlsplit(settings.public_url)
    return f"{parts.netloc}{parts.path}/alur"


def _content(settings: Settings) -> bytes:
    path = settings.chosen_audit_key()
    if path is None:
        return write_once(_generated(settings), _new_key())
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError("setting_bad", f"ALUR_AUDIT_KEY: {path} cannot be read ({error.strerror}).") from error


def _generated(settings: Settings) -> Path:
    settings.keys_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.keys_folder / "audit_key"


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
