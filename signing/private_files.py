"""Files of keys: written whole or not at all, private ones for their owner alone, public ones for everybody."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from signing.certificates import Issued


def write_private(path: Path, content: bytes) -> None:
    """Write `path` with mode 0600, replacing what is there in one step."""
    _write(path, content, 0o600)


def write_public(path: Path, content: bytes) -> None:
    """Write `path`, which is to be handed out, with mode 0644, replacing what is there in one step."""
    _write(path, content, 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        # Whatever mask the caller has.
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def bundle(name: str, holder: Issued, chain: Sequence[x509.Certificate], passphrase: bytes | None) -> bytes:
    """Return the PKCS#12 file of a key with its certificate and chain; open where there is no passphrase."""
    encryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return serialize_key_and_certificates(name.encode(), holder.key, holder.certificate, chain, encryption)
