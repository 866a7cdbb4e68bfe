"""The key that signs checkpoints: generated once in development, named in production."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from alur.audit_key import note_signer
from alur.setting_values import SettingsError
from alur.settings import load
from workflow.log.note import NoteError


def test_in_development_the_key_is_generated_once_and_closed_to_others(tmp_path: Path) -> None:
    """Beside the other keys; each start has the same."""
    settings = load({"ALUR_DATA": str(tmp_path / "house")}, tmp_path)
    first = note_signer(settings)
    assert note_signer(settings).verifier == first.verifier
    file = settings.keys_folder / "audit_key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.keys_folder.stat().st_mode) == 0o700


def test_a_key_is_named_by_the_public_address(tmp_path: Path) -> None:
    """Without its scheme: the name under which others know this log."""
    given = {"ALUR_DATA": str(tmp_path), "ALUR_PUBLIC_URL": "https://kerja.contoh.go.id/kartu/"}
    assert note_signer(load(given, tmp_path)).name == "kerja.contoh.go.id/kartu/alur"


def test_production_names_its_key(tmp_path: Path) -> None:
    """None is generated, and one that cannot be read or is of another kind is refused by name."""
    key = Ed25519PrivateKey.generate()
    file = tmp_path / "audit.pem"
    settings = replace(load({"ALUR_DATA": str(tmp_path)}, tmp_path), env="production")
    with pytest.raises(SettingsError, match="ALUR_AUDIT_KEY must be set in production"):
        note_signer(settings)
    named = replace(settings, audit_key=file)
    with pytest.raises(SettingsError, match=r"ALUR_AUDIT_KEY: .* cannot be read"):
        note_signer(named)
    file.write_bytes(b"no key")
    with pytest.raises(NoteError):
        note_signer(named)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert note_signer(named).verifier.public == key.public_key().public_bytes_raw()
    assert not (tmp_path / "keys").exists()
