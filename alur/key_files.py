"""Files of private keys: generated in development, named in production, which refuses generated ones."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alur.embedded.write_once import write_once
from alur.setting_values import SettingsError
from alur.settings import Settings
from signing.trust import DEVELOPMENT_MARK


def generated_key(settings: Settings, name: str) -> bytes:
    """The Ed25519 key `name` of a development house (PEM, marked as such), made the first time it is asked for."""
    settings.keys_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return write_once(settings.keys_folder / name, DEVELOPMENT_MARK + new_key())


def named_key(settings: Settings, variable: str, path: Path) -> bytes:
    """What the file `path` of the setting `variable` holds.

    Raises `SettingsError`: `setting_bad` when it cannot be read, `development_key` in production when a development
    house generated it, wherever it was copied to.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError("setting_bad", f"{variable}: {path} cannot be read ({error.strerror}).") from error
    if settings.production and _generated(settings.keys_folder, path, content):
        raise SettingsError("development_key", f"{variable}: {path} is a development key, which production refuses.")
    return content


def new_key() -> bytes:
    """A new Ed25519 key, PEM (PKCS#8) without a passphrase."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _generated(folder: Path, path: Path, content: bytes) -> bool:
    """Keys of houses from before DEVELOPMENT_MARK are known by their place, or by the twin that still lies there."""
    if DEVELOPMENT_MARK in content or path.resolve().is_relative_to(folder.resolve()):
        return True
    return folder.is_dir() and any(kept.is_file() and kept.read_bytes() == content for kept in folder.iterdir())
