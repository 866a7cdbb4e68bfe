"""Where the development PKI lies."""

from __future__ import annotations

from pathlib import Path

from alur.settings import Settings


def pki_folder(settings: Settings) -> Path:
    """Where the development PKI is kept."""
    return settings.data / "pki"
