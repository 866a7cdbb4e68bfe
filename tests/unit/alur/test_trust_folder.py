"""The folder of ALUR_TRUST: what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from alur.signers import read_trust
from signing.development import ensure_development_pki
from signing.errors import Rejected


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A root certificate, DER."""
    found: bytes = ensure_development_pki(tmp_path_factory.mktemp("pki") / "keys").root
    return found


def test_a_certificate_that_is_no_pem_is_named(tmp_path: Path, root: bytes) -> None:
    """A DER file under the name of a PEM one."""
    (tmp_path / "dev-root.pem").write_bytes(root)
    with pytest.raises(Rejected, match=r"dev-root\.pem") as told:
        read_trust(tmp_path)
    assert told.value.code == "trust_unreadable"


def test_a_list_that_is_none_is_named(tmp_path: Path, root: bytes) -> None:
    """A certificate under the name of a list."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    (tmp_path / "root.pem").write_bytes(x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM))
    (tmp_path / "issuing.crl").write_bytes(root)
    with pytest.raises(Rejected, match=r"issuing\.crl") as told:
        read_trust(tmp_path)
    assert told.value.code == "trust_unreadable"


def test_a_folder_without_a_root_is_told(tmp_path: Path) -> None:
    """Nobody would be trusted."""
    with pytest.raises(Rejected) as told:
        read_trust(tmp_path)
    assert told.value.code == "trust_empty"
