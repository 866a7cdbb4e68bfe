"""Where the settings say production, nothing of a development PKI counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12, serialize_key_and_certificates

from alur.pki_folder import pki_folder
from alur.setting_values import SettingsError
from alur.settings import Settings, load
from alur.signers import make_signer, stamper_of, trust_of
from signing.development import DevelopmentPki, ensure_development_pki
from signing.errors import Rejected
from signing.stamps import StampError, stamped, stamped_at
from signing.timestamps import local_timestamper
from signing.trust import Trust


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentPki:
    """A development PKI."""
    return ensure_development_pki(tmp_path_factory.mktemp("dev") / "pki")


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    """A house in production that names nothing yet."""
    return replace(load({"ALUR_DATA": str(tmp_path / "house")}, tmp_path), env="production")


def test_production_signs_with_no_development_key(production: Settings, pki: DevelopmentPki) -> None:
    """Not with the generated one, and not with one that is named."""
    with pytest.raises(SettingsError, match="ALUR_SIGNER must be set"):
        make_signer(production)
    with pytest.raises(Rejected) as caught:
        make_signer(replace(production, signer=f"pkcs12:{pki.pkcs12}"))
    assert caught.value.code == "development_root"
    assert not pki_folder(production).exists()


def test_production_trusts_no_development_root(production: Settings, pki: DevelopmentPki, tmp_path: Path) -> None:
    """Neither when no folder is named nor when the root lies in it."""
    folder = tmp_path / "trust"
    folder.mkdir()
    for name, der in {"root": pki.root, "issuing": pki.issuing}.items():
        certificate = x509.load_der_x509_certificate(der)
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    for settings in (production, replace(production, trust=folder)):
        with pytest.raises(Rejected) as caught:
            trust_of(settings)()
        assert caught.value.code == "development_root"


def test_production_stamps_with_no_development_key(production: Settings) -> None:
    """Without an authority nothing is stamped."""
    with pytest.raises(Rejected) as caught:
        stamper_of(production)
    assert caught.value.code == "timestamper_missing"
    assert not pki_folder(production).exists()


def test_a_stamp_of_a_development_authority_does_not_count(pki: DevelopmentPki, tmp_path: Path) -> None:
    """Whatever an authority answers with: its root is not among the trusted ones."""
    token = stamped(b"content", local_timestamper(pki))
    other = ensure_development_pki(tmp_path / "other")
    assert stamped_at(token, b"content", pki.trust)
    with pytest.raises(StampError):
        stamped_at(token, b"content", Trust(roots=(other.root,)))


def test_a_signer_opens_with_the_passphrase_of_its_file(pki: DevelopmentPki, tmp_path: Path) -> None:
    """The first line counts, whatever an editor put behind it; without it officers are asked for it."""
    bundle = load_pkcs12(pki.pkcs12.read_bytes(), None)
    assert bundle.cert is not None
    closed, passphrase = tmp_path / "seal.p12", tmp_path / "passphrase"
    closed.write_bytes(
        serialize_key_and_certificates(
            b"seal", bundle.key, bundle.cert.certificate, None, BestAvailableEncryption(b"rahasia besar")
        )
    )
    settings = replace(load({"ALUR_DATA": str(tmp_path / "house")}, tmp_path), signer=f"pkcs12:{closed}")
    for content in (b"rahasia besar", b"rahasia besar\n", b"rahasia besar\r\n\n"):
        passphrase.write_bytes(content)
        signer = make_signer(replace(settings, signer_passphrase=passphrase))
        assert signer.holder.certificate == pki.seal
    passphrase.write_bytes(b"salah")
    with pytest.raises(Rejected, match="wrong passphrase"):
        make_signer(replace(settings, signer_passphrase=passphrase))
    with pytest.raises(SettingsError, match=r"ALUR_SIGNER_PASSPHRASE: .* cannot be read"):
        make_signer(replace(settings, signer_passphrase=tmp_path / "nowhere"))
    asking = make_signer(settings)
    assert asking.holder is None
    assert asking.ring is not None
    assert asking.ring.asks().house == "passphrase"
