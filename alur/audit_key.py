"""The key that signs checkpoints: `ALUR_AUDIT_KEY`, or one generated beside the others in development."""

from __future__ import annotations

from urllib.parse import urlsplit

from alur.key_files import generated_key, named_key
from alur.settings import Settings
from workflow.log.note import NoteSigner, read_key


def note_signer(settings: Settings) -> NoteSigner:
    """Who signs checkpoints of this house, named by its public address.

    Raises `SettingsError` when the file cannot be read or, in production, none or a generated one is named, and
    NoteError when it holds no Ed25519 key.
    """
    return NoteSigner(origin(settings), read_key(_content(settings)))


def origin(settings: Settings) -> str:
    """Which log this is: the public address without its scheme, and `/alur`."""
    parts = urlsplit(settings.public_url)
    return f"{parts.netloc}{parts.path}/alur"


def _content(settings: Settings) -> bytes:
    path = settings.chosen_audit_key()
    if path is None:
        return generated_key(settings, "audit_key")
    return named_key(settings, "ALUR_AUDIT_KEY", path)
